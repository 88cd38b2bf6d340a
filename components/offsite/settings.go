package offsite

import (
	"maps"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// uploadLimit is that of the application in AWS.
const uploadLimit = "100M"

// php is a container of the application's image that runs its PHP, or a command of its.
func (a *Application) php(name string, command []string, listens bool) container {
	of := container{
		name: name, image: a.args.Image, command: command, cpu: a.size.cpu, memory: a.size.memory,
		variables: a.variables(), secrets: a.secrets(), mounts: []mount{databaseMount, filesMount, authorityMount},
		always: true,
	}
	if listens {
		of.port, of.answers = webPort, "/login"
	}
	return of
}

// variables are the application's own, as in AWS: only its stores are reached in other ways. PHP asks the cache's
// authority beside those of the image, for OpenSSL reads SSL_CERT_FILE beside its folder of certificates.
// https://docs.openssl.org/master/man7/openssl-env/
func (a *Application) variables() map[string]pulumi.StringInput {
	stores, scope := a.args.Stores, a.args.Scope
	all := map[string]pulumi.StringInput{
		"DATA_DB_SOCKET": stores.socket(),
		"DB_SOCKET":      stores.socket(),
		"REDIS_HOST":     pulumi.Sprintf("tls://%s", stores.CacheHost),
		"REDIS_PORT":     pulumi.Sprintf("%d", stores.CachePort),
	}
	for name, value := range map[string]string{
		"APP_DEBUG":                  "false",
		"APP_ENV":                    "production",
		"APP_URL":                    "https://" + a.args.Host,
		"BROADCASTER_HOST":           "https://" + a.args.Host,
		"BROADCAST_DRIVER":           "redis",
		"CACHE_DRIVER":               "redis",
		"DATA_DB_DATABASE":           Database,
		"DATA_DB_DRIVER":             "mysql",
		"DATA_DB_USERNAME":           Database,
		"DB_DATABASE":                Database,
		"DB_USERNAME":                Database,
		"FORCE_HTTPS":                "true",
		"HORIZON_PREFIX":             scope.Stack + ":horizon:",
		"LOG_CHANNEL":                "stderr",
		"NGINX_CLIENT_MAX_BODY_SIZE": uploadLimit,
		"PHP_POST_MAX_SIZE":          uploadLimit,
		"PHP_UPLOAD_MAX_FILESIZE":    uploadLimit,
		"PROXIES":                    "*", // whoever reaches the service is the load balancer
		"QUEUE_DRIVER":               "redis",
		"REDIS_CLIENT":               "phpredis",
		"REDIS_PREFIX":               scope.Stack + ":",
		"SESSION_DOMAIN":             a.args.Host,
		"SESSION_DRIVER":             "redis",
		"SESSION_HTTP_ONLY":          "true",
		"SESSION_LIFETIME":           "60", // minutes
		"SESSION_SAME_SITE":          "lax",
		"SESSION_SECURE_COOKIE":      "true",
		"SSL_CERT_FILE":              authorityFolder + "/" + authorityFile,
	} {
		all[name] = pulumi.String(value)
	}
	return all
}

// secrets are what Cloud Run reads when it starts an instance.
func (a *Application) secrets() map[string]string {
	all := map[string]string{
		"APP_KEY":          appKeySecret,
		"DATA_DB_PASSWORD": databaseSecret,
		"DB_PASSWORD":      databaseSecret,
		"REDIS_PASSWORD":   cacheSecret,
	}
	if a.args.Stores.args.Passport {
		maps.Copy(all, map[string]string{"PASSPORT_PRIVATE_KEY": privateSecret, "PASSPORT_PUBLIC_KEY": publicSecret})
	}
	return all
}

// socketServer is what keeps browsers' websockets. It knows the cache, and neither database nor files.
func (a *Application) socketServer() container {
	stores := a.args.Stores
	return container{
		name: websocket, image: a.args.Image, command: []string{"laravel-echo-server", "start", "--force"},
		cpu: "1", memory: "512Mi", port: webSocketPort, answers: "/", always: true,
		variables: map[string]pulumi.StringInput{
			"LARAVEL_ECHO_SERVER_AUTH_HOST":  pulumi.String("https://" + a.args.Host),
			"LARAVEL_ECHO_SERVER_DEBUG":      pulumi.String("false"),
			"LARAVEL_ECHO_SERVER_PORT":       pulumi.Sprintf("%d", webSocketPort),
			"LARAVEL_ECHO_SERVER_REDIS_HOST": stores.CacheHost,
			"LARAVEL_ECHO_SERVER_REDIS_PORT": pulumi.Sprintf("%d", stores.CachePort),
			"NODE_EXTRA_CA_CERTS":            pulumi.String(authorityFolder + "/" + authorityFile),
			"REDIS_PREFIX":                   pulumi.String(a.args.Scope.Stack + ":"),
		},
		secrets: map[string]string{"LARAVEL_ECHO_SERVER_REDIS_PASSWORD": cacheSecret},
		mounts:  []mount{authorityMount},
	}
}
