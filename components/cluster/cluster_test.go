package cluster_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/cluster"
	"haven/tests/harness"
)

const key = "arn:aws:kms:eu-west-1:123456789012:key/mrk-1"

func args() cluster.Args {
	return cluster.Args{
		Scope:            harness.CellScope(),
		LogsKeyARN:       pulumi.String(key),
		LogRetentionDays: 90,
	}
}

func declare(t *testing.T) (*harness.Recorder, []any) {
	t.Helper()
	r := &harness.Recorder{}
	var outputs []any
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		c, err := cluster.New(ctx, "cluster", args())
		if err != nil {
			return err
		}
		pulumi.All(c.ARN, c.Name).ApplyT(func(all []any) error {
			outputs = all
			return nil
		})
		return nil
	}))
	harness.AssertFamily(t, r, cluster.Type, "cluster")
	return r, outputs
}

func TestCluster(t *testing.T) {
	t.Parallel()
	r, outputs := declare(t)
	assert.Equal(t, []any{"arn:aws:mock:::cluster-cluster", "demo-cell-cluster"}, outputs)

	declared := r.One(t, "aws:ecs/cluster:Cluster", "cluster-cluster")
	harness.AssertTags(t, declared, "cluster")
	const command = "configuration.executeCommandConfiguration."
	harness.AssertInputs(t, declared, map[string]any{
		"name":               "demo-cell-cluster",
		"settings":           []any{map[string]any{"name": "containerInsights", "value": "enhanced"}},
		command + "kmsKeyId": key,
		command + "logging":  "OVERRIDE",
		command + "logConfiguration.cloudWatchEncryptionEnabled": true,
		command + "logConfiguration.cloudWatchLogGroupName":      "/haven/demo-cell/sessions",
	})
	assert.Contains(t, declared.DependsOn, "cluster-insights", "ECS would make an unencrypted group in its place")

	harness.AssertInputs(t, r.One(t, "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders", "cluster-capacity"),
		map[string]any{
			"clusterName":                       "demo-cell-cluster",
			"capacityProviders":                 []any{"FARGATE"},
			"defaultCapacityProviderStrategies": []any{map[string]any{"capacityProvider": "FARGATE", "weight": 1.0}},
		})
}

func TestLogGroups(t *testing.T) {
	t.Parallel()
	r, _ := declare(t)
	want := map[string]struct{ name, class string }{
		"cluster-sessions": {"/haven/demo-cell/sessions", "confidential"},
		"cluster-insights": {"/aws/ecs/containerinsights/demo-cell-cluster/performance", "internal"},
	}
	groups := r.OfType("aws:cloudwatch/logGroup:LogGroup")
	assert.Len(t, groups, len(want))
	for _, group := range groups {
		harness.AssertTags(t, group, "cluster")
		harness.AssertInputs(t, group, map[string]any{
			"name":                     want[group.Name].name,
			"tags.data-classification": want[group.Name].class,
			"kmsKeyId":                 key,
			"retentionInDays":          90.0,
		})
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	const nothingGiven = "cluster: Scope: missing, expected a value\n" +
		"LogsKeyARN: missing, expected a value\n" +
		"LogRetentionDays: missing, expected a value"
	harness.AssertRefusals(t, cluster.New, nothingGiven, args, nil)
}
