package cloud

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// IAM: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html for names, sizes and quotas.
func iamTypes() []*Type {
	return []*Type{
		{
			Token: iamRole, Global: true, ID: func(c *Call) string { return c.name("name") },
			Unique: []Unique{{Property: "name", Scope: PerAccount,
				Taken: iam.says("CreateRole", "EntityAlreadyExists",
					"Role with name %s already exists.").withStatus(409)}},
			Refuse: firstOf(iamName("name", 64), inRange("maxSessionDuration", "max_session_duration", 3600, 43200),
				refuseTrustPolicy, oneMore(rolesPerAccount, iam.says("CreateRole", "LimitExceeded",
					"Cannot exceed quota for RolesPerAccount: %s").withStatus(409))),
			Computed: roleOutputs, RefuseDelete: refuseRoleDelete,
		},
		{
			Token: iamRolePolicy, Global: true,
			ID:         func(c *Call) string { return c.text("role") + ":" + c.name("name") },
			References: []Reference{toRoleByName("PutRolePolicy")},
			Refuse:     firstOf(iamName("name", 128), refuseInlinePolicy), Computed: rolePolicyOutputs,
		},
		{
			Token: iamPolicy, Global: true, ID: policyARN,
			Unique: []Unique{{Property: "name", Scope: PerAccount,
				Taken: iam.says("CreatePolicy", "EntityAlreadyExists",
					"A policy called %s already exists. Duplicate names are not allowed.").withStatus(409)}},
			Refuse: firstOf(iamName("name", 128), refuseManagedPolicy), Computed: policyOutputs,
		},
		{
			Token: iamRolePolicyAttachment, Global: true,
			ID: func(c *Call) string { return c.text("role") + "-" + randomHex(26) },
			References: []Reference{
				toRoleByName("AttachRolePolicy"),
				{Property: "policyArn", To: iamPolicy, By: "arn", When: isCustomerPolicy,
					NotFound: iam.says("AttachRolePolicy", "NoSuchEntity",
						"Policy %s does not exist or is not attachable.").withStatus(404),
					InUse: iam.says("DeletePolicy", "DeleteConflict",
						"Cannot delete a policy attached to entities.").withStatus(409)},
			},
			Refuse: oneMoreOf(policiesPerRole, "role", iam.says("AttachRolePolicy", "LimitExceeded",
				"Cannot exceed quota for PoliciesPerRole: %s").withStatus(409)),
		},
	}
}

func isCustomerPolicy(arn string) bool { return !strings.HasPrefix(arn, "arn:aws:iam::aws:policy/") }

func toRoleByName(operation string) Reference {
	return Reference{Property: "role", To: iamRole, By: "name", NotFound: noSuchRole(operation)}
}

func noSuchRole(operation string) Error {
	return iam.says(operation, "NoSuchEntity", "The role with name %s cannot be found.").withStatus(404)
}

// toRole is a role by its ARN; IAM lets a role go while others still name it. Service-linked roles make themselves.
func toRole(property string, notFound Error) Reference {
	return Reference{Property: property, To: iamRole, By: "arn", NotFound: notFound,
		When: func(arn string) bool { return !strings.Contains(arn, ":role/aws-service-role/") }}
}

var iamNameCharacters = regexp.MustCompile(`^[\w+=,.@-]*$`)

func iamName(path string, longest int) check {
	return func(c *Call) error {
		name := c.text(path)
		switch {
		case len(name) > longest:
			return fmt.Errorf("expected length of %s to be in the range (1 - %d), got %s", path, longest, name)
		case !iamNameCharacters.MatchString(name):
			return fmt.Errorf("invalid value for %s (must match [\\w+=,.@-]): %q", path, name)
		}
		return nil
	}
}

func malformed(operation, format string, args ...any) Error {
	return iam.refuses(operation, "MalformedPolicyDocument", format, args...)
}

// refuseTrustPolicy: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html.
func refuseTrustPolicy(c *Call) error {
	const operation = "CreateRole"
	text := c.text("assumeRolePolicy")
	if text == "" {
		return nil
	}
	document, err := iamPolicyDocument(operation, text)
	if err != nil {
		return err
	}
	for _, s := range document.Statement {
		switch {
		case s.Principal == nil && s.NotPrincipal == nil:
			return malformed(operation, "Missing required field Principal")
		case len(s.Resource) > 0 || len(s.NotResource) > 0:
			return malformed(operation, "Has prohibited field Resource")
		}
	}
	if missing := document.strangers(c); len(missing) > 0 {
		return malformed(operation, `Invalid principal in policy: "AWS":"%s"`, missing[0])
	}
	if policySize(text) > 2048 {
		return iam.says(operation, "LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048").withStatus(409)
	}
	return nil
}

// iamPolicyDocument reads a policy and refuses what IAM refuses in all of them.
func iamPolicyDocument(operation, text string) (policyDocument, error) {
	document, err := parsePolicy(text)
	switch {
	case err == errNoPolicy:
		return document, malformed(operation, "This policy contains invalid Json")
	case err != nil || len(document.Statement) == 0:
		return document, malformed(operation, "Syntax errors in policy.")
	case !slices.Contains([]string{"", "2012-10-17", "2008-10-17"}, document.Version):
		return document, malformed(operation, "Syntax errors in policy.")
	}
	return document, refuseStatements(operation, document)
}

