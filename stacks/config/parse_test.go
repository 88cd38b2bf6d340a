package config_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"haven/components/tiers"
	"haven/stacks/config"
)

// The values of the demo's stacks, as Pulumi hands them to a program: defaults of the project file included.
var (
	demoCell = map[string]string{
		"role": "cell",
		"cell": `{"account":"123456789012","domain":"demo.haven.example","environment":"demo",` +
			`"network":{"cidr":"10.20.0.0/16"}}`,
		"tenant":   "{}",
		"teardown": "",
	}
	demoAcme = map[string]string{
		"role": "tenant",
		"cell": "{}",
		"tenant": `{"application":{"image":"public.ecr.aws/haven-demo/processmaker:4.15"},"cell":"demo-cell",` +
			`"mirror":"demo-mirror","standby":"demo-standby","slot":1}`,
		"teardown": "",
	}
)

func TestParseCompletesAnAccountWithDefaults(t *testing.T) {
	stack, err := config.Parse("demo-account", map[string]string{
		"role": "account",
		"account": `{"account":"123456789012","alerts":{"critical":["ops@haven.example"]},"environment":"demo",` +
			`"monthlyBudgetUSD":1000}`,
	})
	require.NoError(t, err)
	assert.Equal(t, &config.Stack{
		Name: "demo-account",
		Role: config.RoleAccount,
		Account: &config.Account{
			Environment:      "demo",
			Owner:            "platform",
			Account:          "123456789012",
			Region:           "eu-west-1",
			RecoveryRegion:   "eu-central-1",
			LogRetentionDays: 400,
			Alerts: config.Alerts{
				Critical: []string{"ops@haven.example"},
				Warning:  []string{"ops@haven.example"},
				Info:     []string{"ops@haven.example"},
			},
			MonthlyBudgetUSD: 1000,
			Databases:        100,
			Operators:        []string{"123456789012"},
		},
	}, stack)
}

func TestParseCompletesAMirrorWithDefaults(t *testing.T) {
	stack, err := config.Parse("demo-mirror", map[string]string{
		"role": "mirror",
		"mirror": `{"alerts":{"critical":["ops@haven.example"]},"cells":["demo-cell"],"environment":"demo",` +
			`"project":"haven-demo-mirror"}`,
	})
	require.NoError(t, err)
	assert.Equal(t, &config.Stack{
		Name: "demo-mirror",
		Role: config.RoleMirror,
		Mirror: &config.Mirror{
			Environment:    "demo",
			Owner:          "platform",
			Project:        "haven-demo-mirror",
			Location:       "EUR4",
			Cells:          []string{"demo-cell"},
			RetentionDays:  90,
			Locked:         true,
			SoftDeleteDays: 30,
			Alerts: config.MirrorAlerts{
				Critical: []string{"ops@haven.example"},
				Warning:  []string{"ops@haven.example"},
			},
		},
	}, stack)
}

// TestATenantJoinsAMirrorOfItsCell: what the mirror exports is held against what the tenant says.
func TestATenantJoinsAMirrorOfItsCell(t *testing.T) {
	stack := parseAcme(t)
	stack.Tenant.Mirror = "demo-mirror"
	require.NoError(t, stack.JoinMirror(config.MirrorFacts{Cells: []string{"demo-other", "demo-cell"}}))
	assert.EqualError(t, stack.JoinMirror(config.MirrorFacts{Cells: []string{"demo-other"}}),
		`Pulumi.demo-acme.yaml: tenant.mirror: got "demo-mirror"; want a mirror of demo-cell; `+
			"add the cell to the mirror's cells, or name another mirror")
}

func TestWarningsAreInformationUnlessSaidOtherwise(t *testing.T) {
	directory := load(t, "testdata/right")
	account, err := directory.Stack("prod-account")
	require.NoError(t, err)
	assert.Equal(t, config.Alerts{
		Critical: []string{"oncall@haven.io"},
		Warning:  []string{"platform@haven.io", "oncall@haven.io"},
		Info:     []string{"platform@haven.io", "oncall@haven.io"},
	}, account.Account.Alerts)
}

