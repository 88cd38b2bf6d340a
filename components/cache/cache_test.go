package cache_test

import (
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/cache"
	"haven/tests/harness"
)

const (
	groupType      = "aws:elasticache/replicationGroup:ReplicationGroup"
	subnetsType    = "aws:elasticache/subnetGroup:SubnetGroup"
	parametersType = "aws:elasticache/parameterGroup:ParameterGroup"
	logGroupType   = "aws:cloudwatch/logGroup:LogGroup"
	secretType     = "aws:secretsmanager/secret:Secret"
	versionType    = "aws:secretsmanager/secretVersion:SecretVersion"
	passwordToken  = "aws:secretsmanager/getRandomPassword:getRandomPassword"
)

func args() cache.Args {
	return cache.Args{
		Scope:                 harness.TenantScope(),
		NodeType:              "cache.t4g.small",
		SnapshotRetentionDays: 7,
		SnapshotWindow:        "02:00-03:00",
		MaintenanceWindow:     "sun:04:00-sun:05:00",
		LogRetentionDays:      400,
		SubnetIDs:             pulumi.ToStringArray([]string{"subnet-a", "subnet-b", "subnet-c"}),
		SecurityGroupID:       pulumi.String("sg-cache"),
		KeyARN:                pulumi.String("arn:cache-key"),
		SecretsKeyARN:         pulumi.String("arn:secrets-key"),
		LogsKeyARN:            pulumi.String("arn:logs-key"),
		RecoveryRegion:        "eu-central-1",
		SecretsReplicaKeyARN:  pulumi.String("arn:secrets-replica-key"),
	}
}

type outputs struct {
	arn, host, secretARN, secretVersionID any
	port                                  int
	id                                    string
	nodeIDs                               []string
}

func declare(t *testing.T, args cache.Args) (*harness.Recorder, outputs) {
	t.Helper()
	recorder := &harness.Recorder{
		Outputs: map[string]resource.PropertyMap{
			groupType:   {"primaryEndpointAddress": resource.NewProperty("master.cache.example")},
			versionType: {"versionId": resource.NewProperty("v-1")},
		},
		Functions: map[string]resource.PropertyMap{
			passwordToken: {"randomPassword": resource.NewProperty("generated")},
		},
	}
	got := make(chan outputs, 1)
	require.NoError(t, harness.Run(recorder, func(ctx *pulumi.Context) error {
		c, err := cache.New(ctx, "cache", args)
		if err != nil {
			return err
		}
		pulumi.All(c.ARN, c.Host, c.SecretARN, c.SecretVersionID).ApplyT(func(v []any) error {
			got <- outputs{v[0], v[1], v[2], v[3], c.Port, c.ID, c.NodeIDs}
			return nil
		})
		return nil
	}))
	harness.AssertFamily(t, recorder, cache.Type, "cache")
	return recorder, <-got
}

func TestReplicationGroup(t *testing.T) {
	t.Parallel()
	recorder, got := declare(t, args())
	group := recorder.One(t, groupType, "cache-group")
	harness.AssertTags(t, group, "cache")
	harness.AssertInputs(t, group, map[string]any{
		"replicationGroupId":           "demo-acme-cache",
		"description":                  "The cache of demo-acme",
		"engine":                       "valkey",
		"engineVersion":                "8.0",
		"clusterMode":                  "disabled",
		"nodeType":                     "cache.t4g.small",
		"numCacheClusters":             2.0,
		"automaticFailoverEnabled":     true,
		"multiAzEnabled":               true,
		"autoMinorVersionUpgrade":      true,
		"applyImmediately":             false,
		"port":                         6379.0,
		"securityGroupIds":             []any{"sg-cache"},
		"subnetGroupName":              "demo-acme-cache",
		"parameterGroupName":           "demo-acme-cache-valkey8",
		"atRestEncryptionEnabled":      true,
		"kmsKeyId":                     "arn:cache-key",
		"transitEncryptionEnabled":     true,
		"transitEncryptionMode":        "required",
		"authTokenUpdateStrategy":      "ROTATE",
		"maintenanceWindow":            "sun:04:00-sun:05:00",
		"snapshotWindow":               "02:00-03:00",
		"snapshotRetentionLimit":       7.0,
		"tags.data-classification":     "confidential",
		"logDeliveryConfigurations[2]": nil,
	})
	assert.True(t, group.Protect)
	assert.Equal(t, []string{"engineVersion"}, group.IgnoreChanges)
	assert.Equal(t, outputs{
		arn:             "arn:aws:mock:::cache-group",
		host:            "master.cache.example",
		secretARN:       "arn:aws:mock:::cache-token-secret",
		secretVersionID: "v-1",
		port:            6379,
		id:              "demo-acme-cache",
		nodeIDs:         []string{"demo-acme-cache-001", "demo-acme-cache-002"},
	}, got)
}

// TestToken: ElastiCache is told the very value of the secret, as a secret.
func TestToken(t *testing.T) {
	t.Parallel()
	recorder, _ := declare(t, args())
	group := recorder.One(t, groupType, "cache-group")
	assert.True(t, group.Secret("authToken"))
	harness.AssertInputs(t, group, map[string]any{"authToken": "generated"})
	secret := recorder.One(t, secretType, "cache-token-secret")
	harness.AssertInputs(t, secret, map[string]any{
		"namePrefix":           "demo-acme-cache-token-",
		"kmsKeyId":             "arn:secrets-key",
		"replicas[0].region":   "eu-central-1",
		"replicas[0].kmsKeyId": "arn:secrets-replica-key",
	})
	assert.True(t, recorder.One(t, versionType, "cache-token-version").Secret("secretString"))
}

