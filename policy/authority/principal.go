package authority

import (
	"slices"

	"haven/policy/access"
	"haven/policy/graph"
	"haven/policy/props"
)

const (
	role           = "aws:iam/role:Role"
	rolePolicy     = "aws:iam/rolePolicy:RolePolicy"
	roleAttachment = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	managedPolicy  = "aws:iam/policy:Policy"
)

// principal is a role, and what is known of who may take it on.
type principal struct {
	*graph.Resource
	owner  string
	called access.Principal
	// context is what is so in each request of the role.
	context access.Context

	identity, boundaries, trust []access.Document
	about                       map[string][]access.Document
	// services are those that the role trusts, claims the parts of buckets that it works in.
	services []string
	claims   []claim
}

func (m *model) roles() []*principal {
	var all []*principal
	for _, r := range m.sorted(role) {
		all = append(all, m.role(r))
	}
	return all
}

func (m *model) role(r *graph.Resource) *principal {
	arn := r.Text("arn")
	if arn == "" {
		arn = "arn:aws:iam::" + m.account + ":role/" + nameOf(r)
	}
	p := &principal{
		Resource: r, owner: m.of(r), called: access.Role(arn), about: map[string][]access.Document{},
		trust:   m.documents(r, "assumeRolePolicy"),
		context: contextOf(r, m.account),
	}
	p.identity = append(m.documents(r, "inlinePolicies[*].policy"), m.carried(rolePolicy, "role", "policy", r)...)
	for _, arn := range props.Texts(r.Declared(), "managedPolicyArns[*]") {
		p.identity = append(p.identity, m.managed(r, arn)...)
	}
	for _, attachment := range m.OfType(roleAttachment) {
		if m.means(attachment, "role", r) {
			p.identity = append(p.identity, m.attachedPolicy(attachment, "policyArn")...)
		}
	}
	if len(props.At(r.Declared(), "permissionsBoundary")) > 0 {
		p.boundaries = m.attachedPolicy(r, "permissionsBoundary")
	}
	p.services, p.claims = p.trusted(), p.claimed()
	return p
}

func nameOf(r *graph.Resource) string {
	if name := props.Text(r.Declared(), "name"); name != "" {
		return name
	}
	return r.Name()
}

// contextOf is what is so in each request of a role: its tags, and that no service asks in its name nor anybody with a
// second factor, which a role's session does not hand on.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
func contextOf(r *graph.Resource, account string) access.Context {
	context := access.Context{
		"aws:PrincipalTag/*": nil, "aws:SourceArn": nil, "aws:SourceAccount": nil, "aws:SourceOrgID": nil,
		"aws:SourceOrgPaths": nil, "aws:MultiFactorAuthPresent": nil, "aws:MultiFactorAuthAge": nil,
		"aws:PrincipalType": {"AssumedRole"}, "kms:CallerAccount": {account},
	}
	for key, value := range tagsOf(r) {
		context["aws:PrincipalTag/"+key] = []string{value}
	}
	return context
}

func tagsOf(r *graph.Resource) map[string]string {
	tags := map[string]string{}
	for _, declared := range props.Maps(r.Declared(), "tags") {
		for key, v := range declared.All {
			if v.IsString() {
				tags[key] = v.AsString()
			}
		}
	}
	return tags
}

// attachedPolicy is the managed policy that a resource names at a path.
func (m *model) attachedPolicy(r *graph.Resource, path string) []access.Document {
	for _, policy := range m.OfType(managedPolicy) {
		if m.means(r, path, policy) {
			return m.documents(policy, "policy")
		}
	}
	for _, v := range props.At(r.Declared(), path) {
		if v.HasComputed() {
			m.doubt(r, "not known yet: "+path)
		}
	}
	if arn := props.Text(r.Declared(), path); arn != "" {
		return m.managed(r, arn)
	}
	return nil
}

// managed is a policy of AWS's own, by its ARN.
func (m *model) managed(r *graph.Resource, arn string) []access.Document {
	text, known := ofAWS[arn]
	if !known {
		m.doubt(r, "not known: what the policy "+arn+" allows, which no stack declares")
		return nil
	}
	document, err := access.Parse(r.URN, text)
	if err != nil {
		panic(err) // the table is part of the program
	}
	return []access.Document{document}
}

const ofAWSPrefix = "arn:aws:iam::aws:policy/"

// ofAWS are the policies of AWS's own that are used. Those that let somebody look are here with no more than the kind of
// what they allow: none of it reads what is kept, or changes anything.
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
var ofAWS = map[string]string{
	ofAWSPrefix + "AdministratorAccess": `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`,
	ofAWSPrefix + "PowerUserAccess": `{"Statement":[{"Effect":"Allow","NotAction":["iam:*","organizations:*",` +
		`"account:*"],"Resource":"*"},{"Effect":"Allow","Action":["account:GetAccountInformation",` +
		`"account:GetGovCloudAccountInformation","account:GetPrimaryEmail","account:ListRegions",` +
		`"iam:CreateServiceLinkedRole","iam:DeleteServiceLinkedRole","iam:ListRoles",` +
		`"organizations:DescribeEffectivePolicy","organizations:DescribeOrganization"],"Resource":"*"}]}`,
	ofAWSPrefix + "SecurityAudit":               looksOnly,
	ofAWSPrefix + "job-function/ViewOnlyAccess": looksOnly,
	ofAWSPrefix + "AWSSupportAccess":            `{"Statement":{"Effect":"Allow","Action":"support:*","Resource":"*"}}`,
	ofAWSPrefix + "service-role/AmazonRDSEnhancedMonitoringRole": `{"Statement":[{"Effect":"Allow","Action":` +
		`["logs:CreateLogGroup","logs:PutRetentionPolicy"],"Resource":"arn:aws:logs:*:*:log-group:RDS*"},` +
		`{"Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents","logs:DescribeLogStreams",` +
		`"logs:GetLogEvents"],"Resource":"arn:aws:logs:*:*:log-group:RDS*:log-stream:*"}]}`,
}

const looksOnly = `{"Statement":{"Effect":"Allow","Action":["*:Describe*","*:GetAccount*","*:GetBucket*","*:List*"],` +
	`"Resource":"*"}}`

// of are the role's own policies, as far as they are about an action.
func (p *principal) of(action string) []access.Document {
	about, known := p.about[action]
	if !known {
		about = access.About(p.identity, action)
		p.about[action] = about
	}
	return about
}

// onlyFor says whether a role works for one service and nobody else.
func (p *principal) onlyFor(service string) bool {
	only := len(p.trust) > 0
	for _, document := range p.trust {
		for _, c := range document.Clauses() {
			named := c.Principals[access.Service]
			only = only && (c.Deny || len(c.Principals) == 1 && len(named) == 1 && named[0] == service)
		}
	}
	return only
}

// forPeople says whether a role is taken on by people: by nobody without a second factor.
func (p *principal) forPeople() bool {
	people := len(p.trust) > 0
	for _, document := range p.trust {
		for _, c := range document.Clauses() {
			people = people && (c.Deny || len(c.Principals) == 1 && len(c.Principals[access.AWS]) > 0 &&
				slices.ContainsFunc(c.Conditions, secondFactor))
		}
	}
	return people
}

func secondFactor(r access.Restriction) bool {
	return r.Key == "aws:MultiFactorAuthPresent" && r.Operator == "Bool" && slices.Equal(r.Values, []string{"true"})
}
