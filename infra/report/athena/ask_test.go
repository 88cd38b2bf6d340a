package athena_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/infra/report/athena"
)

var saved = athena.Saved{Workgroup: "demo-cell-requests", Database: "demo_cell_requests", Name: "addresses",
	Parameters: []string{"'2026/11/01'", "'acme.example'"}}

// fake is an Athena that has two pages of saved queries, passes through states, and has two pages of rows.
type fake struct {
	states  []types.QueryExecutionStatus
	failing map[string]error
	// looked is called at each look at the query.
	looked  func()
	started *sdk.StartQueryExecutionInput
	stopped []string
}

func (f *fake) ListNamedQueries(_ context.Context, in *sdk.ListNamedQueriesInput, _ ...func(*sdk.Options)) (
	*sdk.ListNamedQueriesOutput, error,
) {
	if in.NextToken == nil {
		return &sdk.ListNamedQueriesOutput{NamedQueryIds: []string{"1"}, NextToken: aws.String("more")}, f.failing["list"]
	}
	return &sdk.ListNamedQueriesOutput{NamedQueryIds: []string{"2"}}, nil
}

func (f *fake) BatchGetNamedQuery(_ context.Context, in *sdk.BatchGetNamedQueryInput, _ ...func(*sdk.Options)) (
	*sdk.BatchGetNamedQueryOutput, error,
) {
	named := map[string]types.NamedQuery{
		"1": {Name: aws.String("invalid-addresses"), QueryString: aws.String("SELECT 1")},
		"2": {Name: aws.String("addresses"), QueryString: aws.String("SELECT 2")},
	}
	return &sdk.BatchGetNamedQueryOutput{NamedQueries: []types.NamedQuery{named[in.NamedQueryIds[0]]}}, f.failing["get"]
}

func (f *fake) StartQueryExecution(_ context.Context, in *sdk.StartQueryExecutionInput, _ ...func(*sdk.Options)) (
	*sdk.StartQueryExecutionOutput, error,
) {
	f.started = in
	return &sdk.StartQueryExecutionOutput{QueryExecutionId: aws.String("run")}, f.failing["start"]
}

func (f *fake) GetQueryExecution(context.Context, *sdk.GetQueryExecutionInput, ...func(*sdk.Options)) (
	*sdk.GetQueryExecutionOutput, error,
) {
	if f.looked != nil {
		f.looked()
	}
	status := f.states[0]
	f.states = f.states[min(1, len(f.states)-1):]
	return &sdk.GetQueryExecutionOutput{QueryExecution: &types.QueryExecution{Status: &status}}, f.failing["look"]
}

func (f *fake) StopQueryExecution(_ context.Context, in *sdk.StopQueryExecutionInput, _ ...func(*sdk.Options)) (
	*sdk.StopQueryExecutionOutput, error,
) {
	f.stopped = append(f.stopped, aws.ToString(in.QueryExecutionId))
	return &sdk.StopQueryExecutionOutput{}, f.failing["stop"]
}

func (f *fake) GetQueryResults(_ context.Context, in *sdk.GetQueryResultsInput, _ ...func(*sdk.Options)) (
	*sdk.GetQueryResultsOutput, error,
) {
	if in.NextToken == nil {
		return &sdk.GetQueryResultsOutput{NextToken: aws.String("more"), ResultSet: set(
			row(aws.String("address"), aws.String("first_seen")),
			row(aws.String("192.0.2.1"), nil),
		)}, f.failing["rows"]
	}
	return &sdk.GetQueryResultsOutput{ResultSet: set(row(aws.String("192.0.2.2"), aws.String("now")))}, nil
}

func set(rows ...types.Row) *types.ResultSet { return &types.ResultSet{Rows: rows} }

func row(values ...*string) types.Row {
	var row types.Row
	for _, value := range values {
		row.Data = append(row.Data, types.Datum{VarCharValue: value})
	}
	return row
}

