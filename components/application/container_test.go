package application

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/application/scripts"
	"haven/components/naming"
	"haven/components/task"
)

func pureArgs() Args {
	return Args{
		Scope:   naming.Scope{Environment: "demo", Stack: "demo-acme", Cell: "demo-cell", Tenant: "acme"},
		Account: "123456789012",
		Region:  "eu-west-1",
		Image:   "public.ecr.aws/haven-demo/processmaker:4.15",
	}
}

// full is a tenant with everything.
func full() Args {
	args := pureArgs()
	args.AdminEmail = "admin@acme.example"
	args.Cache = &Cache{Port: 6379}
	args.Files = &Files{}
	return args
}

func fullSettings() settings {
	s := pureSettings()
	s.stack = "demo-acme"
	s.passportSecretARN, s.adminSecretARN = "arn:passport", "arn:admin"
	s.cacheHost, s.cachePort, s.cacheSecretARN = "cache.example", 6379, "arn:cache"
	s.cacheVersionID = "1-2-3"
	return s
}

func pureSettings() settings {
	return settings{
		host:              "acme.demo.haven.example",
		databaseHost:      "db.example",
		databasePort:      3306,
		databaseName:      "processmaker",
		databaseSecretARN: "arn:db-secret",
		appKeyARN:         "arn:app-key",
		trustedProxies:    []string{"10.20.0.0/20", "10.20.16.0/20"},
	}
}

// TestContainer is the hardening of the container, field by field of what ECS is told.
func TestContainer(t *testing.T) {
	t.Parallel()
	text, err := task.Render(pureArgs().containers(pureArgs().servers()[0], pureSettings())...)
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
	s := fullSettings()
	s.databaseHost = "a<b>&c"
	first, err := task.Render(full().containers(full().scheduler(), s)...)
	require.NoError(t, err)
	for range 20 {
		again, err := task.Render(full().containers(full().scheduler(), s)...)
		require.NoError(t, err)
		assert.Equal(t, first, again)
	}
	assert.Contains(t, first, `"value":"a<b>&c"`)
	assert.True(t, strings.HasSuffix(first, "]"), "no line break at the end")
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	got := pureSettings().environment("web")
	assert.Equal(t, task.Variables{
		"APP_DEBUG":                  "false",
		"APP_ENV":                    "production",
		"APP_URL":                    "https://acme.demo.haven.example",
		"BROADCAST_DRIVER":           "log",
		"CACHE_DRIVER":               "file",
		"DATA_DB_DATABASE":           "processmaker",
		"DATA_DB_DRIVER":             "mysql",
		"DATA_DB_HOST":               "db.example",
		"DATA_DB_PORT":               "3306",
		"DB_DATABASE":                "processmaker",
		"DB_HOSTNAME":                "db.example",
		"DB_PORT":                    "3306",
		"FORCE_HTTPS":                "true",
		"LOG_CHANNEL":                "stderr",
		"MYSQL_ATTR_SSL_CA":          "/etc/ssl/certs/aws-rds-global-bundle.pem",
		"NGINX_CLIENT_MAX_BODY_SIZE": "100M",
		"PHP_POST_MAX_SIZE":          "100M",
		"PHP_UPLOAD_MAX_FILESIZE":    "100M",
		"PROXIES":                    "10.20.0.0/20,10.20.16.0/20",
		"QUEUE_DRIVER":               "sync",
		"SESSION_DOMAIN":             "acme.demo.haven.example",
		"SESSION_DRIVER":             "cookie",
		"SESSION_HTTP_ONLY":          "true",
		"SESSION_LIFETIME":           "60",
		"SESSION_SAME_SITE":          "lax",
		"SESSION_SECURE_COOKIE":      "true",
	}, got)
}

