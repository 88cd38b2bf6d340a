package authority

import (
	"fmt"
	"slices"
	"strings"

	"haven/policy/access"
	"haven/policy/graph"
	"haven/policy/props"
)

const (
	replicationConfig = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
	bucketEncryption  = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
	transferJob       = "gcp:storage/transferJob:TransferJob"
)

// Admission is what the roles that copy to another region or cloud lack for it, and what they may do beyond it.
func Admission(g *graph.Graph) []graph.Finding {
	a := &admission{model: modelOf(g)}
	for _, r := range a.sorted(replicationConfig) {
		a.replication(r)
	}
	needed := map[*principal]*copying{}
	var order []*principal
	for _, r := range a.sorted(transferJob) {
		if p := a.roleOf(r, "transferSpec.awsS3DataSource.roleArn"); p != nil {
			if needed[p] == nil {
				needed[p], order = &copying{job: r, role: p}, append(order, p)
			}
			a.transfer(r, needed[p])
		}
	}
	for _, p := range order {
		a.judge(needed[p])
	}
	return append(a.findings, a.doubts("admission")...)
}

// admission is the proof while it is made.
type admission struct {
	*model
	findings []graph.Finding
}

// copying is a role that copies, and all that it needs.
type copying struct {
	job   *graph.Resource
	role  *principal
	needs []need
	// elsewhere says that what it copies is another stack's, which is not at hand: then nothing can be said of it.
	elsewhere bool
}

// need is a request that must be allowed; there may be several that differ in the context.
type need struct {
	action  string
	store   *store
	target  target
	trustBy access.Principal
}

func (a *admission) roleOf(r *graph.Resource, path string) *principal {
	for _, p := range a.principals {
		if a.means(r, path, p.Resource) {
			return p
		}
	}
	return nil
}

func (c *copying) ask(s *store, context access.Context, resource string, actions ...string) {
	for _, action := range actions {
		c.needs = append(c.needs, need{action: action, store: s, target: target{resource: resource, context: context}})
	}
}

