package application

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/naming"
)

func pureArgs() Args {
	return Args{
		Scope:   naming.Scope{Environment: "demo", Stack: "demo-acme", Cell: "demo-cell", Tenant: "acme"},
		Account: "123456789012",
		Region:  "eu-west-1",
		Image:   "public.ecr.aws/haven-demo/processmaker:4.15",
	}
}

func pureSettings() settings {
	return settings{
		host:              "acme.demo.haven.example",
		databaseHost:      "db.example",
		databasePort:      3306,
		databaseName:      "processmaker",
		databaseSecretARN: "arn:db-secret",
		appKeyARN:         "arn:app-key",
	}
}

// TestContainer is the hardening of the container, field by field of what ECS is told.
func TestContainer(t *testing.T) {
	t.Parallel()
	text, err := render(webContainer(pureArgs(), pureSettings()))
	require.NoError(t, err)
	var all []map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &all))
	require.Len(t, all, 1)
	want := map[string]any{
		"name":                   "web",
		"image":                  "public.ecr.aws/haven-demo/processmaker:4.15",
		"essential":              true,
		"user":                   "1000:1000",
		"readonlyRootFilesystem": true,
		"portMappings":           []any{map[string]any{"containerPort": 8080.0, "hostPort": 8080.0, "protocol": "tcp"}},
		"linuxParameters": map[string]any{
			"capabilities": map[string]any{"drop": []any{"ALL"}}, "initProcessEnabled": true},
		"healthCheck": map[string]any{
			"command": []any{"CMD", "curl", "--fail", "--silent", "--output", "/dev/null",
				"http://127.0.0.1:8080/login"},
			"interval": 15.0, "timeout": 5.0, "startPeriod": 120.0, "retries": 3.0},
		"logConfiguration": map[string]any{"logDriver": "awslogs", "options": map[string]any{
			"awslogs-group": "/haven/demo-acme/web", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "web",
			"mode": "non-blocking", "max-buffer-size": "25m"}},
		"mountPoints": []any{
			map[string]any{"sourceVolume": "bootstrap-cache", "containerPath": "/code/pm4/bootstrap/cache",
				"readOnly": false},
			map[string]any{"sourceVolume": "framework", "containerPath": "/code/pm4/storage/framework",
				"readOnly": false},
			map[string]any{"sourceVolume": "run", "containerPath": "/run", "readOnly": false},
			map[string]any{"sourceVolume": "tmp", "containerPath": "/tmp", "readOnly": false},
		},
		"stopTimeout": 120.0,
	}
	for field, value := range want {
		assert.Equal(t, value, all[0][field], field)
	}
	assert.Len(t, all[0], len(want)+2, "and environment and secrets")
}

func TestRenderingIsStable(t *testing.T) {
	t.Parallel()
	s := pureSettings()
	s.databaseHost = "a<b>&c"
	first, err := render(webContainer(pureArgs(), s))
	require.NoError(t, err)
	for range 20 {
		again, err := render(webContainer(pureArgs(), s))
		require.NoError(t, err)
		assert.Equal(t, first, again)
	}
	assert.Contains(t, first, `"value":"a<b>&c"`)
	assert.True(t, strings.HasSuffix(first, "]"), "no line break at the end")
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	got := pureSettings().environment()
	assert.Equal(t, []variable{
		{"APP_DEBUG", "false"},
		{"APP_ENV", "production"},
		{"APP_URL", "https://acme.demo.haven.example"},
		{"BROADCAST_DRIVER", "log"},
		{"CACHE_DRIVER", "file"},
		{"DATA_DB_DATABASE", "processmaker"},
		{"DATA_DB_DRIVER", "mysql"},
		{"DATA_DB_HOST", "db.example"},
		{"DATA_DB_PORT", "3306"},
		{"DB_DATABASE", "processmaker"},
		{"DB_HOSTNAME", "db.example"},
		{"DB_PORT", "3306"},
		{"FORCE_HTTPS", "true"},
		{"LOG_CHANNEL", "stderr"},
		{"MYSQL_ATTR_SSL_CA", "/etc/ssl/certs/aws-rds-global-bundle.pem"},
		{"PROXIES", "*"},
		{"QUEUE_DRIVER", "sync"},
		{"SESSION_DOMAIN", "acme.demo.haven.example"},
		{"SESSION_DRIVER", "cookie"},
		{"SESSION_HTTP_ONLY", "true"},
		{"SESSION_LIFETIME", "60"},
		{"SESSION_SAME_SITE", "lax"},
		{"SESSION_SECURE_COOKIE", "true"},
	}, got)
	assert.True(t, slices.IsSortedFunc(got, func(a, b variable) int { return strings.Compare(a.Name, b.Name) }))
}

