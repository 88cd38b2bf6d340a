package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// refillLimit is the longest that a restoration may take: the machine's own limits end it before.
const refillLimit = 24 * time.Hour

// Refill implements [haven/infra/recovery.Cloud]: it has a stack's state machine bring files back and warm the database,
// by an execution of that name, and waits for its end. One that is there is looked at, and one that had failed goes on
// where it failed.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html
func (c Cloud) Refill(ctx context.Context, machine, name string) error {
	parts := strings.SplitN(machine, ":", 7)
	if len(parts) != 7 || parts[2] != "states" || parts[5] != "stateMachine" {
		return fmt.Errorf("%q, expected arn:aws:states:REGION:ACCOUNT:stateMachine:NAME", machine)
	}
	region := parts[3]
	parts[5] = "execution"
	r := refilling{c, sfn.NewFromConfig(c.settings, func(o *sfn.Options) { o.Region = region }),
		strings.Join(parts, ":") + ":" + name}
	return failed(region, "bringing files back by "+r.execution, r.run(ctx, machine, name))
}

// refilling is an execution.
type refilling struct {
	Cloud
	api       *sfn.Client
	execution string
}

func (r refilling) run(ctx context.Context, machine, name string) error {
	_, err := r.api.StartExecution(ctx, &sfn.StartExecutionInput{
		StateMachineArn: aws.String(machine), Name: aws.String(name), Input: aws.String("{}"),
	})
	var there *types.ExecutionAlreadyExists
	if errors.As(err, &there) {
		err = r.redrive(ctx)
	}
	if err != nil {
		return err
	}
	return r.wait(ctx, refillLimit, "the execution "+name, func() (bool, error) {
		status, cause, err := r.status(ctx)
		if err != nil {
			return false, err
		}
		switch status {
		case types.ExecutionStatusSucceeded:
			return true, nil
		case types.ExecutionStatusRunning, types.ExecutionStatusPendingRedrive:
			return false, nil
		}
		return false, fmt.Errorf("it has ended as %s: %s", status, cause)
	})
}

// redrive has an execution go on that had ended and not succeeded.
func (r refilling) redrive(ctx context.Context) error {
	status, _, err := r.status(ctx)
	if err != nil || status == types.ExecutionStatusSucceeded || status == types.ExecutionStatusRunning ||
		status == types.ExecutionStatusPendingRedrive {
		return err
	}
	_, err = r.api.RedriveExecution(ctx, &sfn.RedriveExecutionInput{ExecutionArn: aws.String(r.execution)})
	return err
}

func (r refilling) status(ctx context.Context) (types.ExecutionStatus, string, error) {
	output, err := r.api.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: aws.String(r.execution)})
	if err != nil {
		return "", "", err
	}
	return output.Status, strings.TrimSpace(aws.ToString(output.Error) + " " + aws.ToString(output.Cause)), nil
}
