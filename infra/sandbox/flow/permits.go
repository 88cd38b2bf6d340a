package flow

import (
	"errors"
	"fmt"
	"strings"

	"haven/infra/sandbox/cloud"
	"haven/policy/access"
	"haven/policy/props"
)

// permits answers whether a role may do something, by the policies that the world holds.
type permits struct {
	*estate
	documents map[string]access.Document
	identity  map[string][]access.Document
}

func newPermits(e *estate) *permits {
	return &permits{estate: e, documents: map[string]access.Document{}, identity: map[string][]access.Document{}}
}

// document reads a policy once. One that cannot be read allows nothing.
func (p *permits) document(name, text string) []access.Document {
	if text == "" {
		return nil
	}
	read, known := p.documents[name+text]
	if !known {
		read, _ = access.Parse(name, text)
		p.documents[name+text] = read
	}
	return []access.Document{read}
}

// policiesOf are all policies of a role: inline and attached.
func (p *permits) policiesOf(role cloud.Resource) []access.Document {
	if documents, known := p.identity[role.ID]; known {
		return documents
	}
	var documents []access.Document
	for _, inline := range p.all(rolePolicyType) {
		if inline.Text("role") == role.Text("name") && inline.Account == role.Account {
			documents = append(documents, p.document("the policy "+inline.ID, inline.Text("policy"))...)
		}
	}
	for _, attachment := range p.all(attachmentType) {
		if attachment.Text("role") != role.Text("name") || attachment.Account != role.Account {
			continue
		}
		arn := attachment.Text("policyArn")
		if managed, is := managedPolicies[arn]; is {
			documents = append(documents, p.document(arn, managed)...)
		} else if own, found := p.arn(policyType, arn); found {
			documents = append(documents, p.document(arn, own.Text("policy"))...)
		}
	}
	p.identity[role.ID] = documents
	return documents
}

var errNoRole = errors.New("there is no such role")

func (p *permits) role(arn string) (cloud.Resource, error) {
	role, found := p.arn(roleType, arn)
	if !found {
		return cloud.Resource{}, fmt.Errorf("%s: %w", arn, errNoRole)
	}
	return role, nil
}

// assumed says whether a service may assume a role for one of its own resources.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
func (p *permits) assumed(roleARN, service, source string) error {
	role, err := p.role(roleARN)
	if err != nil {
		return err
	}
	return p.trusts(role, access.ServiceOf(service), "sts:AssumeRole", access.Context{
		"aws:SourceAccount": {role.Account}, "aws:SourceArn": {source}, "aws:SourceOrgID": nil,
	})
}

func (p *permits) trusts(role cloud.Resource, who access.Principal, action string, context access.Context) error {
	return refusal(access.Decide(
		access.Request{Principal: who, Action: action, Resource: role.Text("arn"), Account: role.Account, Context: context},
		access.Policies{Resource: p.document("the trust policy of "+role.ID, role.Text("assumeRolePolicy")),
			Sovereign: true},
	))
}

// may says whether a role may do something to a resource that has no policy, or that one.
func (p *permits) may(roleARN, action, resource string, own []access.Document, context access.Context) error {
	role, err := p.role(roleARN)
	if err != nil {
		return err
	}
	account := arnPart(resource, 4)
	context = with(context, principalTags(role))
	return refusal(access.Decide(
		access.Request{Principal: access.Role(roleARN), Action: action, Resource: resource, Account: account,
			Context: context},
		access.Policies{Identity: p.policiesOf(role), Boundaries: p.boundary(role), Resource: own},
	))
}

// principalTags are the condition keys of a role's tags.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principaltag
func principalTags(role cloud.Resource) access.Context { return tagsAs("aws:PrincipalTag/", role) }

// tagsAs are the tags of a resource as condition keys.
func tagsAs(prefix string, r cloud.Resource) access.Context {
	context := access.Context{}
	for _, tags := range []string{"tags", "tagsAll"} {
		for _, m := range props.Maps(r.Outputs, tags) {
			for key, value := range m.All {
				if value.IsString() {
					context[prefix+key] = []string{value.AsString()}
				}
			}
		}
	}
	return context
}

func (p *permits) boundary(role cloud.Resource) []access.Document {
	if own, found := p.arn(policyType, role.Text("permissionsBoundary")); found {
		return p.document(own.Text("arn"), own.Text("policy"))
	}
	return nil
}

