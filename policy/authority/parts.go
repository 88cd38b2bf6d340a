package authority

import (
	"fmt"
	"slices"
	"strings"

	"haven/policy/access"
	"haven/policy/graph"
	"haven/policy/props"
)

// claim is a part of a bucket that a tenant's role works in: an object in it. Tenants share buckets; a part is a
// tenant's own where one of the path's steps is its name.
type claim struct {
	tenant, bucket, object string
	// by is the policy that says so.
	by string
}

// arn is the object's.
func (c claim) arn() string { return objectARN(c.bucket, c.object) }

func objectARN(bucket, object string) string { return "arn:aws:s3:::" + bucket + "/" + object }

// prefix is up to the tenant's name, with the slash after it.
func (c claim) prefix() string {
	steps := strings.Split(c.object, "/")
	return strings.Join(steps[:slices.Index(steps, c.tenant)+1], "/") + "/"
}

// of is the same part of another tenant.
func (c claim) of(tenant string) claim {
	steps := strings.Split(c.object, "/")
	steps[slices.Index(steps, c.tenant)] = tenant
	return claim{tenant: tenant, bucket: c.bucket, object: strings.Join(steps, "/"), by: c.by}
}

// claimed are the parts that a role's own policies name.
func (p *principal) claimed() []claim {
	var all []claim
	for _, object := range p.objects() {
		bucket, path, _ := strings.Cut(object.pattern, "/")
		found := claim{tenant: p.owner, bucket: bucket, object: some(path), by: object.by.Policy}
		if owned(path, p.owner) && !strings.ContainsAny(bucket, "*?") {
			all = append(all, found)
		}
	}
	return all
}

// owned says whether a step of a path is a tenant's name, before the first wildcard.
func owned(path, tenant string) bool {
	path, _, _ = strings.Cut(path, "*")
	path, _, _ = strings.Cut(path, "?")
	steps := strings.Split(path, "/")
	return slices.Contains(steps[:len(steps)-1], tenant)
}

// some is a text that a pattern is of.
func some(pattern string) string { return strings.NewReplacer("*", "x", "?", "x").Replace(pattern) }

// objects is what a statement says of objects: "<bucket>/<pattern of keys>".
type objects struct {
	pattern string
	by      access.Statement
}

const s3ARN = "arn:aws:s3:::"

// objects are those that the role's policies allow something on, with its tags in the place of variables.
func (p *principal) objects() []objects {
	var all []objects
	for _, document := range p.identity {
		for _, c := range document.Clauses() {
			for _, resource := range c.Resources {
				if pattern, is := strings.CutPrefix(resource, s3ARN); is && !c.Deny && strings.Contains(pattern, "/") {
					all = append(all, objects{p.resolve(pattern), c.At})
				}
			}
		}
	}
	return all
}

func (p *principal) resolve(pattern string) string {
	for key, values := range p.context {
		if len(values) == 1 {
			pattern = strings.ReplaceAll(pattern, "${"+key+"}", values[0])
		}
	}
	return pattern
}

// parts holds a role against the parts of buckets that are others': what they claim, the same parts of strangers, and,
// where it names objects under no step with its tenant's name, these.
func (i *isolation) parts(p *principal) {
	var shared []claim
	for _, other := range i.principals {
		if other.owner == "" {
			continue
		}
		for _, c := range other.claims {
			switch {
			case i.ownedBucket(c.bucket, p.owner):
			case other.owner == p.owner:
				shared = append(shared, c.of(p.owner+"2"), c.of("stranger"))
			default:
				i.reaches(p, c, false)
			}
		}
	}
	for _, c := range shared {
		i.reaches(p, c, true)
	}
	for _, object := range p.objects() {
		bucket, path, _ := strings.Cut(object.pattern, "/")
		if !owned(path, p.owner) && !i.ownedBucket(bucket, p.owner) {
			i.reaches(p, claim{bucket: some(bucket), object: some(path), by: object.by.Policy}, true)
		}
	}
}

// ownedBucket says whether a whole bucket is a tenant's.
func (i *isolation) ownedBucket(name, tenant string) bool {
	found := i.bucket(name)
	return found != nil && i.of(found) == tenant
}