func states(all ...types.QueryExecutionState) (statuses []types.QueryExecutionStatus) {
	for _, state := range all {
		statuses = append(statuses, types.QueryExecutionStatus{State: state})
	}
	return statuses
}

func TestAsk(t *testing.T) {
	t.Parallel()
	f := &fake{states: states("QUEUED", "RUNNING", "SUCCEEDED")}
	rows, err := athena.Account{API: f}.Ask(t.Context(), saved)
	require.NoError(t, err)
	assert.Equal(t, []athena.Row{{"address": "192.0.2.1"}, {"address": "192.0.2.2", "first_seen": "now"}}, rows)
	assert.Equal(t, &sdk.StartQueryExecutionInput{
		QueryString:           aws.String("SELECT 2"),
		WorkGroup:             aws.String("demo-cell-requests"),
		ExecutionParameters:   saved.Parameters,
		QueryExecutionContext: &types.QueryExecutionContext{Database: aws.String("demo_cell_requests")},
	}, f.started)
	assert.Empty(t, f.stopped)
}

func TestAskedInVain(t *testing.T) {
	t.Parallel()
	denied := func(operation string, passed ...types.QueryExecutionState) *fake {
		return &fake{states: states(passed...), failing: map[string]error{operation: errors.New("no right to " + operation)}}
	}
	ended := func(status types.QueryExecutionStatus) *fake {
		return &fake{states: []types.QueryExecutionStatus{status}}
	}
	for want, api := range map[string]*fake{
		"workgroup demo-cell-requests: no right to list":       denied("list"),
		"workgroup demo-cell-requests: no right to get":        denied("get"),
		"query addresses: no right to start":                   denied("start"),
		"query addresses, run run: no right to look":           denied("look", "RUNNING"),
		"answer of query addresses, run run: no right to rows": denied("rows", "SUCCEEDED"),
		"query addresses, run run: ended FAILED: Insufficient permissions": ended(types.QueryExecutionStatus{
			State: "FAILED", StateChangeReason: aws.String("Insufficient permissions")}),
		"query addresses, run run: ended FAILED: a bad line": ended(types.QueryExecutionStatus{
			State: "FAILED", AthenaError: &types.AthenaError{ErrorMessage: aws.String("a bad line")}}),
		"query addresses, run run: ended CANCELLED: Athena gives no reason": ended(types.QueryExecutionStatus{
			State: "CANCELLED"}),
	} {
		rows, err := athena.Account{API: api}.Ask(t.Context(), saved)
		assert.EqualError(t, err, want)
		assert.Empty(t, rows)
		assert.Empty(t, api.stopped, want)
	}
	other := saved
	other.Name = "adresses"
	_, err := athena.Account{API: &fake{}}.Ask(t.Context(), other)
	assert.EqualError(t, err, `workgroup demo-cell-requests has saved no query "adresses"; `+
		"bring the cell up with this version first")
}

// TestInterrupted: whoever interrupts waits for no more than the query's stop, both between two looks and within one.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	for name, poll := range map[string]time.Duration{"while it waits": time.Hour, "while it looks": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, interrupt := context.WithCancel(t.Context())
			f := &fake{states: states("RUNNING")}
			f.looked = func() {
				if poll > 0 {
					time.AfterFunc(10*time.Millisecond, interrupt)
				} else {
					interrupt()
				}
			}
			_, err := athena.Account{API: f, Poll: poll}.Ask(ctx, saved)
			require.ErrorIs(t, err, context.Canceled)
			assert.Equal(t, []string{"run"}, f.stopped)
		})
	}
}

func TestInterruptedInVain(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	f := &fake{states: states("RUNNING"), looked: interrupt, failing: map[string]error{"stop": errors.New("no route")}}
	_, err := athena.Account{API: f}.Ask(ctx, saved)
	assert.EqualError(t, err, "query addresses, run run: it may run on, for it could not be stopped: no route")
}
