package stacks

import (
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/tests/harness"
)

// The settings of one stack of each role, as Pulumi hands them to a program.
const (
	accountSettings = `{"environment":"demo","account":"123456789012","monthlyBudgetUSD":5000,` +
		`"alerts":{"critical":["oncall@haven.example"]}}`
	cellSettings = `{"environment":"demo","account":"123456789012","domain":"demo.haven.example",` +
		`"network":{"cidr":"10.20.0.0/16"}}`
	tenantSettings = `"cell":"demo-cell","slot":1,"application":{"image":"public.ecr.aws/haven-demo/processmaker:4.15"}`
)

// tenantValues are those of a tenant with more settings than every tenant has, such as `"state":"suspended"`.
func tenantValues(more string) map[string]string {
	if more != "" {
		more = "," + more
	}
	return map[string]string{"role": "tenant", "tenant": "{" + tenantSettings + more + "}"}
}

// declare is what the stack declares, which must be valid.
func declare(t *testing.T, stack string, values map[string]string, program pulumi.RunFunc) *harness.Recorder {
	t.Helper()
	r := harness.Environment()
	require.NoError(t, harness.RunStack(r, stack, values, program))
	return r
}

// declareTenant is what the tenant demo-acme declares with more settings.
func declareTenant(t *testing.T, more string) *harness.Recorder {
	t.Helper()
	return declare(t, "demo-acme", tenantValues(more), Deploy)
}

// kinds counts what is declared of each type.
func kinds(r *harness.Recorder) map[string]int {
	found := map[string]int{}
	for _, d := range r.Declared() {
		found[d.Type]++
	}
	return found
}

// property is the value of a property of every resource of that type, by the resource's name.
func property(r *harness.Recorder, token, path string) map[string]any {
	found := map[string]any{}
	for _, d := range r.OfType(token) {
		found[d.Name] = d.Input(path)
	}
	return found
}

// only is what property answers where all have the same value.
func only(r *harness.Recorder, token string, value any) map[string]any {
	found := map[string]any{}
	for _, d := range r.OfType(token) {
		found[d.Name] = value
	}
	return found
}

// The types that a tenant's life changes.
const (
	alarmType    = "aws:cloudwatch/metricAlarm:MetricAlarm"
	serviceType  = "aws:ecs/service:Service"
	scalingType  = "aws:appautoscaling/target:Target"
	ruleType     = "aws:lb/listenerRule:ListenerRule"
	databaseType = "aws:rds/instance:Instance"
	cacheType    = "aws:elasticache/replicationGroup:ReplicationGroup"
	filesType    = "aws:efs/fileSystem:FileSystem"
	poolType     = "aws:cognito/userPool:UserPool"
	balancerType = "aws:lb/loadBalancer:LoadBalancer"
	bucketType   = "aws:s3/bucketV2:BucketV2"
)

// TestWrongSettingsDeclareNothing: every refusal comes before the first resource.
func TestWrongSettingsDeclareNothing(t *testing.T) {
	for name, test := range map[string]struct {
		stack  string
		values map[string]string
		want   string
	}{
		"nothing": {"demo-acme", nil,
			`Pulumi.demo-acme.yaml: role: got nothing; want "account", "cell", "mirror", "offsite" or "tenant"; choose one of ` +
				"account, cell, mirror, offsite, tenant"},
		"an account": {"demo-account", map[string]string{"role": "account", "account": "{}"},
			"Pulumi.demo-account.yaml: account.account: got nothing"},
		"a cell": {"demo-cell", map[string]string{"role": "cell", "cell": `{"environment":"demo","colour":"red"}`},
			"Pulumi.demo-cell.yaml: cell.colour: "},
		"a tenant": {"demo-acme", tenantValues(`"state":"asleep"`),
			`Pulumi.demo-acme.yaml: tenant.state: got "asleep"; want one of active, suspended, leaving, gone`},
		"leaving without a day": {"demo-acme", tenantValues(`"state":"leaving"`),
			`Pulumi.demo-acme.yaml: tenant.deletionDate: got nothing; want the first day on which the tenant may be gone`},
		"another role's settings": {"demo-acme", map[string]string{"role": "tenant", "cell": cellSettings,
			"tenant": "{" + tenantSettings + "}"}, "Pulumi.demo-acme.yaml: cell: "},
	} {
		t.Run(name, func(t *testing.T) {
			r := harness.Environment()
			assert.ErrorContains(t, harness.RunStack(r, test.stack, test.values, Deploy), test.want)
			assert.Empty(t, r.Declared())
		})
	}
}