func TestSecretsStandInNoPlainVariable(t *testing.T) {
	t.Parallel()
	s := pureSettings()
	assert.Equal(t, []secret{
		{"APP_KEY", "arn:app-key"},
		{"DATA_DB_PASSWORD", "arn:db-secret:password::"},
		{"DATA_DB_USERNAME", "arn:db-secret:username::"},
		{"DB_PASSWORD", "arn:db-secret:password::"},
		{"DB_USERNAME", "arn:db-secret:username::"},
	}, s.secrets())
	for _, v := range s.environment() {
		assert.NotRegexp(t, `PASSWORD|KEY|SECRET|TOKEN|USERNAME`, v.Name)
	}
}

func TestPrivateRepository(t *testing.T) {
	t.Parallel()
	const digest = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	tests := []struct{ image, want string }{
		{"123456789012.dkr.ecr.eu-west-1.amazonaws.com/pm/web" + digest,
			"arn:aws:ecr:eu-west-1:123456789012:repository/pm/web"},
		{"123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:4.15" + digest,
			"arn:aws:ecr:eu-west-1:123456789012:repository/web"},
		{"123456789012.dkr.ecr.eu-west-1.amazonaws.com/web", "arn:aws:ecr:eu-west-1:123456789012:repository/web"},
		{"public.ecr.aws/haven-demo/processmaker:4.15", ""},
		{"docker.io/123456789012.dkr.ecr.eu-west-1.amazonaws.com/web", ""},
		{"123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example/web", ""},
	}
	for _, test := range tests {
		got, ok := privateRepository(test.image)
		assert.Equal(t, test.want, got, test.image)
		assert.Equal(t, test.want != "", ok, test.image)
	}
}

func TestExecutionPermissions(t *testing.T) {
	t.Parallel()
	const own = `{"Version":"2012-10-17","Statement":[` +
		`{"Sid":"ReadSecrets","Effect":"Allow","Action":["secretsmanager:GetSecretValue"],` +
		`"Resource":["arn:app-key","arn:db-secret"]},` +
		`{"Sid":"DecryptSecrets","Effect":"Allow","Action":["kms:Decrypt"],"Resource":["arn:key"],` +
		`"Condition":{"StringEquals":{"kms:ViaService":["secretsmanager.eu-west-1.amazonaws.com"]}}},` +
		`{"Sid":"WriteLog","Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],` +
		`"Resource":["arn:aws:logs:eu-west-1:123456789012:log-group:/haven/demo-acme/web:*"]}`
	const pull = `,{"Sid":"SignInToRegistry","Effect":"Allow","Action":["ecr:GetAuthorizationToken"],"Resource":["*"]},` +
		`{"Sid":"PullImage","Effect":"Allow","Action":["ecr:BatchCheckLayerAvailability","ecr:BatchGetImage",` +
		`"ecr:GetDownloadUrlForLayer"],"Resource":["arn:aws:ecr:eu-west-1:123456789012:repository/web"]}`
	tests := []struct{ name, image, want string }{
		{"public image", "public.ecr.aws/haven-demo/processmaker:4.15", own + "]}"},
		{"private image", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:1", own + pull + "]}"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			args := pureArgs()
			args.Image = test.image
			got, err := executionPermissions(args, []string{"arn:db-secret", "arn:app-key"}, "arn:key").Identity()
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}