func TestSharedEnvironment(t *testing.T) {
	t.Parallel()
	got := fullSettings().environment("worker")
	assert.Subset(t, got, task.Variables{
		"BROADCASTER_HOST": "https://acme.demo.haven.example",
		"BROADCAST_DRIVER": "redis",
		"CACHE_DRIVER":     "redis",
		"HORIZON_PREFIX":   "demo-acme:horizon:",
		"QUEUE_DRIVER":     "redis",
		"REDIS_HOST":       "tls://cache.example",
		"REDIS_PORT":       "6379",
		"REDIS_PREFIX":     "demo-acme:",
		"SESSION_DRIVER":   "redis",
	})
	assert.Subset(t, fullSettings().environment("websocket"), task.Variables{
		"LARAVEL_ECHO_SERVER_AUTH_HOST":  "https://acme.demo.haven.example",
		"LARAVEL_ECHO_SERVER_PORT":       "6001",
		"LARAVEL_ECHO_SERVER_REDIS_HOST": "cache.example",
		"LARAVEL_ECHO_SERVER_REDIS_PORT": "6379",
	})
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	want := task.Secrets{
		"APP_KEY":          "arn:app-key",
		"DATA_DB_PASSWORD": "arn:db-secret:password::",
		"DATA_DB_USERNAME": "arn:db-secret:username::",
		"DB_PASSWORD":      "arn:db-secret:password::",
		"DB_USERNAME":      "arn:db-secret:username::",
	}
	assert.Equal(t, want, pureSettings().secrets("web"))
	maps.Copy(want, task.Secrets{
		"PASSPORT_PRIVATE_KEY": "arn:passport:privateKey::",
		"PASSPORT_PUBLIC_KEY":  "arn:passport:publicKey::",
		"REDIS_PASSWORD":       "arn:cache:::1-2-3",
	})
	assert.Equal(t, want, fullSettings().secrets("web"))
	want["LARAVEL_ECHO_SERVER_REDIS_PASSWORD"] = "arn:cache:::1-2-3"
	assert.Equal(t, want, fullSettings().secrets("websocket"))
	assert.Equal(t, []string{"arn:db-secret", "arn:app-key"}, pureSettings().secretARNs())
	assert.Equal(t, []string{"arn:db-secret", "arn:app-key", "arn:passport", "arn:admin", "arn:cache"},
		fullSettings().secretARNs())
}

// TestScripts: the service that runs scripts is told to whatever is of PHP, its credentials by reference only.
func TestScripts(t *testing.T) {
	t.Parallel()
	s := fullSettings()
	s.scripts = scripts.Service{
		BaseURL: "https://scripts.example", TokenURL: "https://id.example/token", CallbackPath: "/api/results",
		SecretARN: "arn:scripts",
	}
	variables := task.Variables{
		"KEYCLOAK_BASE_URL":            "https://id.example/token",
		"SCRIPT_MICROSERVICE_BASE_URL": "https://scripts.example",
		"SCRIPT_MICROSERVICE_CALLBACK": "https://acme.demo.haven.example/api/results",
		"SCRIPT_MICROSERVICE_ENABLED":  "true",
	}
	secrets := task.Secrets{
		"KEYCLOAK_CLIENT_ID":     "arn:scripts:clientID::",
		"KEYCLOAK_CLIENT_SECRET": "arn:scripts:clientSecret::",
		"KEYCLOAK_PASSWORD":      "arn:scripts:password::",
		"KEYCLOAK_USERNAME":      "arn:scripts:username::",
	}
	for _, process := range []string{"web", "worker", "scheduler", "migrate"} {
		assert.Subset(t, s.environment(process), variables, process)
		assert.Subset(t, s.secrets(process), secrets, process)
	}
	assert.Equal(t, fullSettings().environment("websocket"), s.environment("websocket"))
	assert.Equal(t, fullSettings().secrets("websocket"), s.secrets("websocket"))
	assert.Contains(t, s.secretARNs(), "arn:scripts")
	for name := range fullSettings().environment("web") {
		assert.NotContains(t, name, "SCRIPT_MICROSERVICE", "there is no service")
	}
}

func TestSecretsStandInNoPlainVariable(t *testing.T) {
	t.Parallel()
	for _, process := range full().processes() {
		for name := range fullSettings().environment(process) {
			assert.NotRegexp(t, `PASSWORD|KEY|SECRET|TOKEN|USERNAME`, name)
		}
	}
}

