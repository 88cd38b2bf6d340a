// Package signin finds a person's own credentials of a real account, and makes sure whose they are before anything is
// asked with them.
package signin

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"haven/infra/engine"
)

// Identity is whose credentials they are.
type Identity struct{ Account, ARN string }

// AWS are the settings of clients with the credentials that the AWS CLI would use, once the endpoint of STS in that
// region has said that they are of that account. Options are the SDK's, on top of what it reads from the environment and
// the shared files.
func AWS(ctx context.Context, account, region string, options ...func(*config.LoadOptions) error) (
	aws.Config, Identity, error,
) {
	settings, err := config.LoadDefaultConfig(ctx, append(options, config.WithRegion(region))...)
	if err != nil {
		return aws.Config{}, Identity{}, noCredentials(account, err)
	}
	if _, err := settings.Credentials.Retrieve(ctx); err != nil {
		if ctx.Err() != nil {
			return aws.Config{}, Identity{}, ctx.Err()
		}
		return aws.Config{}, Identity{}, noCredentials(account, err)
	}
	caller, err := sts.NewFromConfig(settings).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return aws.Config{}, Identity{}, fmt.Errorf("whose credentials these are is not known: %w", err)
	}
	found := Identity{Account: aws.ToString(caller.Account), ARN: aws.ToString(caller.Arn)}
	if found.Account != account {
		return aws.Config{}, found, engine.Problemf("the credentials are of account %s (%s), but the cell is in %s; "+
			"choose that account's, with AWS_PROFILE for instance", found.Account, found.ARN, account)
	}
	return settings, found, nil
}

func noCredentials(account string, err error) error {
	return &engine.Problem{Cause: err, Text: fmt.Sprintf("no credentials of AWS account %s were found; sign in, or name "+
		"a profile with AWS_PROFILE, as for the AWS CLI (%v)", account, err)}
}
