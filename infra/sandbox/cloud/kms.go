package cloud

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Keys: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html and
// https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html.
func kmsTypes() []*Type {
	return []*Type{
		{
			Token: kmsKey, ID: keyID,
			Refuse: firstOf(
				inRange("deletionWindowInDays", "deletion_window_in_days", 7, 30),
				inRange("rotationPeriodInDays", "rotation_period_in_days", 90, 2560),
				refuseRotation, refuseKeyPolicy("CreateKey"),
			),
			Computed: keyOutputs, Retains: keyPendingDeletion,
		},
		{
			Token: kmsReplicaKey, ID: func(c *Call) string { return lastPart(c.text("primaryKeyArn"), "/") },
			References: []Reference{{Property: "primaryKeyArn", To: kmsKey, By: "arn", Region: "any",
				NotFound: keyNotFound("ReplicateKey")}},
			Refuse: firstOf(
				inRange("deletionWindowInDays", "deletion_window_in_days", 7, 30),
				onCreate(refuseReplica), refuseKeyPolicy("ReplicateKey"),
			),
			Computed: replicaKeyOutputs, Retains: keyPendingDeletion,
		},
		{
			Token: kmsAlias, ID: func(c *Call) string { return c.name("name") },
			References: []Reference{toKey("targetKeyId", keyNotFound("CreateAlias"))},
			Unique: []Unique{{Property: "name",
				Taken: kms.says("CreateAlias", "AlreadyExistsException", "An alias with the name %s already exists")}},
			Refuse: refuseAlias, Computed: aliasOutputs,
		},
	}
}

func keyNotFound(operation string) Error {
	return kms.says(operation, "NotFoundException", "Key '%s' does not exist")
}

// toKey is a key of the call's own region, by any of the names that KMS takes for it:
// https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id. The keys that AWS manages always exist.
func toKey(property string, notFound Error) Reference {
	return Reference{Property: property, To: kmsKey, By: "arn", NotFound: notFound, Or: keyNames[1:],
		When: func(key string) bool { return !strings.Contains(key, "alias/aws/") }}
}

var keyNames = []Target{
	{kmsKey, "arn"}, {kmsReplicaKey, "arn"}, {kmsKey, "keyId"}, {kmsReplicaKey, "keyId"},
	{kmsAlias, "arn"}, {kmsAlias, "name"},
}

// findKey is the key of that name in a region, behind its alias if need be.
func (c *Call) findKey(region, name string) (Resource, bool) {
	for _, by := range keyNames {
		found, ok := c.World.Find(by.To, c.Account, region, by.By, name)
		switch {
		case ok && by.To == kmsAlias:
			return c.findKey(region, found.Text("targetKeyArn"))
		case ok:
			return found, true
		}
	}
	return Resource{}, false
}

// keyID: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-id.
func keyID(c *Call) string {
	if c.flag("multiRegion") {
		return "mrk-" + randomHex(32)
	}
	return uuid(randomHex(32))
}

// refuseRotation: https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html.
func refuseRotation(c *Call) error {
	spec := c.text("customerMasterKeySpec")
	if c.flag("enableKeyRotation") && spec != "" && spec != "SYMMETRIC_DEFAULT" {
		return kms.says("EnableKeyRotation", "UnsupportedOperationException",
			"You cannot perform this operation on this type of KMS key.")
	}
	return nil
}

// refuseKeyPolicy: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html, and the lockout check
// of https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html.
func refuseKeyPolicy(operation string) check {
	return func(c *Call) error {
		text := c.text("policy")
		if text == "" {
			return nil
		}
		refused := func(message string) error {
			return kms.says(operation, "MalformedPolicyDocumentException",
				message)
		}
		document, err := parsePolicy(text)
		switch {
		case err == errNoPolicy:
			return refused("This policy contains invalid Json")
		case err != nil || len(document.Statement) == 0 || !keyStatementsComplete(document):
			return refused("Policy contains a statement with missing or invalid fields.")
		case len(text) > 32*1024:
			return kms.says(operation, "LimitExceededException", "The key policy exceeds the limit of 32768 bytes.")
		case len(document.strangers(c)) > 0:
			return refused("Policy contains a statement with one or more invalid principals.")
		case !c.flag("bypassPolicyLockoutSafetyCheck") && !accountAdministers(c.Account, document):
			return refused("The new key policy will not allow you to update the key policy in the future.")
		}
		return nil
	}
}

func keyStatementsComplete(document policyDocument) bool {
	return !slices.ContainsFunc(document.Statement, func(s statement) bool {
		return s.Effect != "Allow" && s.Effect != "Deny" || s.Principal == nil && s.NotPrincipal == nil ||
			len(s.Action)+len(s.NotAction) == 0 || len(s.Resource)+len(s.NotResource) == 0
	})
}