// TestTeardown: what refuses to be deleted does so until the stack is torn down, and then leaves a snapshot behind.
func TestTeardown(t *testing.T) {
	at := time.Date(2026, 4, 5, 6, 7, 8, 0, time.UTC)
	for stack, test := range map[string]struct {
		values  map[string]string
		type_   string
		path    string
		kept    any
		removed any
	}{
		"demo-account": {map[string]string{"role": "account", "account": accountSettings},
			bucketType, "forceDestroy", false, true},
		"demo-cell": {map[string]string{"role": "cell", "cell": cellSettings},
			balancerType, "enableDeletionProtection", true, false},
		"demo-acme": {tenantValues(""), databaseType, "deletionProtection", true, false},
	} {
		t.Run(stack, func(t *testing.T) {
			kept := declare(t, stack, test.values, Deploy)
			removed := declare(t, stack, test.values, Teardown(at))
			assert.Equal(t, only(kept, test.type_, test.kept), property(kept, test.type_, test.path))
			assert.Equal(t, only(removed, test.type_, test.removed), property(removed, test.type_, test.path))
			assert.NotEmpty(t, kept.OfType(test.type_))
			assert.Equal(t, kinds(kept), kinds(removed), "a teardown declares the same resources")
			for _, d := range removed.Declared() {
				assert.False(t, d.Protect, "%s %q", d.Type, d.Name)
			}
		})
	}
	torn := declare(t, "demo-acme", tenantValues(""), Teardown(at))
	assert.Equal(t, "demo-acme-database-final-20260405-060708",
		single(t, torn, databaseType).Input("finalSnapshotIdentifier"))
	assert.Equal(t, "demo-acme-cache-final-20260405-060708", single(t, torn, cacheType).Input("finalSnapshotIdentifier"))
}

// single is the one resource of that type.
func single(t *testing.T, r *harness.Recorder, token string) harness.Declared {
	t.Helper()
	of := r.OfType(token)
	require.Len(t, of, 1, token)
	return of[0]
}

// TestProductionRefusesTeardown: a tenant learns from its cell that it is production.
func TestProductionRefusesTeardown(t *testing.T) {
	r := harness.Environment()
	cell := r.References["organization/haven/demo-cell"]["cell"].ObjectValue()
	cell["production"] = resource.NewProperty(true)
	err := harness.RunStack(r, "demo-acme", tenantValues(""), Teardown(time.Now()))
	assert.ErrorContains(t, err, "Pulumi.demo-acme.yaml: teardown: ")
	assert.ErrorContains(t, err, "none in production")
	assert.Empty(t, r.OfType(databaseType))
}

// TestCellThatSaysTooLittle: a tenant that cannot read its cell says which cell, what is missing and what to do.
func TestCellThatSaysTooLittle(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(outputs resource.PropertyMap)
		want  []string
	}{
		"not up yet": {
			func(outputs resource.PropertyMap) { delete(outputs, "cell") },
			[]string{"it has no such output yet"},
		},
		"an older version": {
			func(outputs resource.PropertyMap) {
				delete(outputs["cell"].ObjectValue(), "webAclArn")
				delete(outputs["cell"].ObjectValue(), "clusterArn")
			},
			[]string{"webAclArn", "clusterArn"},
		},
		"another form": {
			func(outputs resource.PropertyMap) {
				outputs["cell"].ObjectValue()["privateSubnetIds"] = resource.NewProperty(true)
			},
			[]string{"privateSubnetIds"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := harness.Environment()
			test.spoil(r.References["organization/haven/demo-cell"])
			err := harness.RunStack(r, "demo-acme", tenantValues(""), Deploy)
			require.ErrorContains(t, err, `tenant.cell: stack "demo-cell" exports no cell that this version can read; `+
				"bring it up first: ")
			for _, want := range test.want {
				assert.ErrorContains(t, err, want)
			}
			assert.Equal(t, map[string]int{TenantType: 1, "pulumi:pulumi:StackReference": 1}, kinds(r))
		})
	}
}

// TestCellMaySayMore: a cell is brought up before its tenants, and may export what they do not know yet.
func TestCellMaySayMore(t *testing.T) {
	r := harness.Environment()
	r.References["organization/haven/demo-cell"]["cell"].ObjectValue()["moon"] = resource.NewProperty("full")
	assert.NoError(t, harness.RunStack(r, "demo-acme", tenantValues(""), Deploy))
}

// TestStandby: a cell that stands by has all that its primary has, but takes its images from the primary's registry.
func TestStandby(t *testing.T) {
	settings := `{"environment":"demo","account":"123456789012","domain":"standby.haven.example","standby":true,` +
		`"primary":"demo-cell","region":"eu-central-1","recoveryRegion":"eu-west-1","network":{"cidr":"10.21.0.0/16"}}`
	primary := declare(t, "demo-cell", map[string]string{"role": "cell", "cell": cellSettings}, Deploy)
	standby := declare(t, "demo-standby", map[string]string{"role": "cell", "cell": settings}, Deploy)
	want := kinds(primary)
	for _, registryOnly := range []string{"aws:ecr/repository:Repository", "aws:ecr/repositoryPolicy:RepositoryPolicy",
		"aws:ecr/lifecyclePolicy:LifecyclePolicy", "haven:registry:Registry"} {
		assert.NotZero(t, want[registryOnly])
		delete(want, registryOnly)
	}
	for _, ofItsKey := range []string{"aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey", "haven:keys:Key"} {
		want[ofItsKey]--
	}
	want["aws:kms/alias:Alias"] -= 2
	assert.Equal(t, want, kinds(standby))
}
