package keys_test

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/keys"
	"haven/tests/harness"
)

const (
	keyType     = "aws:kms/key:Key"
	replicaType = "aws:kms/replicaKey:ReplicaKey"
	aliasType   = "aws:kms/alias:Alias"
)

func args(purpose keys.Purpose) keys.Args {
	return keys.Args{
		Scope:          harness.TenantScope(),
		Account:        "123456789012",
		Region:         "eu-west-1",
		RecoveryRegion: "eu-central-1",
		Purpose:        purpose,
	}
}

// declare makes a key of that purpose and returns what was declared, with the key's outputs.
func declare(t *testing.T, args keys.Args) (*harness.Recorder, map[string]string) {
	t.Helper()
	r := &harness.Recorder{}
	outputs := map[string]string{}
	err := harness.Run(r, func(ctx *pulumi.Context) error {
		recovery, err := aws.NewProvider(ctx, "recovery", &aws.ProviderArgs{Region: pulumi.String("eu-central-1")})
		if err != nil {
			return err
		}
		args.Recovery = recovery
		key, err := keys.New(ctx, "key", args)
		if err != nil {
			return err
		}
		pulumi.All(key.ARN, key.ReplicaARN).ApplyT(func(all []any) error {
			outputs["arn"], outputs["replicaArn"] = all[0].(string), all[1].(string)
			return nil
		})
		return nil
	})
	require.NoError(t, err)
	return r, outputs
}

func TestKeyAndReplica(t *testing.T) {
	t.Parallel()
	r, outputs := declare(t, args(keys.Database))
	harness.AssertFamily(t, r, keys.Type, "key")

	primary := r.One(t, keyType, "key-primary")
	harness.AssertInputs(t, primary, map[string]any{
		"description":                    "Encrypts the database of demo-acme",
		"multiRegion":                    true,
		"enableKeyRotation":              true,
		"rotationPeriodInDays":           365.0,
		"deletionWindowInDays":           30.0,
		"bypassPolicyLockoutSafetyCheck": false,
		"tags.Name":                      "demo-acme-database-key",
		"tags.data-classification":       "secret",
		"tags.tenant":                    "acme",
	})
	harness.AssertTags(t, primary, "keys")
	assert.Empty(t, primary.Provider)

	replica := r.One(t, replicaType, "key-replica")
	harness.AssertInputs(t, replica, map[string]any{
		"primaryKeyArn":                  outputs["arn"],
		"deletionWindowInDays":           30.0,
		"bypassPolicyLockoutSafetyCheck": false,
		"tags.Name":                      "demo-acme-database-key",
	})
	harness.AssertTags(t, replica, "keys")
	assert.Equal(t, "recovery", replica.Provider)

	alias := r.One(t, aliasType, "key-alias")
	harness.AssertInputs(t, alias, map[string]any{
		"name": "alias/demo-acme-database-key", "targetKeyId": outputs["arn"]})
	assert.Empty(t, alias.Provider)
	replicaAlias := r.One(t, aliasType, "key-replica-alias")
	harness.AssertInputs(t, replicaAlias, map[string]any{
		"name": "alias/demo-acme-database-key", "targetKeyId": outputs["replicaArn"]})
	assert.Equal(t, "recovery", replicaAlias.Provider)
	assert.Len(t, r.OfType(aliasType), 2)
	assert.NotEqual(t, outputs["arn"], outputs["replicaArn"])
}

type statement struct {
	Sid       string
	Effect    string
	Principal map[string][]string
	Action    []string
	Resource  []string
	Condition map[string]map[string][]string
}

func statements(t *testing.T, d harness.Declared) map[string]statement {
	t.Helper()
	var policy struct{ Statement []statement }
	require.NoError(t, json.Unmarshal([]byte(d.Input("policy").(string)), &policy))
	bySid := map[string]statement{}
	for _, s := range policy.Statement {
		bySid[s.Sid] = s
	}
	return bySid
}

// TestUse: each purpose's key is used by way of that purpose's services only, in the key's own region.
func TestUse(t *testing.T) {
	t.Parallel()
	root := map[string][]string{"AWS": {"arn:aws:iam::123456789012:root"}}
	services := map[keys.Purpose]func(region string) []string{
		keys.Database: func(region string) []string { return []string{"rds." + region + ".amazonaws.com"} },
		keys.Cache:    func(region string) []string { return []string{"elasticache." + region + ".amazonaws.com"} },
		keys.Files:    func(region string) []string { return []string{"elasticfilesystem." + region + ".amazonaws.com"} },
		keys.Images:   func(region string) []string { return []string{"ecr." + region + ".amazonaws.com"} },
		keys.Archive: func(region string) []string {
			return []string{"rds." + region + ".amazonaws.com", "s3." + region + ".amazonaws.com"}
		},
		keys.Backup: func(region string) []string {
			return []string{"backup." + region + ".amazonaws.com", "elasticfilesystem." + region + ".amazonaws.com",
				"rds." + region + ".amazonaws.com"}
		},
		keys.Secrets: func(region string) []string {
			return []string{"rds." + region + ".amazonaws.com", "secretsmanager." + region + ".amazonaws.com"}
		},
	}
	for purpose, via := range services {
		t.Run(string(purpose), func(t *testing.T) {
			t.Parallel()
			r, _ := declare(t, args(purpose))
			for region, key := range map[string]harness.Declared{
				"eu-west-1":    r.One(t, keyType, "key-primary"),
				"eu-central-1": r.One(t, replicaType, "key-replica"),
			} {
				got := statements(t, key)
				through := map[string][]string{"kms:CallerAccount": {"123456789012"}, "kms:ViaService": via(region)}
				assert.Len(t, got, 3)
				assert.Equal(t, root, got["UseThroughService"].Principal)
				assert.Equal(t, map[string]map[string][]string{"StringEquals": through}, got["UseThroughService"].Condition)
				assert.Equal(t, root, got["GrantToService"].Principal)
				assert.Equal(t, []string{"kms:CreateGrant"}, got["GrantToService"].Action)
				assert.Equal(t, map[string]map[string][]string{
					"StringEquals": through,
					"Bool":         {"kms:GrantIsForAWSResource": {"true"}},
				}, got["GrantToService"].Condition)
			}
		})
	}
}

