package application

import "haven/components/task"

// migrate is a shell script that leaves the database as the image needs it. How many tables there are is asked of the
// database itself, and any answer but a plain 0, a failure to ask among them, keeps the installation from running.
//
// The installation writes a .env with a new APP_KEY, which is gone with the task: what the environment gives takes
// precedence, and that is the tenant's own key.
// https://laravel.com/docs/11.x/configuration#environment-configuration
//
// The installation also makes the key pair that signs tokens, and would again: keep holds to the first pair that there
// was, in copies that nothing else writes. A database with tables and no pair is one whose files are not there: a new
// pair would void every token that was given out, and hide that.
const migrate = `set -eu
files=/code/pm4/storage/app
pair() { [ -s "$files/oauth-public$1.key" ] && [ -s "$files/oauth-private$1.key" ]; }
keep() {
    for half in public private; do
        key=$files/oauth-$half.key first=$files/oauth-$half.first.key
        [ -s "$first" ] || { cp -p "$key" "$first.part"; mv "$first.part" "$first"; }
        cmp -s "$first" "$key" || cp -p "$first" "$key"
    done
}
given=${PASSPORT_PRIVATE_KEY:+yes}
tables=$(php -r '
$database = new PDO(
    "mysql:host=".getenv("DB_HOSTNAME").";port=".getenv("DB_PORT").";dbname=".getenv("DB_DATABASE"),
    getenv("DB_USERNAME"), getenv("DB_PASSWORD"),
    [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::MYSQL_ATTR_SSL_CA => getenv("MYSQL_ATTR_SSL_CA")]);
echo $database->query("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()")->fetchColumn();
')
if [ "$tables" = 0 ]; then
    if [ -z "$given" ] && pair ""; then keep; fi
    php artisan processmaker:install --no-interaction --url="$APP_URL" --broadcast-host="$BROADCASTER_HOST" \
        --username=admin --password="$ADMIN_PASSWORD" --email="$ADMIN_EMAIL" --first-name=Admin --last-name=User \
        --db-host="$DB_HOSTNAME" --db-port="$DB_PORT" --db-name="$DB_DATABASE" \
        --db-username="$DB_USERNAME" --db-password="$DB_PASSWORD" \
        --data-driver=mysql --data-host="$DB_HOSTNAME" --data-port="$DB_PORT" --data-name="$DB_DATABASE" \
        --data-username="$DB_USERNAME" --data-password="$DB_PASSWORD" --redis-host="$REDIS_HOST"
    [ -n "$given" ] || keep
else
    if [ -z "$given" ]; then
        if ! pair "" && ! pair .first; then
            echo "the keys that sign tokens are not in $files: bring the files back; where nothing but a first" \
                "installation was cut off, empty the database" >&2
            exit 1
        fi
        keep
    fi
    php artisan migrate --force
    php artisan upgrade --no-interaction
fi
`

// migration is the container that runs before the scheduler, writes to its log, and ends.
func (a Args) migration(s settings) task.Container {
	c := a.container(process{name: "migrate", command: []string{"sh", "-c", migrate}, drain: longestDrainSeconds}, s)
	c.Essential = false
	c.LogConfiguration.Options["awslogs-group"] = a.Scope.Path(a.scheduler().name)
	c.Environment["ADMIN_EMAIL"] = a.AdminEmail
	c.Secrets["ADMIN_PASSWORD"] = s.adminSecretARN
	return c
}
