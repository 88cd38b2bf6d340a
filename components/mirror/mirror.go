package mirror

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/google"
	"haven/components/mirror/limits"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:mirror:Mirror"

// Args are all required, but for Regions, Locked and Protected.
type Args struct {
	Scope naming.Scope
	// Project is the ID of the Google Cloud project, which holds nothing else.
	Project string
	// Location is that of the bucket, EUR4 or EU; Regions are the two of EU. Changing either makes another bucket.
	Location string
	Regions  []string
	// RetentionDays is how long nobody can delete a copy, and after which it is deleted.
	RetentionDays int
	// Locked keeps everyone from shortening the retention. It cannot be undone: the bucket outlives its stack until its
	// last object has come of age.
	Locked bool
	// SoftDeleteDays is how long a deleted copy can be brought back.
	SoftDeleteDays int
	// CriticalEmails and WarningEmails are the addresses that alarms of each severity are sent to.
	CriticalEmails, WarningEmails []string
	// Protected refuses to delete the key, and the bucket while it holds anything. False only while the stack is torn
	// down, which lifts a retention that is not locked.
	Protected bool
}

// Mirror is a bucket that transfers may fill.
type Mirror struct {
	pulumi.ResourceState
	// Bucket is the bucket's name, known once the transfer agent may write to it.
	Bucket pulumi.StringOutput
	// KeyID is the key's resource name.
	KeyID pulumi.StringOutput
	// AgentSubjectID is the identity of the project's transfer agent, which sources trust.
	AgentSubjectID pulumi.StringOutput
	// Agent is the same agent as Google Cloud's policies name it, "serviceAccount:…"; Project is the project's ID. Both
	// are known once the services are enabled.
	Agent, Project pulumi.StringOutput
	// DumpsMetric is the log-based metric that counts the complete dumps that have arrived, by tenant.
	DumpsMetric pulumi.StringOutput
	// CriticalChannels and WarningChannels are where alarms of each severity go.
	CriticalChannels, WarningChannels pulumi.StringArrayOutput
}

// BucketName is the bucket's name. A project's ID is unique over all of Google Cloud, so the bucket's is too.
// https://cloud.google.com/storage/docs/buckets#naming
func BucketName(scope naming.Scope, project string) string {
	return strings.Join([]string{scope.Stack, project}, "-")
}

// New makes a mirror. Its provider is Google Cloud's.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Mirror, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("mirror: %w", err)
	}
	m := &Mirror{}
	if err := ctx.RegisterComponentResource(Type, name, m, opts...); err != nil {
		return nil, fmt.Errorf("mirror: %w", err)
	}
	if err := (&builder{ctx: ctx, own: m, name: name, args: args}).declare(); err != nil {
		return nil, fmt.Errorf("mirror: %w", err)
	}
	return m, ctx.RegisterResourceOutputs(m, pulumi.Map{
		"bucket":           m.Bucket,
		"keyId":            m.KeyID,
		"agentSubjectId":   m.AgentSubjectID,
		"dumpsMetric":      m.DumpsMetric,
		"criticalChannels": m.CriticalChannels,
		"warningChannels":  m.WarningChannels,
	})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Check("Project", limits.Project(a.Project))
	problems.Check("Location", limits.Location(a.Location))
	problems.Check("Regions", limits.Regions(a.Location, a.Regions))
	problems.Within("RetentionDays", a.RetentionDays, limits.MinRetentionDays, limits.MaxRetentionDays)
	problems.Within("SoftDeleteDays", a.SoftDeleteDays, limits.MinSoftDeleteDays, limits.MaxSoftDeleteDays)
	problems.Require("CriticalEmails", len(a.CriticalEmails) > 0)
	problems.Require("WarningEmails", len(a.WarningEmails) > 0)
	return problems.Err()
}

// builder declares a mirror part by part.
type builder struct {
	ctx  *pulumi.Context
	own  *Mirror
	name string
	args Args
	// services are enabled before anything uses them; project is known once they are.
	services []pulumi.Resource
	project  pulumi.StringOutput
	bucket   *storage.Bucket
}

func (b *builder) declare() error {
	for _, part := range []struct {
		noun    string
		declare func() error
	}{
		{"services", b.enable}, {"audit log", b.audit}, {"key", b.encrypt}, {"bucket", b.store}, {"access", b.admit},
		{"metric", b.count}, {"channels", b.tell}, {"alarms", b.watch},
	} {
		if err := part.declare(); err != nil {
			return fmt.Errorf("%s: %w", part.noun, err)
		}
	}
	return nil
}

func (b *builder) parent() pulumi.ResourceOrInvokeOption { return pulumi.Parent(b.own) }

// enabled comes after the project's services.
func (b *builder) enabled() pulumi.ResourceOption { return pulumi.DependsOn(b.services) }

// labels are the tags that every resource of a mirror carries.
func labels(scope naming.Scope, class naming.Classification) pulumi.StringMap {
	return google.Labels(scope, "mirror", class)
}