// TestUseByLogs: CloudWatch Logs uses the key for this stack's log groups and nobody else's.
func TestUseByLogs(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args(keys.Logs))
	for region, key := range map[string]harness.Declared{
		"eu-west-1":    r.One(t, keyType, "key-primary"),
		"eu-central-1": r.One(t, replicaType, "key-replica"),
	} {
		got := statements(t, key)
		assert.Len(t, got, 2)
		group := "arn:aws:logs:" + region + ":123456789012:log-group:"
		use := got["UseByLogs"]
		assert.Equal(t, map[string][]string{"Service": {"logs." + region + ".amazonaws.com"}}, use.Principal)
		assert.Equal(t, map[string]map[string][]string{"ArnLike": {"kms:EncryptionContext:aws:logs:arn": {
			group + "/aws/ecs/containerinsights/demo-acme-cluster/*",
			group + "/aws/rds/instance/demo-acme-database/*",
			group + "/aws/rds/instance/demo-acme-replica/*",
			group + "/aws/vendedlogs/elasticache/demo-acme-cache/*",
			group + "/haven/demo-acme/*",
		}}}, use.Condition)
	}
}

// TestAdministratorsCannotUse: whoever manages a key can neither encrypt nor decrypt with it, nor let others do so by
// a grant.
func TestAdministratorsCannotUse(t *testing.T) {
	t.Parallel()
	for _, purpose := range []keys.Purpose{keys.Database, keys.Cache, keys.Files, keys.Images, keys.Secrets, keys.Logs} {
		r, _ := declare(t, args(purpose))
		for _, key := range append(r.OfType(keyType), r.OfType(replicaType)...) {
			administer := statements(t, key)["Administer"]
			assert.Contains(t, administer.Action, "kms:PutKeyPolicy", "a key must stay manageable")
			for _, action := range administer.Action {
				assert.NotRegexp(t, `^kms:(\*|.*(Encrypt|Decrypt|GenerateDataKey|Create\*|CreateGrant|Sign|Mac).*)$`, action)
			}
			for sid, s := range statements(t, key) {
				assert.Equal(t, "Allow", s.Effect)
				assert.Equal(t, sid != "Administer", len(s.Condition) > 0, "only administering is without condition")
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	valid := func() keys.Args {
		valid := args(keys.Database)
		valid.Recovery = &aws.Provider{}
		return valid
	}
	const nothingGiven = "key refused: Scope: missing, expected a value\n" +
		"Account: missing, expected a value\n" +
		"Region: missing, expected a value\n" +
		`Purpose: "", expected one of database, cache, files, images, secrets, logs, archive, backup`
	harness.AssertRefusals(t, keys.New, nothingGiven, valid, map[string]func(*keys.Args){
		`key refused: RecoveryRegion: "eu-west-1", expected another region than Region`: func(a *keys.Args) {
			a.RecoveryRegion = a.Region
		},
		"key refused: Recovery: missing, expected a value": func(a *keys.Args) {
			a.Recovery = nil
		},
		"key refused: RecoveryRegion: missing, expected a value": func(a *keys.Args) {
			a.RecoveryRegion = ""
		},
		`key refused: Purpose: "mail", expected one of database, cache, files, images, secrets, logs, archive, backup`: func(a *keys.Args) {
			a.Purpose = "mail"
		},
	})
}

// TestGenerations: the logs of further generations are encrypted too, of their databases and replicas.
func TestGenerations(t *testing.T) {
	t.Parallel()
	with := args(keys.Logs)
	with.Generations = []int{2, 3}
	r, _ := declare(t, with)
	group := "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/rds/instance/demo-acme-"
	use := statements(t, r.One(t, keyType, "key-primary"))["UseByLogs"]
	got := use.Condition["ArnLike"]["kms:EncryptionContext:aws:logs:arn"]
	assert.Len(t, got, 9)
	assert.Subset(t, got, []string{
		group + "database/*", group + "replica/*", group + "database-g2/*", group + "replica-g2/*",
		group + "database-g3/*", group + "replica-g3/*",
	})
}