func TestParseCompletesACellWithDefaults(t *testing.T) {
	stack, err := config.Parse("demo-cell", demoCell)
	require.NoError(t, err)
	assert.Equal(t, &config.Stack{
		Name: "demo-cell",
		Role: config.RoleCell,
		Cell: &config.Cell{
			Environment:    "demo",
			Production:     false,
			Owner:          "platform",
			Account:        "123456789012",
			Region:         "eu-west-1",
			RecoveryRegion: "eu-central-1",
			Domain:         "demo.haven.example",
			Network: config.Network{
				CIDR:               "10.20.0.0/16",
				Zones:              []string{"eu-west-1a", "eu-west-1b", "eu-west-1c"},
				InterfaceEndpoints: []string{"ecr.api", "ecr.dkr", "logs", "secretsmanager"},
			},
			Firewall: config.Firewall{RateLimit: 2000},
			Backup: config.Backup{Image: "public.ecr.aws/haven-demo/dump:1", Recipients: []string{recipient},
				RetentionDays: 400},
			Maintenance:      config.Maintenance{Window: "sun:03:00-sun:04:00", BackupWindow: "01:00-02:00"},
			LogRetentionDays: 400,
			Slots:            25,
		},
	}, stack)
}

func TestParseCompletesATenantWithDefaults(t *testing.T) {
	stack, err := config.Parse("demo-acme", demoAcme)
	require.NoError(t, err)
	assert.Equal(t, &config.Stack{
		Name: "demo-acme",
		Role: config.RoleTenant,
		Tenant: &config.Tenant{
			Cell:     "demo-cell",
			Slot:     1,
			Tier:     tiers.Standard,
			Mirror:   "demo-mirror",
			Standby:  "demo-standby",
			State:    config.Active,
			Wave:     1,
			Identity: config.Identity{Mode: "none", SessionHours: 10},
			Database: config.Database{
				InstanceClass:       "db.t4g.medium",
				StorageGiB:          20,
				MaxStorageGiB:       200,
				BackupRetentionDays: 35,
			},
			Cache: config.Cache{
				NodeType:              "cache.t4g.small",
				SnapshotRetentionDays: 7,
			},
			Application: config.Application{
				Image:     "public.ecr.aws/haven-demo/processmaker:4.15",
				Web:       config.Process{CPU: 1024, MemoryMiB: 2048, Min: 2, Max: 6},
				Worker:    config.Process{CPU: 1024, MemoryMiB: 2048, Min: 1, Max: 4},
				WebSocket: config.Process{CPU: 512, MemoryMiB: 1024, Min: 1, Max: 2},
				Scheduler: config.Task{CPU: 512, MemoryMiB: 1024},
			},
			Data: config.Data{Generation: 1},
		},
	}, stack)
}

const (
	dumpImage = "registry.haven.io/dump:1@sha256:abababababababababababababababababababababababababababababababab"
	recipient = "age122af0xkmw9c3qfkhwx064jjzujmpts42s2m0n5nxvfjpp2d4ryjs4cdmep"
)

func TestParseTakesEveryFieldOfACell(t *testing.T) {
	stack, err := config.Parse("prod-eu-main", map[string]string{
		"role": "cell",
		"cell": `{"environment": "prod-eu", "production": true, "owner": "Team 7", "account": "012345678901",
			"region": "us-east-1", "recoveryRegion": "us-west-2", "domain": "haven.io",
			"network": {"cidr": "172.16.0.0/20", "zones": ["us-east-1f", "us-east-1a", "us-east-1c"],
				"interfaceEndpoints": ["kms"]},
			"firewall": {"blockList": ["203.0.113.0/24"], "allowList": ["198.51.100.7/32"], "rateLimit": 10},
			"standby": true, "primary": "prod-eu-first",
			"backup": {"image": "` + dumpImage + `", "recipients": ["` + recipient + `"], "retentionDays": 3653},
			"maintenance": {"window": "tue:22:00-wed:00:00", "backupWindow": "04:00-05:30"},
			"alerts": "prod-eu-account", "monthlyBudgetUSD": 5000, "logRetentionDays": 3653.0, "slots": 1}`,
	})
	require.NoError(t, err)
	assert.Equal(t, &config.Cell{
		Environment:    "prod-eu",
		Production:     true,
		Owner:          "Team 7",
		Account:        "012345678901",
		Region:         "us-east-1",
		RecoveryRegion: "us-west-2",
		Domain:         "haven.io",
		Network: config.Network{
			CIDR:               "172.16.0.0/20",
			Zones:              []string{"us-east-1f", "us-east-1a", "us-east-1c"},
			InterfaceEndpoints: []string{"kms"},
		},
		Firewall: config.Firewall{
			BlockList: []string{"203.0.113.0/24"},
			AllowList: []string{"198.51.100.7/32"},
			RateLimit: 10,
		},
		Standby:          true,
		Primary:          "prod-eu-first",
		Backup:           config.Backup{Image: dumpImage, Recipients: []string{recipient}, RetentionDays: 3653},
		Alerts:           "prod-eu-account",
		MonthlyBudgetUSD: 5000,
		Maintenance:      config.Maintenance{Window: "tue:22:00-wed:00:00", BackupWindow: "04:00-05:30"},
		LogRetentionDays: 3653,
		Slots:            1,
	}, stack.Cell)
}