// mayInBucket is may for a bucket and its objects, whose policy has its say.
func (p *permits) mayInBucket(roleARN, action, bucket, key string, context access.Context) error {
	found, there := p.bucket(bucket)
	if !there {
		return fmt.Errorf("there is no bucket %s", bucket)
	}
	resource := found.Text("arn")
	if key != "" {
		resource += "/" + key
	}
	role, err := p.role(roleARN)
	if err != nil {
		return err
	}
	policy, _ := p.ofBucket(bucketPolicyType, found)
	return refusal(access.Decide(
		access.Request{Principal: access.Role(roleARN), Action: action, Resource: resource, Account: found.Account,
			Context: with(context, with(principalTags(role), access.Context{"s3:TlsVersion": {"1.3"}, "s3:x-amz-acl": nil}))},
		access.Policies{Identity: p.policiesOf(role), Boundaries: p.boundary(role),
			Resource: p.document("the policy of bucket "+bucket, policy.Text("policy"))},
	))
}

// key is the key of an ARN, usable or not.
func (p *permits) key(arn string) (cloud.Resource, bool) {
	if key, found := p.arn(keyType, arn); found {
		return key, true
	}
	return p.arn(replicaKeyType, arn)
}

// usable says whether a key is there and enabled. One that waits for its deletion is not.
// https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
func (p *permits) usable(arn string) error {
	if arn == "" || strings.Contains(arn, ":alias/aws/") {
		return nil // AWS's own
	}
	key, found := p.key(arn)
	if !found {
		return fmt.Errorf("there is no key %s", arn)
	}
	enabled := flag(key.Outputs, "isEnabled", true)
	if key.Type == replicaKeyType {
		enabled = flag(key.Outputs, "enabled", true)
	}
	if !enabled {
		return fmt.Errorf("the key %s is disabled", arn)
	}
	return nil
}

// mayUseKey says whether a role may use a key by way of a service, "s3" for instance.
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
func (p *permits) mayUseKey(roleARN, action, arn, service string, context access.Context) error {
	if arn == "" || strings.Contains(arn, ":alias/aws/") {
		return nil
	}
	if err := p.usable(arn); err != nil {
		return err
	}
	role, err := p.role(roleARN)
	if err != nil {
		return err
	}
	key, _ := p.key(arn)
	return refusal(access.Decide(
		access.Request{Principal: access.Role(roleARN), Action: action, Resource: arn, Account: key.Account,
			Context: with(context, access.Context{
				"kms:ViaService":            {service + "." + key.Region + ".amazonaws.com"},
				"kms:CallerAccount":         {role.Account},
				"kms:GrantIsForAWSResource": {"true"},
				"kms:MultiRegion":           {fmt.Sprint(flag(key.Outputs, "multiRegion", key.Type == replicaKeyType))},
			})},
		access.Policies{Identity: p.policiesOf(role), Boundaries: p.boundary(role),
			Resource: p.document("the policy of key "+arn, key.Text("policy")), Sovereign: true},
	))
}

// mayUseForObject is mayUseKey for an object: its ARN is the encryption context, or its bucket's with a bucket key.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
func (p *permits) mayUseForObject(roleARN, action, arn, bucket, key string) error {
	of := "arn:aws:s3:::" + bucket
	if found, there := p.bucket(bucket); there {
		encryption, _ := p.ofBucket(bucketEncryption, found)
		if !flag(encryption.Outputs, "rules[*].bucketKeyEnabled", false) {
			of += "/" + key
		}
	}
	return p.mayUseKey(roleARN, action, arn, "s3", access.Context{
		"kms:EncryptionContext:aws:s3:arn": {of}, "kms:EncryptionContextKeys": {"aws:s3:arn"},
	})
}

func with(context, more access.Context) access.Context {
	all := access.Context{}
	for _, each := range []access.Context{more, context} {
		for key, values := range each {
			all[key] = values
		}
	}
	return all
}

func refusal(decision access.Decision) error {
	if decision.Allowed {
		return nil
	}
	return errors.New(decision.Why)
}

// firstOf is the first of some refusals.
func firstOf(checks ...func() error) error {
	for _, check := range checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// serviceMayUseKey says whether a service may use a key by itself. AWS's own keys let in what they are for.
func (p *permits) serviceMayUseKey(service access.Principal, id, region, action string, context access.Context) error {
	if id == "" || strings.HasPrefix(id, "alias/aws/") {
		return nil
	}
	key, found := p.keyNamed(id, region)
	if !found {
		return fmt.Errorf("there is no key %s", id)
	}
	if err := p.usable(key.Text("arn")); err != nil {
		return err
	}
	return refusal(access.Decide(
		access.Request{Principal: service, Action: action, Resource: key.Text("arn"), Account: key.Account,
			Context: context},
		access.Policies{Resource: p.document("the policy of key "+id, key.Text("policy")), Sovereign: true},
	))
}

// keyNamed is the key of an ARN or of an ID.
func (p *permits) keyNamed(id, region string) (cloud.Resource, bool) {
	if key, found := p.key(id); found {
		return key, true
	}
	if key, found := p.find(keyType, region, "id", id); found {
		return key, true
	}
	return p.find(replicaKeyType, region, "id", id)
}
