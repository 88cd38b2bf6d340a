package google

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// Job is a job of Cloud Run.
type Job struct {
	// Args are what its first container is called with.
	Args []string
	// Latest is the name of its newest execution; empty where it was never run. Failed says that it did not succeed.
	Latest string
	Failed bool
}

// jobForm: https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.jobs
var jobForm = regexp.MustCompile(`^projects/[a-z0-9-]+/locations/[a-z0-9-]+/jobs/[a-z0-9-]+$`)

// Job is the one of that name, projects/PROJECT/locations/LOCATION/jobs/JOB.
func (c *Client) Job(ctx context.Context, name string) (Job, error) {
	if !jobForm.MatchString(name) {
		return Job{}, fmt.Errorf("%q, expected projects/PROJECT/locations/LOCATION/jobs/JOB", name)
	}
	var given struct {
		Template struct {
			Template struct {
				Containers []struct {
					Args []string `json:"args"`
				} `json:"containers"`
			} `json:"template"`
		} `json:"template"`
		Latest struct {
			Name   string `json:"name"`
			Status string `json:"completionStatus"`
		} `json:"latestCreatedExecution"`
	}
	if err := c.ask(ctx, http.MethodGet, c.run+"/v2/"+name, nil, &given); err != nil {
		return Job{}, err
	}
	status := given.Latest.Status
	found := Job{Latest: given.Latest.Name, Failed: status == "EXECUTION_FAILED" || status == "EXECUTION_CANCELLED"}
	if found.Latest != "" && !strings.Contains(found.Latest, "/") {
		found.Latest = name + "/executions/" + found.Latest
	}
	for _, container := range given.Template.Template.Containers[:min(1, len(given.Template.Template.Containers))] {
		found.Args = container.Args
	}
	return found, nil
}

// RunJob runs a job, and answers the name of the execution.
// https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.jobs/run
func (c *Client) RunJob(ctx context.Context, name string) (string, error) {
	var operation struct {
		Metadata struct {
			Name string `json:"name"`
		} `json:"metadata"`
	}
	err := c.ask(ctx, http.MethodPost, c.run+"/v2/"+name+":run", []byte("{}"), &operation)
	if err == nil && operation.Metadata.Name == "" {
		err = fmt.Errorf("%s: the operation names no execution", name)
	}
	return operation.Metadata.Name, err
}

// Ended says whether an execution has ended, and whether all of its tasks succeeded.
// https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.jobs.executions
func (c *Client) Ended(ctx context.Context, execution string) (ended, succeeded bool, err error) {
	var given struct {
		Completed time.Time `json:"completionTime"`
		Tasks     int       `json:"taskCount"`
		Succeeded int       `json:"succeededCount"`
	}
	err = c.ask(ctx, http.MethodGet, c.run+"/v2/"+execution, nil, &given)
	return !given.Completed.IsZero(), given.Tasks > 0 && given.Succeeded == given.Tasks, err
}
