package application

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumix"

	"haven/components/application/scripts"
	"haven/components/partial"
	"haven/components/task"
)

// uploadLimit lets a file of 100 MB through with what a form wraps around it: PHP and nginx count 100M as 2^20 bytes
// each, which leaves 4.8 MB. Whatever is declared larger is refused at the edge already.
const uploadLimit = "100M"

// settings are what the application's configuration depends on.
type settings struct {
	stack             string
	host              string
	trustedProxies    []string
	databaseHost      string
	databasePort      int
	databaseName      string
	databaseSecretARN string
	appKeyARN         string
	passportSecretARN string // empty where there is none
	adminSecretARN    string
	cacheHost         string // empty where there is none
	cachePort         int
	cacheSecretARN    string
	cacheVersionID    string          // that of its secret
	scripts           scripts.Service // the zero value where there is none
}

// environment is what may be read by whoever may read the task definition.
func (s settings) environment(process string) task.Variables {
	port := strconv.Itoa(s.databasePort)
	all := task.Variables{
		"APP_DEBUG":                  "false",
		"APP_ENV":                    "production",
		"APP_URL":                    "https://" + s.host,
		"DATA_DB_DATABASE":           s.databaseName,
		"DATA_DB_DRIVER":             "mysql",
		"DATA_DB_HOST":               s.databaseHost,
		"DATA_DB_PORT":               port,
		"DB_DATABASE":                s.databaseName,
		"DB_HOSTNAME":                s.databaseHost,
		"DB_PORT":                    port,
		"FORCE_HTTPS":                "true",
		"LOG_CHANNEL":                "stderr",
		"MYSQL_ATTR_SSL_CA":          task.DatabaseCA,
		"NGINX_CLIENT_MAX_BODY_SIZE": uploadLimit,
		"PHP_POST_MAX_SIZE":          uploadLimit,
		"PHP_UPLOAD_MAX_FILESIZE":    uploadLimit,
		"PROXIES":                    strings.Join(s.trustedProxies, ","),
		"SESSION_DOMAIN":             s.host,
		"SESSION_HTTP_ONLY":          "true",
		"SESSION_LIFETIME":           "60", // minutes
		"SESSION_SAME_SITE":          "lax",
		"SESSION_SECURE_COOKIE":      "true",
	}
	if s.runsScripts(process) {
		maps.Copy(all, s.scriptVariables())
	}
	if s.cacheHost == "" {
		maps.Copy(all, alone())
	} else {
		maps.Copy(all, s.shared(process))
	}
	return all
}

// alone is what a task does that shares nothing with others. Any task answers any request, so nothing that outlives a
// request is kept in a task: sessions travel in the user's encrypted cookie, and jobs run within the request that makes
// them.
func alone() task.Variables {
	return task.Variables{
		"BROADCAST_DRIVER": "log",
		"CACHE_DRIVER":     "file",
		"QUEUE_DRIVER":     "sync",
		"SESSION_DRIVER":   "cookie",
	}
}

// shared is how tasks find what they share. The scheme "tls" has phpredis check the cache's certificate.
// https://github.com/phpredis/phpredis#connecting
func (s settings) shared(process string) task.Variables {
	port := strconv.Itoa(s.cachePort)
	all := task.Variables{
		"BROADCASTER_HOST": "https://" + s.host,
		"BROADCAST_DRIVER": "redis",
		"CACHE_DRIVER":     "redis",
		"HORIZON_PREFIX":   s.stack + ":horizon:",
		"QUEUE_DRIVER":     "redis",
		"REDIS_CLIENT":     "phpredis",
		"REDIS_HOST":       "tls://" + s.cacheHost,
		"REDIS_PORT":       port,
		"REDIS_PREFIX":     s.stack + ":",
		"SESSION_DRIVER":   "redis",
	}
	if process != websocket {
		return all
	}
	all["LARAVEL_ECHO_SERVER_AUTH_HOST"] = "https://" + s.host
	all["LARAVEL_ECHO_SERVER_DEBUG"] = "false"
	all["LARAVEL_ECHO_SERVER_PORT"] = strconv.Itoa(WebSocketPort)
	all["LARAVEL_ECHO_SERVER_REDIS_HOST"] = s.cacheHost
	all["LARAVEL_ECHO_SERVER_REDIS_PORT"] = port
	return all
}