func TestRotation(t *testing.T) {
	t.Parallel()
	rotated := args()
	rotated.TokenRotation = 3
	recorder, _ := declare(t, rotated)
	recorder.One(t, versionType, "cache-token-version-3")
	assert.Len(t, recorder.OfType(versionType), 1)
	assert.Equal(t, "ROTATE", recorder.One(t, groupType, "cache-group").Input("authTokenUpdateStrategy"))
}

func TestTeardown(t *testing.T) {
	t.Parallel()
	kept, _ := declare(t, args())
	assert.Equal(t, "demo-acme-cache-final", kept.One(t, groupType, "cache-group").Input("finalSnapshotIdentifier"))

	leaving := args()
	leaving.TeardownAt = time.Date(2025, 3, 1, 13, 4, 5, 0, time.FixedZone("", 3600))
	recorder, _ := declare(t, leaving)
	group := recorder.One(t, groupType, "cache-group")
	assert.False(t, group.Protect)
	assert.Equal(t, []string{"engineVersion", "authToken"}, group.IgnoreChanges)
	assert.Nil(t, group.Input("authToken"))
	assert.Equal(t, "demo-acme-cache-final-20250301-120405", group.Input("finalSnapshotIdentifier"))
}

func TestLogs(t *testing.T) {
	t.Parallel()
	recorder, _ := declare(t, args())
	group := recorder.One(t, groupType, "cache-group")
	require.Len(t, recorder.OfType(logGroupType), 2)
	for i, log := range []string{"engine", "slow"} {
		logs := recorder.One(t, logGroupType, "cache-"+log+"-log")
		harness.AssertTags(t, logs, "cache")
		harness.AssertInputs(t, logs, map[string]any{
			"name":            "/aws/vendedlogs/elasticache/demo-acme-cache/" + log,
			"kmsKeyId":        "arn:logs-key",
			"retentionInDays": 400.0,
		})
		assert.Equal(t, map[string]any{
			"destination":     "/aws/vendedlogs/elasticache/demo-acme-cache/" + log,
			"destinationType": "cloudwatch-logs",
			"logFormat":       "json",
			"logType":         log + "-log",
		}, group.Input("logDeliveryConfigurations").([]any)[i])
	}
}

func TestGroups(t *testing.T) {
	t.Parallel()
	recorder, _ := declare(t, args())
	subnets := recorder.One(t, subnetsType, "cache-subnets")
	harness.AssertTags(t, subnets, "cache")
	harness.AssertInputs(t, subnets, map[string]any{
		"name":        "demo-acme-cache",
		"description": "The isolated subnets, for the cache of demo-acme",
		"subnetIds":   []any{"subnet-a", "subnet-b", "subnet-c"},
	})
	parameters := recorder.One(t, parametersType, "cache-parameters")
	harness.AssertTags(t, parameters, "cache")
	harness.AssertInputs(t, parameters, map[string]any{
		"name":       "demo-acme-cache-valkey8",
		"family":     "valkey8",
		"parameters": []any{map[string]any{"name": "maxmemory-policy", "value": "noeviction"}},
	})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	const nothingGiven = "cache: Scope: missing, expected a value\n" +
		`NodeType: "", expected one of cache.m5.*, cache.m6g.*, cache.m7g.*, cache.r5.*, cache.r6g.*, cache.r7g.*, ` +
		`cache.t3.*, cache.t4g.*; choose one that Valkey 8 runs on, like "cache.t4g.small"` + "\n" +
		"SnapshotRetentionDays: 0, expected 1 to 35\n" +
		`SnapshotWindow: "", expected a daily window "hh:mm-hh:mm" in UTC of at least 60 minutes; ` +
		`write it like "01:00-02:00"` + "\n" +
		`MaintenanceWindow: "", expected a weekly window "ddd:hh:mm-ddd:hh:mm" in UTC of 60 minutes to a day; ` +
		`write it like "sun:03:00-sun:04:00"` + "\n" +
		"LogRetentionDays: missing, expected a value\n" +
		"SubnetIDs: missing, expected a value\n" +
		"SecurityGroupID: missing, expected a value\n" +
		"KeyARN: missing, expected a value\n" +
		"SecretsKeyARN: missing, expected a value\n" +
		"LogsKeyARN: missing, expected a value"
	harness.AssertRefusals(t, cache.New, nothingGiven, args, map[string]func(*cache.Args){
		`cache: MaintenanceWindow: "sun:02:30-sun:03:30", expected a window apart from SnapshotWindow, 02:00-03:00; ` +
			"move one of them": func(a *cache.Args) {
			a.MaintenanceWindow = "sun:02:30-sun:03:30"
		},
		"cache: SnapshotRetentionDays: 36, expected 1 to 35": func(a *cache.Args) {
			a.SnapshotRetentionDays = 36
		},
		"cache: SecretsReplicaKeyARN: missing, expected a value": func(a *cache.Args) {
			a.SecretsReplicaKeyARN = nil
		},
		"cache: TokenRotation: -1, expected 0 to 9999": func(a *cache.Args) {
			a.TokenRotation = -1
		},
	})
}