// TestEveryContainerIsHardened: whatever runs for a tenant, in each process.
func TestEveryContainerIsHardened(t *testing.T) {
	t.Parallel()
	args := full()
	drains := map[string]int{"web": 120, "worker": 120, "scheduler": 120, "migrate": 120, "websocket": 30}
	commands := map[string][]string{
		"worker":    {"php", "artisan", "horizon"},
		"scheduler": {"php", "artisan", "schedule:work"},
		"websocket": {"laravel-echo-server", "start", "--force"},
		"migrate":   {"sh", "-c", migrate},
	}
	ports := map[string]int{"web": 8080, "websocket": 6001}
	var seen []string
	for _, p := range append(args.servers(), args.scheduler()) {
		for _, c := range args.containers(p, fullSettings()) {
			seen = append(seen, c.Name)
			assert.Equal(t, "1000:1000", c.User, c.Name)
			assert.True(t, c.ReadonlyRootFilesystem, c.Name)
			assert.Equal(t, []string{"ALL"}, c.LinuxParameters.Capabilities.Drop, c.Name)
			assert.Equal(t, "awslogs", c.LogConfiguration.LogDriver, c.Name)
			assert.Equal(t, "/haven/demo-acme/"+p.name, c.LogConfiguration.Options["awslogs-group"], c.Name)
			assert.Equal(t, "non-blocking", c.LogConfiguration.Options["mode"], c.Name)
			assert.Equal(t, drains[c.Name], c.StopTimeout, c.Name)
			assert.Equal(t, commands[c.Name], c.Command, c.Name)
			assertListens(t, ports[c.Name], c)
			assert.Contains(t, c.MountPoints,
				task.MountPoint{SourceVolume: "files", ContainerPath: "/code/pm4/storage/app"}, c.Name)
		}
	}
	assert.Equal(t, []string{"web", "worker", "websocket", "migrate", "scheduler"}, seen)
}

// assertListens: on that port alone, or on none.
func assertListens(t *testing.T, port int, c task.Container) {
	t.Helper()
	want := []task.PortMap{}
	if port != 0 {
		want = append(want, task.PortMap{ContainerPort: port, HostPort: port, Protocol: "tcp"})
	}
	assert.Equal(t, want, c.PortMappings, c.Name)
}

// TestDatabaseIsReadyBeforeTheSchedulerRuns and before whatever waits for the scheduler.
func TestDatabaseIsReadyBeforeTheSchedulerRuns(t *testing.T) {
	t.Parallel()
	all := full().containers(full().scheduler(), fullSettings())
	require.Len(t, all, 2)
	assert.False(t, all[0].Essential, "it ends, and the task goes on")
	assert.Equal(t, []task.Dependency{{ContainerName: "migrate", Condition: "SUCCESS"}}, all[1].DependsOn)
	assert.Equal(t, "admin@acme.example", all[0].Environment["ADMIN_EMAIL"])
	assert.Equal(t, "arn:admin", all[0].Secrets["ADMIN_PASSWORD"])
	assert.NotContains(t, all[1].Secrets, "ADMIN_PASSWORD")
	assert.NotContains(t, migrate, "migrate:fresh")
}

func TestLogsOfEveryProcessCanBeWritten(t *testing.T) {
	t.Parallel()
	got, err := executionPermissions(full(), []string{"arn:x"}, []string{"arn:key"}).Identity()
	require.NoError(t, err)
	for _, process := range []string{"scheduler", "web", "websocket", "worker"} {
		assert.Contains(t, got, `"arn:aws:logs:eu-west-1:123456789012:log-group:/haven/demo-acme/`+process+`:*"`)
	}
}

func TestFilesPermissions(t *testing.T) {
	t.Parallel()
	got, err := filesPermissions(full(), "fs-1", "fsap-1").Identity()
	require.NoError(t, err)
	assert.Equal(t, `{"Version":"2012-10-17","Statement":[{"Sid":"MountFiles","Effect":"Allow",`+
		`"Action":["elasticfilesystem:ClientMount","elasticfilesystem:ClientWrite"],`+
		`"Resource":["arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-1"],`+
		`"Condition":{"StringEquals":{"elasticfilesystem:AccessPointArn":`+
		`["arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-1"]}}}]}`, got)
}

func TestRequestsLabel(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:"
	got, err := requestsLabel(arn+"listener/app/demo-cell-alb/1/2", arn+"targetgroup/demo-acme-web/3")
	require.NoError(t, err)
	assert.Equal(t, "app/demo-cell-alb/1/targetgroup/demo-acme-web/3", got)
	_, err = requestsLabel(arn+"listener/net/demo/1/2", arn+"targetgroup/demo-acme-web/3")
	assert.EqualError(t, err, `ListenerARN: "`+arn+`listener/net/demo/1/2", expected the ARN of an Application Load `+
		"Balancer's listener")
}
