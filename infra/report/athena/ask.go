package athena

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/athena/types"
)

// Saved is a query that is saved in a workgroup, with the values of its "?", in their order, as SQL.
type Saved struct {
	Workgroup, Database, Name string
	Parameters                []string
}

// Row is a row of an answer: the value of each column, and none where it is NULL.
type Row map[string]string

// Ask runs a saved query to its end and answers all its rows. A query that is waited for no longer, because the context
// ends, is stopped: it would cost on.
func (a Account) Ask(ctx context.Context, saved Saved) ([]Row, error) {
	text, err := a.text(ctx, saved)
	if err != nil {
		return nil, err
	}
	started, err := a.API.StartQueryExecution(ctx, &athena.StartQueryExecutionInput{
		QueryString:           aws.String(text),
		ExecutionParameters:   saved.Parameters,
		WorkGroup:             aws.String(saved.Workgroup),
		QueryExecutionContext: &types.QueryExecutionContext{Database: aws.String(saved.Database)},
	})
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", saved.Name, err)
	}
	run := aws.ToString(started.QueryExecutionId)
	if err := a.wait(ctx, run); err != nil {
		return nil, fmt.Errorf("query %s, run %s: %w", saved.Name, run, err)
	}
	rows, err := a.rows(ctx, run)
	if err != nil {
		return nil, fmt.Errorf("answer of query %s, run %s: %w", saved.Name, run, err)
	}
	return rows, nil
}

// text is the SQL that the workgroup has under that name.
func (a Account) text(ctx context.Context, saved Saved) (string, error) {
	pages := athena.NewListNamedQueriesPaginator(a.API,
		&athena.ListNamedQueriesInput{WorkGroup: aws.String(saved.Workgroup)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", fmt.Errorf("workgroup %s: %w", saved.Workgroup, err)
		}
		if len(page.NamedQueryIds) == 0 {
			continue
		}
		found, err := a.API.BatchGetNamedQuery(ctx, &athena.BatchGetNamedQueryInput{NamedQueryIds: page.NamedQueryIds})
		if err != nil {
			return "", fmt.Errorf("workgroup %s: %w", saved.Workgroup, err)
		}
		for _, query := range found.NamedQueries {
			if aws.ToString(query.Name) == saved.Name {
				return aws.ToString(query.QueryString), nil
			}
		}
	}
	return "", fmt.Errorf("workgroup %s has saved no query %q; bring the cell up with this version first",
		saved.Workgroup, saved.Name)
}

// wait returns once the query has succeeded.
func (a Account) wait(ctx context.Context, run string) error {
	for {
		looked, err := a.API.GetQueryExecution(ctx, &athena.GetQueryExecutionInput{QueryExecutionId: aws.String(run)})
		if ctx.Err() != nil {
			return a.stop(ctx, run)
		}
		if err != nil {
			return err
		}
		switch status := looked.QueryExecution.Status; status.State {
		case types.QueryExecutionStateSucceeded:
			return nil
		case types.QueryExecutionStateFailed, types.QueryExecutionStateCancelled:
			return fmt.Errorf("ended %s: %s", status.State, reason(status))
		}
		select {
		case <-ctx.Done():
			return a.stop(ctx, run)
		case <-time.After(a.Poll):
		}
	}
}

// reason is why a query ended, in Athena's words.
func reason(status *types.QueryExecutionStatus) string {
	if text := aws.ToString(status.StateChangeReason); text != "" {
		return text
	}
	if status.AthenaError != nil {
		return aws.ToString(status.AthenaError.ErrorMessage)
	}
	return "Athena gives no reason"
}

// stopWithin is how long whoever interrupts waits for the query to be stopped.
const stopWithin = 10 * time.Second

// stop stops a query after the context that waited for it has ended, and answers why it did.
func (a Account) stop(ctx context.Context, run string) error {
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	_, err := a.API.StopQueryExecution(within, &athena.StopQueryExecutionInput{QueryExecutionId: aws.String(run)})
	if err != nil {
		return fmt.Errorf("it may run on, for it could not be stopped: %w", err)
	}
	return context.Cause(ctx)
}

// rows are the answer's. The first row of its first page names the columns.
// https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html
func (a Account) rows(ctx context.Context, run string) ([]Row, error) {
	var columns []string
	var rows []Row
	pages := athena.NewGetQueryResultsPaginator(a.API, &athena.GetQueryResultsInput{QueryExecutionId: aws.String(run)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, row := range page.ResultSet.Rows {
			if columns == nil {
				columns = names(row)
				continue
			}
			rows = append(rows, values(columns, row))
		}
	}
	return rows, nil
}

func names(header types.Row) []string {
	columns := []string{}
	for _, datum := range header.Data {
		columns = append(columns, aws.ToString(datum.VarCharValue))
	}
	return columns
}

func values(columns []string, from types.Row) Row {
	row := Row{}
	for i, datum := range from.Data[:min(len(columns), len(from.Data))] {
		if datum.VarCharValue != nil {
			row[columns[i]] = *datum.VarCharValue
		}
	}
	return row
}