// replication is of a bucket whose new objects S3 copies, as a role that it takes on.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html
func (a *admission) replication(r *graph.Resource) {
	p := a.roleOf(r, "role")
	source := a.bucketNamed(r, "bucket", props.Text(r.Declared(), "bucket"))
	if p == nil || source == nil {
		return // it belongs to another stack, or is not known yet, which is noted
	}
	if source.ID == "" {
		a.doubt(r, "not known yet: bucket")
		return
	}
	c := &copying{job: r, role: p}
	from := s3ARN + source.ID
	s := a.bucketStore(source.ID)
	c.ask(s, nil, from, "s3:GetReplicationConfiguration", "s3:ListBucket")
	c.ask(s, nil, from+"/any", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging")
	if a.locked(source) {
		c.ask(s, nil, from+"/any", "s3:GetObjectRetention", "s3:GetObjectLegalHold")
	}
	a.throughS3(c, a.keyOfBucket(source), "kms:Decrypt", from+"/any")
	for _, rule := range props.Maps(r.Declared(), "rules[*]") {
		to := props.Text(rule, "destination.bucket")
		d := a.bucketStore(strings.TrimPrefix(to, s3ARN))
		c.ask(d, nil, to+"/any", "s3:ReplicateObject", "s3:ReplicateTags")
		if props.Text(rule, "deleteMarkerReplication.status") == "Enabled" {
			c.ask(d, nil, to+"/any", "s3:ReplicateDelete")
		}
		if props.Text(rule, "destination.accessControlTranslation.owner") != "" {
			c.ask(d, nil, to+"/any", "s3:ObjectOwnerOverrideToBucketOwner")
		}
		a.throughS3(c, props.Text(rule, "destination.encryptionConfiguration.replicaKmsKeyId"), "kms:Encrypt", to+"/any")
	}
	c.needs = append(c.needs, need{action: "sts:AssumeRole", trustBy: access.ServiceOf("s3.amazonaws.com"),
		target: target{context: access.Context{"aws:SourceArn": {from}, "aws:SourceAccount": {a.account}}}})
	a.judge(c)
}

// transfer is of a bucket that Google's Storage Transfer Service reads, as a role that it takes on.
// https://cloud.google.com/storage-transfer/docs/source-amazon-s3
func (a *admission) transfer(r *graph.Resource, c *copying) {
	const source = "transferSpec.awsS3DataSource."
	from := a.bucketNamed(r, source+"bucketName", props.Text(r.Declared(), source+"bucketName"))
	if from == nil {
		c.elsewhere = true
		return
	}
	if from.ID == "" {
		a.doubt(r, "not known yet: "+source+"bucketName")
		c.elsewhere = true
		return
	}
	arn, s := s3ARN+from.ID, a.bucketStore(from.ID)
	object := arn + "/tenants/any"
	c.ask(s, nil, arn, "s3:ListBucket")
	c.ask(s, nil, object, "s3:GetObject")
	a.throughS3(c, a.keyOfBucket(from), "kms:Decrypt", object)
	for _, q := range a.stores {
		if q.kind.token == queue && a.means(r, "eventStream.name", q.Resource) {
			c.ask(q, nil, q.Text("arn"), "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility",
				"sqs:GetQueueAttributes")
		}
	}
}

// bucketNamed is the bucket that a resource names at a path.
func (a *admission) bucketNamed(r *graph.Resource, path, name string) *graph.Resource {
	if found := a.bucket(name); found != nil {
		return found
	}
	for _, b := range a.OfType(bucket) {
		if a.means(r, path, b) {
			return b
		}
	}
	return nil
}

func (a *admission) locked(b *graph.Resource) bool {
	return slices.ContainsFunc(a.OfType(bucketLock), func(lock *graph.Resource) bool { return a.means(lock, "bucket", b) })
}

// keyOfBucket is the ARN of what encrypts the objects of a bucket; "" where that is S3's own.
func (a *admission) keyOfBucket(b *graph.Resource) string {
	for _, encryption := range a.OfType(bucketEncryption) {
		if a.means(encryption, "bucket", b) {
			return props.Text(encryption.Declared(), "rules[*].applyServerSideEncryptionByDefault.kmsMasterKeyId")
		}
	}
	return ""
}

// throughS3 asks for the use of a key, as S3 asks it for an object.
func (a *admission) throughS3(c *copying, arn, action, object string) {
	if arn == "" {
		return
	}
	c.ask(a.keyOf(arn), access.Context{"kms:EncryptionContext:aws:s3:arn": {object},
		"kms:ViaService": {"s3." + part(arn, regionPart) + ".amazonaws.com"}}, arn, action)
}

// harmless are what copying roles may do beyond what they must: to look where a bucket is.
var harmless = []string{"s3:GetBucketLocation"}

// judge tells of what is needed and not allowed, and of what is allowed and not needed.
func (a *admission) judge(c *copying) {
	if c.elsewhere || a.unknown(c.role) {
		return
	}
	for _, n := range c.needs {
		if n.trustBy.ID != "" {
			a.trusts(c, n)
			continue
		}
		if d := a.may(c.role, n.action, n.store, n.target); !d.Allowed {
			why := d.Why
			if why == "" {
				why = "no policy of the role allows it"
			}
			a.find("admission/lacks", c, c.role.URN, "it copies as %s, which cannot %s on %s: %s", nameOf(c.role.Resource),
				n.action, n.target.resource, why)
		}
	}
	for _, document := range c.role.identity {
		for _, clause := range document.Clauses() {
			if !clause.Deny {
				a.surplus(c, clause)
			}
		}
	}
}

// unknown says whether a policy of a role is not known yet, or only in part, which is noted.
func (a *admission) unknown(p *principal) bool {
	for _, r := range a.OfType(rolePolicy) {
		if slices.ContainsFunc(props.At(r.Declared(), "policy"), props.Partial) && a.means(r, "role", p.Resource) {
			a.doubt(r, "not known yet: policy")
		}
	}
	return slices.ContainsFunc(a.undecided, func(f graph.Finding) bool {
		r := a.ByURN(f.URN)
		return f.URN == p.URN || r != nil && r.Type == rolePolicy && a.means(r, "role", p.Resource)
	})
}

func (a *admission) trusts(c *copying, n need) {
	d := access.Decide(access.Request{Principal: n.trustBy, Action: n.action, Resource: c.role.called.ID,
		Account: a.account, Context: n.target.context}, access.Policies{Resource: c.role.trust, Sovereign: true})
	if !d.Allowed {
		a.find("admission/lacks", c, c.role.URN, "it copies as %s, which %s cannot take on: %s", nameOf(c.role.Resource),
			n.trustBy.ID, d.Why)
	}
}

// surplus tells of actions and resources of a statement that nothing needs.
func (a *admission) surplus(c *copying, clause access.Clause) {
	for _, action := range clause.Actions {
		needed := slices.ContainsFunc(c.needs, func(n need) bool { return strings.EqualFold(n.action, action) })
		if !needed && !slices.Contains(harmless, action) {
			a.find("admission/surplus", c, clause.At.Policy, "it copies as %s, which may %s, by %s: nothing of it needs that: take "+
				"it out", nameOf(c.role.Resource), action, by(clause.At))
		}
	}
	if clause.NotActions != nil || clause.NotResources != nil {
		a.find("admission/surplus", c, clause.At.Policy, "it copies as %s, which may all but something, by %s: say what it may",
			nameOf(c.role.Resource), by(clause.At))
	}
	for _, resource := range clause.Resources {
		needed := slices.ContainsFunc(c.needs, func(n need) bool { return within(resource, n.target.resource) })
		if !needed {
			a.find("admission/surplus", c, clause.At.Policy, "it copies as %s, which may reach %s, by %s: nothing of it needs that: "+
				"name the source, the destination and their keys", nameOf(c.role.Resource), resource, by(clause.At))
		}
	}
}

// within says whether a pattern is of nothing but one bucket's objects, or the very resource.
func within(pattern, resource string) bool {
	if pattern == resource {
		return true
	}
	wanted, _, objects := strings.Cut(strings.TrimPrefix(pattern, s3ARN), "/")
	of, _, object := strings.Cut(strings.TrimPrefix(resource, s3ARN), "/")
	return objects && object && strings.HasPrefix(pattern, s3ARN) && wanted == of && !strings.ContainsAny(wanted, "*?")
}

func (a *admission) find(rule string, c *copying, by, format string, args ...any) {
	witness := []string{c.job.URN, c.role.URN}
	if by != c.role.URN {
		witness = append(witness, by)
	}
	a.findings = append(a.findings, graph.Finding{Rule: rule, URN: c.job.URN, Witness: witness,
		Message: fmt.Sprintf(format, args...)})
}