func (m *model) bucket(name string) *graph.Resource {
	for _, r := range m.OfType(bucket) {
		if r.ID == name || r.Text("bucket") == name {
			return r
		}
	}
	return nil
}

// reaches tells of what a role may do with a part of a bucket, and with the key of what is kept there.
func (i *isolation) reaches(p *principal, c claim, twin bool) {
	s := i.bucketStore(c.bucket)
	s.owner, s.twin = c.tenant, twin
	object := target{resource: c.arn(), acts: objectUses}
	all := []target{object}
	if c.tenant != "" {
		for _, prefix := range [][]string{{c.prefix()}, nil} {
			all = append(all, target{resource: s3ARN + c.bucket, acts: listing,
				context: access.Context{"s3:prefix": prefix}})
		}
	}
	for _, t := range all {
		for _, a := range t.acts {
			if d := i.may(p, a.action, s, t); d.Allowed {
				i.part(p, a.action, s, t, c, d)
			}
		}
	}
	i.opensPart(p, s, c)
}

// bucketStore is a bucket by its name, with its policy where a stack at hand declares it.
func (m *model) bucketStore(name string) *store {
	k := &kind{part: "buckets"}
	r := m.bucket(name)
	if r == nil {
		return &store{Resource: &graph.Resource{}, kind: k, about: map[string][]access.Document{}}
	}
	return &store{Resource: r, kind: k, about: map[string][]access.Document{}, policy: append(
		m.documents(r, "policy"), m.carried("aws:s3/bucketPolicy:BucketPolicy", "bucket", "policy", r)...)}
}

func (i *isolation) part(p *principal, action string, s *store, t target, c claim, d access.Decision) {
	whose := "which is of the tenant " + c.tenant
	switch {
	case c.tenant == "":
		whose = "which is under no step with the tenant's name"
	case t.context["s3:prefix"] == nil && t.resource == s3ARN+c.bucket:
		whose = "without a prefix, and so see what is of others"
	case s.twin:
		whose = "which would be of the tenant " + c.tenant
	}
	witness := []string{p.URN, d.By.Policy}
	if s.URN != "" && s.URN != d.By.Policy {
		witness = append(witness, s.URN)
	}
	i.tell("authority/buckets", p.URN, d.By, witness, fmt.Sprintf("the role %s of the tenant %s may %s on %s, %s: allowed "+
		"by %s%s: name what is under the tenant's own step of the path, with the slash after it", nameOf(p.Resource), p.owner,
		action, t.resource, whose, by(d.By), with(d)))
}

// opensPart holds a role against the key of a bucket that tenants share, for another tenant's objects: S3 tells the key
// which object it is, so that it can keep them apart too, unless the key is the bucket's.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
func (i *isolation) opensPart(p *principal, s *store, c claim) {
	const rule = "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2"
	if s.URN == "" || c.tenant == "" {
		return
	}
	for _, encryption := range i.OfType(rule) {
		arn := props.Text(encryption.Declared(), "rules[*].applyServerSideEncryptionByDefault.kmsMasterKeyId")
		if arn == "" || !i.means(encryption, "bucket", s.Resource) ||
			props.Flag(encryption.Declared(), "rules[*].bucketKeyEnabled") {
			continue
		}
		key := i.keyOf(arn)
		t := target{resource: arn, context: access.Context{"kms:EncryptionContext:aws:s3:arn": {c.arn()},
			"kms:ViaService": {"s3." + part(arn, regionPart) + ".amazonaws.com"}}}
		if d := i.may(p, "kms:Decrypt", key, t); d.Allowed {
			i.tell("authority/keys", p.URN, d.By, []string{p.URN, d.By.Policy, encryption.URN}, fmt.Sprintf("the role %s of "+
				"the tenant %s may kms:Decrypt what is in %s, which is of the tenant %s: allowed by %s%s: bind it to the tenant's "+
				"part by kms:EncryptionContext:aws:s3:arn", nameOf(p.Resource), p.owner, c.arn(), c.tenant, by(d.By), with(d)))
		}
	}
}
