package application

import "strconv"

// databaseCA is where the image keeps the certificates that the database's is checked against.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
const databaseCA = "/etc/ssl/certs/aws-rds-global-bundle.pem"

// settings are what the application's configuration depends on.
type settings struct {
	host              string
	databaseHost      string
	databasePort      int
	databaseName      string
	databaseSecretARN string
	appKeyARN         string
}

// environment is what may be read by whoever may read the task definition.
//
// Any task answers any request, so nothing that outlives a request is kept in a task: sessions travel in the user's
// encrypted cookie, and jobs run within the request that makes them. Every address is trusted as a proxy because only
// the load balancer can reach a task.
func (s settings) environment() []variable {
	port := strconv.Itoa(s.databasePort)
	return []variable{
		{"APP_DEBUG", "false"},
		{"APP_ENV", "production"},
		{"APP_URL", "https://" + s.host},
		{"BROADCAST_DRIVER", "log"},
		{"CACHE_DRIVER", "file"},
		{"DATA_DB_DATABASE", s.databaseName},
		{"DATA_DB_DRIVER", "mysql"},
		{"DATA_DB_HOST", s.databaseHost},
		{"DATA_DB_PORT", port},
		{"DB_DATABASE", s.databaseName},
		{"DB_HOSTNAME", s.databaseHost},
		{"DB_PORT", port},
		{"FORCE_HTTPS", "true"},
		{"LOG_CHANNEL", "stderr"},
		{"MYSQL_ATTR_SSL_CA", databaseCA},
		{"PROXIES", "*"},
		{"QUEUE_DRIVER", "sync"},
		{"SESSION_DOMAIN", s.host},
		{"SESSION_DRIVER", "cookie"},
		{"SESSION_HTTP_ONLY", "true"},
		{"SESSION_LIFETIME", "60"}, // minutes
		{"SESSION_SAME_SITE", "lax"},
		{"SESSION_SECURE_COOKIE", "true"},
	}
}

// secrets are what ECS fetches when it starts a task: a whole secret, or one key of a secret's JSON.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
func (s settings) secrets() []secret {
	username := s.databaseSecretARN + ":username::"
	password := s.databaseSecretARN + ":password::"
	return []secret{
		{"APP_KEY", s.appKeyARN},
		{"DATA_DB_PASSWORD", password},
		{"DATA_DB_USERNAME", username},
		{"DB_PASSWORD", password},
		{"DB_USERNAME", username},
	}
}