func TestParseTakesEveryFieldOfATenant(t *testing.T) {
	stack, err := config.Parse("prod-globex", map[string]string{
		"role": "tenant",
		"tenant": `{"name": "globex-corporation", "cell": "prod-main", "slot": 25, "host": "bpm.globex.haven.io",
			"tier": "critical", "standby": "prod-standby", "state": "leaving", "deletionDate": "2027-03-31", "wave": 0, "monthlyBudgetUSD": 700,
			"maintenancePage": true,
			"identity": {"mode": "oidc", "ssoOnly": true, "sessionHours": 1, "issuer": "https://id.globex.com",
				"clientID": "haven", "clientSecretARN": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:sso-1",
				"scripts": [{"name": "nightly", "scopes": ["tasks.read"]}]},
			"database": {"instanceClass": "db.r7g.16xlarge", "storageGiB": 59578, "maxStorageGiB": 65536,
				"backupRetentionDays": 7, "backupWindow": "23:45-00:15", "maintenanceWindow": "sun:23:00-sun:23:45"},
			"cache": {"nodeType": "cache.t4g.medium", "snapshotRetentionDays": 35, "snapshotWindow": "05:00-06:00",
				"maintenanceWindow": "mon:07:00-mon:08:00", "tokenRotation": 1},
			"application": {"image": "localhost:5000/a__b/c-d:x", "adminEmail": "it@globex.com",
				"web": {"cpu": 16384, "memoryMiB": 122880, "min": 20, "max": 20}, "worker": {"min": 5},
				"websocket": {"max": 3}, "scheduler": {"cpu": 2048, "memoryMiB": 4096},
				"scripts": {"baseURL": "https://scripts.example.net", "tokenURL": "https://id.example.net/token",
					"callbackPath": "/api/results", "secretARN": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:run-AbCdEf"}},
			"data": {"generation": 3, "from": {"generation": 2, "at": "2027-02-01T10:00:00Z",
				"dump": "tenants/globex-corporation/dumps/20270201T090000Z/manifest.json"},
				"quarantined": [1, 2], "released": [1], "releasedAt": "2027-02-08T10:00:00Z"}}`,
		"teardown": "2027-03-01T12:00:00+01:00",
	})
	require.NoError(t, err)
	assert.Equal(t, &config.Tenant{
		Name: "globex-corporation",
		Cell: "prod-main",
		Slot: 25,
		Host: "bpm.globex.haven.io",

		Tier:            tiers.Critical,
		Standby:         "prod-standby",
		State:           config.Leaving,
		DeletionDate:    "2027-03-31",
		MaintenancePage: true,

		MonthlyBudgetUSD: 700,
		Identity: config.Identity{
			Mode:            "oidc",
			SSOOnly:         true,
			SessionHours:    1,
			Issuer:          "https://id.globex.com",
			ClientID:        "haven",
			ClientSecretARN: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:sso-1",
			Scripts:         []config.Script{{Name: "nightly", Scopes: []string{"tasks.read"}}},
		},
		Database: config.Database{
			InstanceClass:       "db.r7g.16xlarge",
			StorageGiB:          59578,
			MaxStorageGiB:       65536,
			BackupRetentionDays: 7,
			BackupWindow:        "23:45-00:15",
			MaintenanceWindow:   "sun:23:00-sun:23:45",
		},
		Cache: config.Cache{
			NodeType:              "cache.t4g.medium",
			SnapshotRetentionDays: 35,
			SnapshotWindow:        "05:00-06:00",
			MaintenanceWindow:     "mon:07:00-mon:08:00",
			TokenRotation:         1,
		},
		Application: config.Application{
			Image:      "localhost:5000/a__b/c-d:x",
			AdminEmail: "it@globex.com",
			Web:        config.Process{CPU: 16384, MemoryMiB: 122880, Min: 20, Max: 20},
			Worker:     config.Process{CPU: 2048, MemoryMiB: 4096, Min: 5, Max: 12},
			WebSocket:  config.Process{CPU: 1024, MemoryMiB: 2048, Min: 3, Max: 3},
			Scheduler:  config.Task{CPU: 2048, MemoryMiB: 4096},
			Scripts: config.ScriptService{
				BaseURL: "https://scripts.example.net", TokenURL: "https://id.example.net/token",
				CallbackPath: "/api/results",
				SecretARN:    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:run-AbCdEf",
			},
		},
		Data: config.Data{
			Generation: 3,
			From: config.DataSource{Generation: 2, At: "2027-02-01T10:00:00Z",
				Dump: "tenants/globex-corporation/dumps/20270201T090000Z/manifest.json"},
			Quarantined: []int{1, 2}, Released: []int{1}, ReleasedAt: "2027-02-08T10:00:00Z",
		},
	}, stack.Tenant)
	assert.True(t, stack.Teardown.Equal(time.Date(2027, 3, 1, 11, 0, 0, 0, time.UTC)))
}

