package dump

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/archive"
	"haven/components/arguments"
	"haven/components/dump/recipients"
	"haven/components/limit"
	"haven/components/naming"
	"haven/components/task"
	"haven/components/tiers"
)

// Args say what is dumped, whereto and how often.
type Args struct {
	// Scope names and tags everything; its Tenant is whose data it is.
	Scope naming.Scope
	// Account and Region are where the task runs.
	Account, Region string
	// Tier decides how often there is a dump, and how long nobody can delete it.
	Tier tiers.Tier
	// Image is that of the dump program.
	Image string
	// Generation is that of the tenant's data, 1 or more.
	Generation int
	// Recipients are the public keys of age, "age1…", that the tenant's keys are sealed to: at least one.
	Recipients []string
	// Final puts dumps below "final/", those of a tenant that is leaving. Default false.
	Final bool
	// ClusterARN is the cell's ECS cluster, SubnetIDs are its private subnets.
	ClusterARN pulumi.StringInput
	SubnetIDs  pulumi.StringArrayInput
	// SecurityGroupID is the group of the tenant's tasks, which reaches its database and files.
	SecurityGroupID pulumi.StringInput
	// DatabaseClientsID is a further group by which it reaches a database that is not the stack's. Default: none.
	DatabaseClientsID pulumi.StringInput
	// Database and Files are the tenant's.
	Database task.Database
	Files    task.Files
	// AppKeyARN is the secret that holds Laravel's APP_KEY; PassportSecretARN the one with "privateKey" and "publicKey".
	// Default none of the latter: the pair lies among the files.
	AppKeyARN, PassportSecretARN pulumi.StringInput
	// UserPoolARN is the tenant's user pool in Cognito. Default none: the tenant has none, and the dump no part for it.
	UserPoolARN pulumi.StringInput
	// SecretsKeyARN is the tenant's key for secrets, RestoredKeyARN that of those of the secrets which were the tenant's
	// before it was restored. Default of the latter: none.
	SecretsKeyARN, RestoredKeyARN pulumi.StringInput
	// ArchiveBucket is the name of the cell's backup bucket, ArchiveARN its ARN and ArchiveKeyARN the key it encrypts
	// with.
	ArchiveBucket, ArchiveARN, ArchiveKeyARN pulumi.StringInput
	// LogsKeyARN is the tenant's key for logs, LogRetentionDays one of CloudWatch Logs' values.
	LogsKeyARN       pulumi.StringInput
	LogRetentionDays int
	// FailureTopicARN is told of runs that failed. Default none: nobody is told.
	FailureTopicARN pulumi.StringInput
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Scope.Tenant", a.Scope.Tenant != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	if _, known := tiers.Of(a.Tier); !known {
		problems.Check("Tier", &limit.Error{Got: string(a.Tier), Want: "one of " + limit.List(tiers.All)})
	}
	problems.Require("Image", a.Image != "")
	if a.Generation < 1 {
		problems.Check("Generation", &limit.Error{Got: a.Generation, Want: "at least 1"})
	}
	a.checkRecipients(&problems)
	problems.Require("ClusterARN", a.ClusterARN != nil)
	problems.Require("SubnetIDs", a.SubnetIDs != nil)
	problems.Require("SecurityGroupID", a.SecurityGroupID != nil)
	a.Database.Check(&problems)
	a.Files.Check(&problems)
	problems.Require("AppKeyARN", a.AppKeyARN != nil)
	problems.Require("SecretsKeyARN", a.SecretsKeyARN != nil)
	problems.Require("ArchiveBucket", a.ArchiveBucket != nil)
	problems.Require("ArchiveARN", a.ArchiveARN != nil)
	problems.Require("ArchiveKeyARN", a.ArchiveKeyARN != nil)
	problems.Require("LogsKeyARN", a.LogsKeyARN != nil)
	problems.Require("LogRetentionDays", a.LogRetentionDays > 0)
	return problems.Err()
}

func (a Args) checkRecipients(problems *arguments.Problems) {
	problems.Require("Recipients", len(a.Recipients) > 0)
	for i, recipient := range a.Recipients {
		_, err := recipients.Parse(recipient)
		problems.Check(fmt.Sprintf("Recipients[%d]", i), err)
	}
}

// prefix is where the tenant's dumps of a kind lie in the backup bucket.
func (a Args) prefix(kind string) string { return archive.Prefix(a.Scope.Tenant) + kind + "/" }

// arn is that of something in the task's account and region.
func (a Args) arn(service, resource string) string {
	return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, a.Region, a.Account, resource)
}

func (a Args) tags(part string) pulumi.StringMap {
	return pulumi.ToStringMap(a.Scope.Tags("dump", a.Scope.Name(part), naming.Internal))
}