func refuseStatements(operation string, document policyDocument) error {
	sids := map[string]bool{}
	for _, s := range document.Statement {
		switch {
		case s.Effect != "Allow" && s.Effect != "Deny":
			return malformed(operation, "Syntax errors in policy.")
		case len(s.Action) == 0 && len(s.NotAction) == 0:
			return malformed(operation, "Policy statement must contain actions.")
		case s.Sid != "" && sids[s.Sid]:
			return malformed(operation, "Statement IDs (SID) in a single policy must be unique.")
		}
		sids[s.Sid] = true
		for _, action := range slices.Concat(s.Action, s.NotAction) {
			if action != "*" && !strings.Contains(action, ":") {
				return malformed(operation,
					"Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
			}
		}
	}
	return nil
}

var sidCharacters = regexp.MustCompile(`^[0-9A-Za-z]*$`)

// identityPolicy refuses what IAM refuses in a policy of a role:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_policies.html.
func identityPolicy(operation, text string) error {
	document, err := iamPolicyDocument(operation, text)
	if err != nil {
		return err
	}
	for _, s := range document.Statement {
		switch {
		case s.Principal != nil || s.NotPrincipal != nil:
			return malformed(operation, "Policy document should not specify a principal.")
		case len(s.Resource) == 0 && len(s.NotResource) == 0:
			return malformed(operation, "Policy statement must contain resources.")
		case !sidCharacters.MatchString(s.Sid):
			return malformed(operation,
				"Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the"+
					" regular expression [0-9A-Za-z]*")
		}
		for _, resource := range slices.Concat(s.Resource, s.NotResource) {
			if resource != "*" && !strings.HasPrefix(resource, "arn:") {
				return malformed(operation, `Resource %s must be in ARN format or "*".`, resource)
			}
		}
	}
	return nil
}

const inlinePolicySize = 10240

func refuseInlinePolicy(c *Call) error {
	text := c.text("policy")
	if text == "" {
		return nil
	}
	if err := identityPolicy("PutRolePolicy", text); err != nil {
		return err
	}
	total := policySize(text)
	for _, other := range c.others(c.listGlobal(iamRolePolicy)) {
		if other.Text("role") == c.text("role") {
			total += policySize(other.Text("policy"))
		}
	}
	if total > inlinePolicySize {
		return iam.refuses("PutRolePolicy", "LimitExceeded", "Maximum policy size of %d bytes exceeded for role %s",
			inlinePolicySize, c.text("role")).withStatus(409)
	}
	return nil
}

func refuseManagedPolicy(c *Call) error {
	text := c.text("policy")
	switch {
	case text == "":
		return nil
	case policySize(text) > 6144:
		return iam.says("CreatePolicy", "LimitExceeded", "Cannot exceed quota for PolicySize: 6144").withStatus(409)
	}
	return identityPolicy("CreatePolicy", text)
}

// refuseRoleDelete: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html; the provider removes the
// policies first where it is told to.
func refuseRoleDelete(c *Call) error {
	if c.flag("forceDetachPolicies") {
		return nil
	}
	role := c.Old.Text("name")
	for _, attachment := range c.listGlobal(iamRolePolicyAttachment) {
		if attachment.Text("role") == role {
			return iam.says("DeleteRole", "DeleteConflict",
				"Cannot delete entity, must detach all policies first.").withStatus(409)
		}
	}
	for _, policy := range c.listGlobal(iamRolePolicy) {
		if policy.Text("role") == role {
			return iam.says("DeleteRole", "DeleteConflict",
				"Cannot delete entity, must delete policies first.").withStatus(409)
		}
	}
	return nil
}

func iamPath(c *Call) string {
	if path := c.text("path"); path != "" {
		return path
	}
	return "/"
}

func roleOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		fillText("name", c.ID).
		text("arn", "arn:aws:iam::"+c.Account+":role"+iamPath(c)+c.ID).
		keep("createDate", property.New(c.Now.UTC().Format(time.RFC3339))).
		text("uniqueId", "AROA"+strings.ToUpper(digest(17, c.Account, c.ID))).
		values
}

func rolePolicyOutputs(c *Call) map[string]property.Value {
	_, name, _ := strings.Cut(c.ID, ":")
	return c.outputs().fillText("name", name).values
}

func policyARN(c *Call) string {
	return "arn:aws:iam::" + c.Account + ":policy" + iamPath(c) + c.name("name")
}

func policyOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		fillText("name", lastPart(c.ID, "/")).
		text("arn", c.ID).
		keep("attachmentCount", num(0)).
		text("policyId", "ANPA"+strings.ToUpper(digest(17, c.ID))).
		values
}

// trusts says whether a role may be assumed by a service:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html for the condition keys.
func trusts(role Resource, service, sourceARN string) bool {
	document, err := parsePolicy(role.Text("assumeRolePolicy"))
	if err != nil {
		return false
	}
	context := map[string]string{"aws:SourceAccount": role.Account, "aws:SourceArn": sourceARN}
	return slices.ContainsFunc(document.Statement, func(s statement) bool {
		return s.allows("Service", service, "sts:AssumeRole", "", context)
	})
}