// What the program is handed may differ from what stack files can say: the engine decodes them first.
func TestParseRefusesWhatIsNoObject(t *testing.T) {
	for text, want := range map[string]string{
		`{"slot": 1} {}`: `Pulumi.demo-acme.yaml: tenant: got "{\"slot\": 1} {}"; want an object; indent its fields below it`,
		`{`:              `Pulumi.demo-acme.yaml: tenant: got "{"; want an object; indent its fields below it`,
		`null`:           `Pulumi.demo-acme.yaml: tenant: got null; want an object; write a value, or leave the field out`,
		`7`:              `Pulumi.demo-acme.yaml: tenant: got 7; want an object; indent its fields below it`,
	} {
		_, err := config.Parse("demo-acme", map[string]string{"role": "tenant", "tenant": text})
		assert.EqualError(t, err, want, "tenant: %s", text)
	}
}

func TestParseShortensLongText(t *testing.T) {
	long := make([]byte, 200)
	for i := range long {
		long[i] = 'x'
	}
	_, err := config.Parse("demo-cell", map[string]string{"role": string(long)})
	require.Error(t, err)
	assert.Equal(t, `Pulumi.demo-cell.yaml: role: got "`+string(long[:80])+`"… (200 characters); `+
		`want "account", "cell", "mirror", "offsite" or "tenant"; choose one of account, cell, mirror, offsite, tenant`, err.Error())
}

func TestParseNeverPanics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SampledFrom([]string{"role", "cell", "tenant", "teardown", "other"})
		values := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"cell", "tenant"}), rapid.Map(anyJSON(3), toJSON))
		checkParse(t, rapid.String().Draw(t, "stack"), rapid.MapOf(keys, values).Draw(t, "values"))
	})
}

// anyJSON draws objects with the fields' own names among others, so that every depth is reached.
func anyJSON(depth int) *rapid.Generator[any] {
	scalars := rapid.OneOf(
		rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.Int().AsAny(), rapid.Float64().AsAny(), rapid.String().AsAny(),
		rapid.SampledFrom([]string{"demo", "eu-west-1", "10.20.0.0/16", "db.t4g.", "sun:03:00-sun:04:00"}).AsAny(),
	)
	if depth == 0 {
		return scalars
	}
	names := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"environment", "region", "domain", "network", "cidr",
		"zones", "interfaceEndpoints", "slots", "name", "cell", "slot", "host", "database", "instanceClass", "storageGiB",
		"backupWindow", "maintenanceWindow", "application", "image", "web", "cpu", "memoryMiB", "min", "identity",
		"scripts", "scopes", "state", "tier"}))
	return rapid.OneOf(scalars, rapid.SliceOfN(anyJSON(depth-1), 0, 3).AsAny(),
		rapid.MapOfN(names, anyJSON(depth-1), 0, 6).AsAny())
}

func toJSON(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

type failer interface {
	require.TestingT
	Helper()
}

// checkParse asserts that Parse gives a stack of the role asked for, or says what is wrong.
func checkParse(t failer, stack string, values map[string]string) {
	t.Helper()
	parsed, err := config.Parse(stack, values)
	if err != nil {
		var all config.Errors
		require.ErrorAs(t, err, &all)
		require.NotEmpty(t, all)
		require.Nil(t, parsed)
		return
	}
	require.Equal(t, values["role"], string(parsed.Role))
	require.Equal(t, parsed.Role == config.RoleCell, parsed.Cell != nil)
	require.Equal(t, parsed.Role == config.RoleTenant, parsed.Tenant != nil)
}

func FuzzParse(f *testing.F) {
	f.Add("demo-cell", demoCell["role"], demoCell["cell"], demoCell["tenant"], demoCell["teardown"])
	f.Add("demo-acme", demoAcme["role"], demoAcme["cell"], demoAcme["tenant"], "2027-03-01T12:00:00Z")
	f.Add("", "tenant", "[]", `{"slot": 1e400, "database": {"storageGiB": -1}}`, "now")
	f.Add("-", "", `{"network": {"zones": [null, {}], "cidr": "::ffff:10.0.0.0/112"}}`, `""`, "")
	f.Fuzz(func(t *testing.T, stack, role, cell, tenant, teardown string) {
		checkParse(t, stack, map[string]string{"role": role, "cell": cell, "tenant": tenant, "teardown": teardown})
	})
}
