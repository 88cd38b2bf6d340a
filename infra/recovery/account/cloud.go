package account

import (
	"context"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"haven/components/dump/manifest"
	"haven/infra/dump/google"
	"haven/infra/recovery"
	"haven/infra/signin"
)

// Cloud is an account of AWS, and what of Google Cloud brings tenants back off site.
type Cloud struct {
	// Pace is how long to wait between two looks at what is waited for.
	Pace time.Duration

	settings aws.Config
	mirror   *google.Client
}

var _ recovery.Cloud = Cloud{}

const (
	// pace is that of whoever opens an account: what is waited for takes minutes.
	pace = 10 * time.Second
	// attempts are how often a call is tried: the region that answers may be short of capacity when another is lost.
	attempts = 10
)

// Open finds credentials, and makes sure that they are of that account by asking the region that is named: the one that
// answers. Options are the SDK's.
func Open(ctx context.Context, account, region string, options ...func(*config.LoadOptions) error) (
	Cloud, signin.Identity, error,
) {
	options = append([]func(*config.LoadOptions) error{config.WithRetryMaxAttempts(attempts)}, options...)
	settings, who, err := signin.AWS(ctx, account, region, options...)
	return Cloud{Pace: pace, settings: settings, mirror: google.NewClient()}, who, err
}

// Google is a cloud in which AWS is lost: it finds dumps in the mirror and runs restorations, and asks AWS for nothing.
func Google() Cloud { return Cloud{Pace: pace, mirror: google.NewClient()} }

// Now implements [recovery.Cloud].
func (Cloud) Now() (time.Time, error) { return time.Now().UTC(), nil }

func (c Cloud) rds(region string) *rds.Client {
	return rds.NewFromConfig(c.settings, func(o *rds.Options) { o.Region = region })
}

func (c Cloud) cloudwatch(region string) *cloudwatch.Client {
	return cloudwatch.NewFromConfig(c.settings, func(o *cloudwatch.Options) { o.Region = region })
}

// wait looks by and by until something is so.
func (c Cloud) wait(ctx context.Context, limit time.Duration, what string, look func() (bool, error)) error {
	for begun := time.Now(); ; {
		done, err := look()
		if done || err != nil {
			return err
		}
		if time.Since(begun) > limit {
			return fmt.Errorf("%s: not within %s; look at it, and run this again: it goes on from there", what, limit)
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(c.Pace):
		}
	}
}

// failed says what was asked for, where, and what to do about it.
func failed(region, asked string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s, in %s: %w; put that right and run this again: what is done is not done twice", asked, region, err)
}

// name is what an ARN of RDS names, without its kind.
type name struct{ region, kind, id string }

// parse splits an ARN of RDS of that kind: arn:aws:rds:eu-west-1:123456789012:db:demo-acme-database.
func parse(arn, kind string) (name, error) {
	parts := strings.SplitN(arn, ":", 7)
	if len(parts) != 7 || parts[2] != "rds" || parts[5] != kind || parts[3] == "" || parts[6] == "" {
		return name{}, fmt.Errorf("%q, expected arn:aws:rds:REGION:ACCOUNT:%s:NAME", arn, kind)
	}
	return name{parts[3], kind, parts[6]}, nil
}

// dumpTime is of what time the data of a dump is, by the key of its manifest or by its prefix.
func dumpTime(key string) (time.Time, error) {
	if path.Base(key) == manifest.Name {
		key = path.Dir(key)
	}
	return time.Parse(manifest.TimeLayout, path.Base(key))
}
