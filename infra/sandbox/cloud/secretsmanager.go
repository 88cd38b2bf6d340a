package cloud

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// Secrets: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html.
func secretsManagerTypes() []*Type {
	return []*Type{
		{
			Token: secret, ID: func(c *Call) string {
				return c.arn("secretsmanager", "secret:"+c.name("name")+"-"+randomFrom(alphanumeric, 6))
			},
			References: []Reference{toKey("kmsKeyId", secretKeyNotFound)},
			Unique: []Unique{{Property: "name", Taken: secretsManager.says("CreateSecret", "ResourceExistsException",
				"The operation failed because the secret %s already exists.")}},
			Refuse:   firstOf(refuseSecretName, refuseRecoveryWindow, onCreate(refuseSecretNameTaken), refuseReplicas),
			Computed: secretOutputs, Retains: secretPendingDeletion,
		},
		{
			Token: secretVersion,
			ID:    func(c *Call) string { return c.text("secretId") + "|" + uuid(randomHex(32)) },
			References: []Reference{{Property: "secretId", To: secret, By: "arn", Or: []Target{{secret, "name"}},
				NotFound: secretNotFound("PutSecretValue")}},
			Refuse: refuseSecretVersion, Computed: secretVersionOutputs,
		},
		{
			Token: secretRotation, ID: func(c *Call) string { return c.text("secretId") },
			Refuse: firstOf(refuseRotationOfNothing, inRange("rotationRules.automaticallyAfterDays",
				"automatically_after_days", 1, 1000)),
			Computed: func(c *Call) map[string]property.Value {
				return c.outputs().set("rotationEnabled", property.New(true)).values
			},
		},
	}
}

func secretNotFound(operation string) Error {
	return secretsManager.says(operation, "ResourceNotFoundException",
		"Secrets Manager can't find the specified secret.")
}

var secretKeyNotFound = secretsManager.says("CreateSecret", "EncryptionFailure", "Secrets Manager can't encrypt the"+
	" protected secret text using the provided KMS key %s. Check that the KMS key is available, enabled, and not in an"+
	" invalid state.")

var secretName = regexp.MustCompile(`^[a-zA-Z0-9/_+=.@!-]{1,512}$`)

func refuseSecretName(c *Call) error {
	if name := c.text("name"); name != "" && !secretName.MatchString(name) {
		return fmt.Errorf("must contain only alphanumeric characters and special characters [/_+=.@!-],"+
			" at most 512 in all: %q", name)
	}
	return nil
}

func refuseRecoveryWindow(c *Call) error {
	if days, ok := c.number("recoveryWindowInDays"); ok && days == 0 {
		return nil
	}
	return inRange("recoveryWindowInDays", "recovery_window_in_days", 7, 30)(c)
}

// refuseSecretNameTaken: a name is also held by a secret that waits for its deletion
// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html) and by another region's
// secret that is replicated here.
func refuseSecretNameTaken(c *Call) error {
	name := c.text("name")
	for _, pending := range c.World.Retained(secret, c.Account, c.Region) {
		if pending.Name == name {
			return secretsManager.says("CreateSecret", "InvalidRequestException",
				"You can't create this secret because a"+
					" secret with this name is already scheduled for deletion.")
		}
	}
	for _, other := range c.World.List(secret, c.Account, "") {
		if other.Text("name") == name && slices.Contains(props.Texts(other.Outputs, "replicas[*].region"), c.Region) {
			return secretsManager.refuses("CreateSecret", "ResourceExistsException",
				"The operation failed because the secret %s already exists.", name)
		}
	}
	return nil
}

// refuseReplicas: https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html. A replica whose
// key is not in its region is accepted by the API and then fails to replicate; the sandbox fails at once.
func refuseReplicas(c *Call) error {
	for _, replica := range props.Maps(c.Inputs, "replicas[*]") {
		region, key := Text(replica, "region"), Text(replica, "kmsKeyId")
		if region == c.Region || len(zones(region)) == 0 && region != "" {
			return secretsManager.says("CreateSecret", "InvalidParameterException", "Invalid replica region.")
		}
		if key == "" || strings.Contains(key, "alias/aws/") {
			continue
		}
		if _, found := c.findKey(region, key); !found {
			return secretKeyNotFound.With(key)
		}
	}
	return nil
}

func secretOutputs(c *Call) map[string]property.Value {
	name := lastPart(c.ID, ":")
	out := c.outputs().
		text("arn", c.ID).
		fillText("name", name[:len(name)-len("-abcdef")]).
		fillText("policy", "")
	var replicas []property.Value
	for _, replica := range props.Maps(c.Inputs, "replicas[*]") {
		if absent(replica, "kmsKeyId") {
			replica = replica.Set("kmsKeyId", property.New("alias/aws/secretsmanager"))
		}
		replicas = append(replicas, property.New(replica.Set("status", property.New("InSync"))))
	}
	return out.set("replicas", property.New(property.NewArray(replicas))).values
}

func secretPendingDeletion(c *Call) []Retained {
	days, given := c.number("recoveryWindowInDays")
	switch {
	case !given:
		days = 30
	case days == 0:
		return nil
	}
	return []Retained{{Type: secret, ID: c.ID, Name: c.Old.Text("name"), Region: c.Region, Account: c.Account,
		Until: c.Now.AddDate(0, 0, days)}}
}

// refuseSecretVersion: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html.
func refuseSecretVersion(c *Call) error {
	if !c.has("secretString") && !c.has("secretBinary") {
		return secretsManager.says("PutSecretValue", "InvalidParameterException",
			"You must provide either SecretString or SecretBinary.")
	}
	if len(c.text("secretString")) > 65536 {
		return secretsManager.says("PutSecretValue", "ValidationException", "1 validation error detected: Value at"+
			" 'secretString' failed to satisfy constraint: Member must have length less than or equal to 65536")
	}
	return nil
}

func secretVersionOutputs(c *Call) map[string]property.Value {
	return c.outputs().
		text("arn", c.text("secretId")).
		text("versionId", lastPart(c.ID, "|")).
		fill("versionStages", strs("AWSCURRENT")).
		values
}

// secretExists says whether an ARN names a secret, be it the program's own or one that RDS manages.
func secretExists(c *Call, arn string) bool {
	if _, found := c.find(secret, "arn", arn); found || secretReplica(c, arn) {
		return true
	}
	return slices.ContainsFunc(c.list(rdsInstance), func(db Resource) bool {
		return slices.Contains(props.Texts(db.Outputs, "masterUserSecrets[*].secretArn"), arn)
	})
}

// secretReplica says whether an ARN is that of a secret's replica, which differs from the secret's in its region alone. It
// is there whether or not the region of the secret answers.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/replicate-secrets.html
func secretReplica(c *Call, arn string) bool {
	return slices.ContainsFunc(c.World.List(secret, c.Account, ""), func(of Resource) bool {
		return strings.Replace(of.Text("arn"), ":"+of.Region+":", ":"+c.Region+":", 1) == arn &&
			slices.Contains(props.Texts(of.Outputs, "replicas[*].region"), c.Region)
	})
}

// refuseRotationOfNothing: RDS rotates the secrets it manages itself, every other one needs a function
// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_managed.html).
func refuseRotationOfNothing(c *Call) error {
	id := c.text("secretId")
	switch {
	case id == "":
		return nil
	case !secretExists(c, id):
		return secretNotFound("RotateSecret")
	case !c.has("rotationLambdaArn") && !strings.Contains(id, ":secret:rds!"):
		return secretsManager.says("RotateSecret", "InvalidRequestException",
			"No Lambda rotation function ARN is associated with this secret.")
	}
	return nil
}