// secrets are what ECS fetches when it starts a task.
func (s settings) secrets(process string) task.Secrets {
	username, password := task.Key(s.databaseSecretARN, "username"), task.Key(s.databaseSecretARN, "password")
	all := task.Secrets{
		"APP_KEY":          s.appKeyARN,
		"DATA_DB_PASSWORD": password,
		"DATA_DB_USERNAME": username,
		"DB_PASSWORD":      password,
		"DB_USERNAME":      username,
	}
	if process == websocket {
		all["LARAVEL_ECHO_SERVER_REDIS_PASSWORD"] = s.cachePassword()
	}
	if s.passportSecretARN != "" {
		all["PASSPORT_PRIVATE_KEY"] = task.Key(s.passportSecretARN, "privateKey")
		all["PASSPORT_PUBLIC_KEY"] = task.Key(s.passportSecretARN, "publicKey")
	}
	if s.runsScripts(process) {
		maps.Copy(all, s.scriptSecrets())
	}
	if s.cacheHost != "" {
		all["REDIS_PASSWORD"] = s.cachePassword()
	}
	return all
}

func (s settings) cachePassword() string { return task.Version(s.cacheSecretARN, s.cacheVersionID) }

// runsScripts says whether a process hands scripts to a service: whatever is of PHP does.
func (s settings) runsScripts(process string) bool { return s.scripts.Given() && process != websocket }

// scriptVariables and scriptSecrets are how the service that runs scripts is found, under the names that the
// application reads.
// https://github.com/ProcessMaker/processmaker/blob/develop/config/script-runner-microservice.php
func (s settings) scriptVariables() task.Variables {
	return task.Variables{
		"KEYCLOAK_BASE_URL":            s.scripts.TokenURL,
		"SCRIPT_MICROSERVICE_BASE_URL": s.scripts.BaseURL,
		"SCRIPT_MICROSERVICE_CALLBACK": "https://" + s.host + s.scripts.CallbackPath,
		"SCRIPT_MICROSERVICE_ENABLED":  "true",
	}
}

func (s settings) scriptSecrets() task.Secrets {
	return task.Secrets{
		"KEYCLOAK_CLIENT_ID":     task.Key(s.scripts.SecretARN, "clientID"),
		"KEYCLOAK_CLIENT_SECRET": task.Key(s.scripts.SecretARN, "clientSecret"),
		"KEYCLOAK_PASSWORD":      task.Key(s.scripts.SecretARN, "password"),
		"KEYCLOAK_USERNAME":      task.Key(s.scripts.SecretARN, "username"),
	}
}

// secretARNs are all secrets that starting a task takes.
func (s settings) secretARNs() []string {
	all := []string{s.databaseSecretARN, s.appKeyARN, s.passportSecretARN, s.adminSecretARN, s.cacheSecretARN,
		s.scripts.SecretARN}
	return slices.DeleteFunc(all, func(arn string) bool { return arn == "" })
}

// settings are resolved once everything that they name is known, and in a preview as far as it is.
func (a Args) settings(ctx *pulumi.Context) pulumix.Output[settings] {
	values := pulumi.StringMap{
		"databaseHost": a.Database.Host, "databaseSecretARN": a.Database.SecretARN, "appKeyARN": a.AppKeyARN,
	}
	if a.PassportSecretARN != nil {
		values["passportSecretARN"] = a.PassportSecretARN
	}
	cachePort := 0
	if a.Cache != nil {
		values["adminSecretARN"] = a.AdminSecretARN
		values["cacheHost"] = a.Cache.Host
		values["cacheSecretARN"], values["cacheVersionID"] = a.Cache.SecretARN, a.Cache.SecretVersionID
		cachePort = a.Cache.Port
	}
	return pulumix.Apply(partial.Map(ctx, values), func(known map[string]string) settings {
		return settings{
			stack:             a.Scope.Stack,
			host:              a.Host,
			trustedProxies:    a.TrustedProxies,
			databaseHost:      known["databaseHost"],
			databasePort:      a.Database.Port,
			databaseName:      a.Database.Name,
			databaseSecretARN: known["databaseSecretARN"],
			appKeyARN:         known["appKeyARN"],
			passportSecretARN: known["passportSecretARN"],
			adminSecretARN:    known["adminSecretARN"],
			cacheHost:         known["cacheHost"],
			cachePort:         cachePort,
			cacheSecretARN:    known["cacheSecretARN"],
			cacheVersionID:    known["cacheVersionID"],
			scripts:           a.Scripts,
		}
	})
}
