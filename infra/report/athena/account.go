package athena

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/athena"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"haven/infra/engine"
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
	settings, err := config.LoadDefaultConfig(ctx, append(options, config.WithRegion(region))...)
	if err != nil {
		return Account{}, noCredentials(account, err)
	}
	if _, err := settings.Credentials.Retrieve(ctx); err != nil {
		if ctx.Err() != nil {
			return Account{}, ctx.Err()
		}
		return Account{}, noCredentials(account, err)
	}
	caller, err := sts.NewFromConfig(settings).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return Account{}, fmt.Errorf("whose credentials these are is not known: %w", err)
	}
	if got := aws.ToString(caller.Account); got != account {
		return Account{}, engine.Problemf("the credentials are of account %s (%s), but the cell is in %s; "+
			"choose that account's, with AWS_PROFILE for instance", got, aws.ToString(caller.Arn), account)
	}
	return Account{API: athena.NewFromConfig(settings), Poll: poll}, nil
}

func noCredentials(account string, err error) error {
	return &engine.Problem{Cause: err, Text: fmt.Sprintf("no credentials of AWS account %s were found; sign in, or name "+
		"a profile with AWS_PROFILE, as for the AWS CLI (%v)", account, err)}
}