// accountAdministers says whether the account itself may change the policy again; the sandbox's caller is an
// administrator of the account whom the policy reaches through the account alone.
func accountAdministers(account string, document policyDocument) bool {
	return slices.ContainsFunc(document.Statement, func(s statement) bool {
		context := map[string]string{"kms:CallerAccount": account, "aws:PrincipalAccount": account}
		return s.allows("AWS", "arn:aws:iam::"+account+":root", "kms:PutKeyPolicy", "*", context) ||
			s.allows("AWS", account, "kms:PutKeyPolicy", "*", context)
	})
}

// defaultKeyPolicy: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html.
func defaultKeyPolicy(account string) string {
	policy, _ := json.Marshal(map[string]any{ // plain maps always marshal
		"Id": "key-default-1", "Version": "2012-10-17",
		"Statement": []any{map[string]any{
			"Sid": "Enable IAM User Permissions", "Effect": "Allow", "Action": "kms:*", "Resource": "*",
			"Principal": map[string]any{"AWS": "arn:aws:iam::" + account + ":root"},
		}},
	})
	return string(policy)
}

func keyOutputs(c *Call) map[string]property.Value {
	out := c.outputs().
		text("arn", c.arn("kms", "key/"+c.ID)).
		text("keyId", c.ID).
		fillText("description", "").
		fill("multiRegion", property.New(false)).
		fillText("policy", defaultKeyPolicy(c.Account))
	if c.flag("enableKeyRotation") {
		out.fill("rotationPeriodInDays", num(365))
	}
	return out.values
}

// refuseReplica: https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html.
func refuseReplica(c *Call) error {
	primaryARN := c.text("primaryKeyArn")
	region, _, _, _ := arnParts(primaryARN)
	primary, found := c.World.Find(kmsKey, c.Account, region, "arn", primaryARN)
	switch {
	case found && !props.Flag(primary.Outputs, "multiRegion"):
		return kms.refuses("ReplicateKey", "UnsupportedOperationException", "%s is not a multi-region primary key.",
			primaryARN)
	case region == c.Region:
		return kms.refuses("ReplicateKey", "AlreadyExistsException", "Key %s already exists in region %s.", primary.ID,
			region)
	}
	for _, other := range c.list(kmsReplicaKey) {
		if other.Text("primaryKeyArn") == primaryARN {
			return kms.refuses("ReplicateKey", "AlreadyExistsException", "Key %s already exists in region %s.",
				primary.ID, c.Region)
		}
	}
	return nil
}

func replicaKeyOutputs(c *Call) map[string]property.Value {
	region, _, _, _ := arnParts(c.text("primaryKeyArn"))
	primary, _ := c.World.Find(kmsKey, c.Account, region, "arn", c.text("primaryKeyArn"))
	return c.outputs().
		text("arn", c.arn("kms", "key/"+c.ID)).
		text("keyId", c.ID).
		keep("keyRotationEnabled", property.New(props.Flag(primary.Outputs, "enableKeyRotation"))).
		text("keySpec", "SYMMETRIC_DEFAULT").
		text("keyUsage", "ENCRYPT_DECRYPT").
		fillText("policy", defaultKeyPolicy(c.Account)).
		values
}

// keyPendingDeletion: https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html; KMS schedules a
// primary's deletion even while it has replicas, and the waiting period then begins with the last replica's end.
func keyPendingDeletion(c *Call) []Retained {
	days, given := c.number("deletionWindowInDays")
	if !given {
		days = 30
	}
	return []Retained{{Type: c.Type.Token, ID: c.ID, Name: c.ID, Region: c.Region, Account: c.Account,
		Until: c.Now.AddDate(0, 0, days)}}
}

var aliasName = regexp.MustCompile(`^alias/[a-zA-Z0-9/_-]{1,250}$`)

// refuseAlias: https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html.
func refuseAlias(c *Call) error {
	name := c.text("name")
	switch {
	case name == "":
		return nil
	case !aliasName.MatchString(name):
		return fmt.Errorf(`"name" must begin with 'alias/' and be comprised of only [a-zA-Z0-9/_-]: %q`, name)
	case strings.HasPrefix(name, "alias/aws/"):
		return kms.says("CreateAlias", "NotAuthorizedException",
			"Aliases that begin with alias/aws/ are reserved for AWS")
	}
	return nil
}

func aliasOutputs(c *Call) map[string]property.Value {
	out := c.outputs().fillText("name", c.ID).text("arn", c.arn("kms", c.ID))
	if key, found := c.findKey(c.Region, c.text("targetKeyId")); found {
		out.text("targetKeyArn", key.Text("arn"))
	}
	return out.values
}
