package athena

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/athena"

	"haven/infra/signin"
)

// API is what asking takes of Athena. The SDK's client is one.
type API interface {
	athena.ListNamedQueriesAPIClient
	athena.GetQueryResultsAPIClient
	BatchGetNamedQuery(context.Context, *athena.BatchGetNamedQueryInput, ...func(*athena.Options)) (
		*athena.BatchGetNamedQueryOutput, error)
	StartQueryExecution(context.Context, *athena.StartQueryExecutionInput, ...func(*athena.Options)) (
		*athena.StartQueryExecutionOutput, error)
	GetQueryExecution(context.Context, *athena.GetQueryExecutionInput, ...func(*athena.Options)) (
		*athena.GetQueryExecutionOutput, error)
	StopQueryExecution(context.Context, *athena.StopQueryExecutionInput, ...func(*athena.Options)) (
		*athena.StopQueryExecutionOutput, error)
}

// Account is the Athena of one account, in one region.
type Account struct {
	API API
	// Poll is how long to wait between two looks at a query that runs.
	Poll time.Duration
}

// poll is the pace of whoever opens an account: most queries take seconds.
const poll = time.Second

// Open finds credentials and makes sure that they are of that account. Options are the SDK's, on top of what it reads
// from the environment and the shared files.
func Open(ctx context.Context, account, region string, options ...func(*config.LoadOptions) error) (Account, error) {
	settings, _, err := signin.AWS(ctx, account, region, options...)
	if err != nil {
		return Account{}, err
	}
	return Account{API: athena.NewFromConfig(settings), Poll: poll}, nil
}
