package googlestub

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// job is one of Cloud Run. Its executions end after they were looked at once.
type job struct {
	args         []string
	runs, looked int
}

// AddJob puts a job there whose container is called with these arguments, and that was never run.
func (s *Server) AddJob(name string, args ...string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.jobs[name] = &job{args: args}
}

// Runs are how often a job was run.
func (s *Server) Runs(name string) int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.jobs[name].runs
}

// pageSize is small, so that every list has several pages.
const pageSize = 2

// list answers as Cloud Storage does: https://cloud.google.com/storage/docs/json_api/v1/objects/list
func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	bucket := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/storage/v1/b/"), "/o")
	query := r.URL.Query()
	var page struct {
		Items []map[string]string `json:"items"`
		Next  string              `json:"nextPageToken,omitempty"`
	}
	for _, place := range slices.Sorted(maps.Keys(s.objects)) {
		name, there := strings.CutPrefix(place, bucket+"/")
		if !there || !strings.HasPrefix(name, query.Get("prefix")) || name <= query.Get("pageToken") {
			continue
		}
		if len(page.Items) == pageSize {
			page.Next = page.Items[pageSize-1]["name"]
			break
		}
		page.Items = append(page.Items, map[string]string{"name": name})
	}
	_ = json.NewEncoder(w).Encode(page)
}

// run answers as Cloud Run does: https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.jobs
func (s *Server) run(w http.ResponseWriter, r *http.Request, path string) {
	name, execution, isExecution := strings.Cut(strings.TrimSuffix(path, ":run"), "/executions/")
	found := s.jobs[name]
	switch {
	case found == nil:
		http.Error(w, "Resource '"+name+"' was not found", http.StatusNotFound)
	case strings.HasSuffix(path, ":run") && r.Method == http.MethodPost:
		found.runs++
		fmt.Fprintf(w, `{"name":"operations/1","metadata":{"name":"%s/executions/run-%d"}}`, name, found.runs)
	case isExecution && execution == fmt.Sprintf("run-%d", found.runs):
		if found.looked++; found.looked < 2 {
			fmt.Fprint(w, `{"taskCount":1,"runningCount":1}`)
			return
		}
		fmt.Fprint(w, `{"taskCount":1,"succeededCount":1,"completionTime":"2026-11-22T10:00:00.000000Z"}`)
	case isExecution:
		http.NotFound(w, r)
	default:
		latest := map[string]string{}
		if found.runs > 0 {
			latest = map[string]string{"name": fmt.Sprintf("run-%d", found.runs), "completionStatus": "EXECUTION_SUCCEEDED"}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"name": name, "latestCreatedExecution": latest, "template": map[string]any{
			"template": map[string]any{"containers": []any{map[string]any{"args": found.args}}}}})
	}
}
