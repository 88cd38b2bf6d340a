package topics

import (
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"haven/policy/graph"
	"haven/policy/rules"
)

var environments = []rules.Rule{
	on("app-environment", ofApplications(hardened), taskDefinition),
	on("app-files", ofApplications(keepsFiles), taskDefinition),
	on("dump-environment", dumps, taskDefinition),
	across("app-own-stores", ownStores, taskDefinition),
	across("dump-users", dumpsUsers, taskDefinition),
}

// told are a container's variables.
func (c container) told() map[string]string {
	all := map[string]string{}
	for _, v := range c.Environment {
		all[v.Name] = v.Value
	}
	return all
}

// dumping is how the variables begin that the image of dumps reads.
const dumping = "HAVEN_DUMP_"

func (c container) isDump() bool {
	return slices.ContainsFunc(c.Environment, func(v variable) bool { return strings.HasPrefix(v.Name, dumping) })
}

// makesDumps says whether a container makes dumps: it is told where to, or how. One that brings a dump back is not.
func (c container) makesDumps() bool {
	told := c.told()
	return slices.ContainsFunc([]string{"BUCKET", "LOCK_DAYS", "PREFIX", "RECIPIENTS"}, func(name string) bool {
		return told[dumping+name] != ""
	})
}

// isApplication says whether a container is the application: it is told its address, or given its key, and makes no
// dumps.
func (c container) isApplication() bool {
	given := slices.ContainsFunc(c.Secrets, func(v variable) bool { return v.Name == "APP_KEY" })
	return !c.isDump() && (given || c.told()["APP_URL"] != "")
}

// ofApplications demands something of each container that is the application.
func ofApplications(check func(*rules.Look, container)) func(*rules.Look) {
	return func(l *rules.Look) {
		for _, c := range containers(l) {
			if c.isApplication() {
				check(l, c)
			}
		}
	}
}

// refuse refuses a container for what it is told as a variable.
func (c container) refuse(l *rules.Look, variable, want string) {
	l.RefuseFound("containerDefinitions", "of a container "+c.Name+" with "+variable+" = "+
		strconv.Quote(c.told()[variable]), want, "set environment "+variable)
}

// required are what the application must be told, by the variable, as one of these values.
// https://laravel.com/docs/9.x/session#configuration
// https://cheatsheetseries.owasp.org/cheatsheets/Laravel_Cheat_Sheet.html
var required = map[string][]string{
	"APP_DEBUG": {"false"}, "APP_ENV": {"production"}, "FORCE_HTTPS": {"true"}, "SESSION_SECURE_COOKIE": {"true"},
	"SESSION_HTTP_ONLY": {"true"}, "SESSION_SAME_SITE": {"lax", "strict"}, "LOG_CHANNEL": {"stderr"},
	"NGINX_CLIENT_MAX_BODY_SIZE": promised, "PHP_POST_MAX_SIZE": promised, "PHP_UPLOAD_MAX_FILESIZE": promised,
}

// promised is what customers may upload, and no more.
var promised = []string{"100M"}

// longestSession is how many minutes a session may lie idle: twelve hours, after which NIST asks whoever has a second
// factor to sign in again.
// https://pages.nist.gov/800-63-3/sp800-63b.html#aal2reauth
const longestSession = 12 * 60

func hardened(l *rules.Look, c container) {
	told := c.told()
	for _, name := range slices.Sorted(maps.Keys(required)) {
		if !slices.Contains(required[name], told[name]) {
			c.refuse(l, name, listed(required[name]))
		}
	}
	if minutes, err := strconv.Atoi(told["SESSION_LIFETIME"]); err != nil || minutes < 1 || minutes > longestSession {
		c.refuse(l, "SESSION_LIFETIME", strconv.Itoa(longestSession)+" minutes or less")
	}
	if !verifies(told["MYSQL_ATTR_SSL_CA"]) {
		c.refuse(l, "MYSQL_ATTR_SSL_CA", "the path of Amazon's certificates")
	}
	if !privateRanges(told["PROXIES"]) {
		c.refuse(l, "PROXIES", "the private ranges of the load balancer: who else is believed may say who he is")
	}
	if !strings.HasPrefix(told["REDIS_HOST"], "tls://") {
		c.refuse(l, "REDIS_HOST", "one by tls://")
	}
	if host, https := strings.CutPrefix(told["APP_URL"], "https://"); !https || host != told["SESSION_DOMAIN"] {
		c.refuse(l, "APP_URL", "https:// and its SESSION_DOMAIN")
	}
	ofWebsockets(l, c, told)
}

// ofWebsockets is about what only the container of websockets is told, which asks the application who somebody is.
func ofWebsockets(l *rules.Look, c container, told map[string]string) {
	for _, name := range []string{"BROADCASTER_HOST", "LARAVEL_ECHO_SERVER_AUTH_HOST"} {
		if told[name] != "" && told[name] != told["APP_URL"] {
			c.refuse(l, name, "its APP_URL: it is sent what people sign in with")
		}
	}
	if debug := told["LARAVEL_ECHO_SERVER_DEBUG"]; debug != "" && debug != "false" {
		c.refuse(l, "LARAVEL_ECHO_SERVER_DEBUG", `"false"`)
	}
}

// verifies says whether a path is that of the certificates by which Amazon's databases are known.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
func verifies(path string) bool {
	return strings.HasPrefix(path, "/") && strings.HasSuffix(path, "global-bundle.pem")
}

// privateRanges says whether a list is of ranges that nobody has on the internet.
func privateRanges(list string) bool {
	for text := range strings.SplitSeq(list, ",") {
		if prefix, err := netip.ParsePrefix(text); err != nil || !prefix.Addr().IsPrivate() {
			return false
		}
	}
	return true
}

// keepsFiles demands that the application's files outlive its tasks: one of what it mounts is a file system.
func keepsFiles(l *rules.Look, c container) {
	kept := map[string]bool{}
	for _, volume := range l.Each("volumes") {
		kept[volume.Text("name")] = filled(volume, "efsVolumeConfiguration")
	}
	if l.Known("volumes") && !slices.ContainsFunc(c.MountPoints, func(m mount) bool { return kept[m.SourceVolume] }) {
		l.RefuseFound("volumes", "without a file system that the container "+c.Name+" mounts", "one",
			"add an efsVolumeConfiguration: else its files go with the task")
	}
}

// recipient is a public key of age: a dump's secrets are sealed to each, and read with the private key of one.
// https://github.com/C2SP/C2SP/blob/main/age.md
var recipient = regexp.MustCompile(`^age1[02-9ac-hj-np-z]{58}$`)

// dumps demands that a container that makes dumps encrypts them, locks them, and puts them where its tenant's are.
func dumps(l *rules.Look) {
	for _, c := range containers(l) {
		if c.makesDumps() {
			dumpsSafely(l, c, c.told())
		}
	}
}

// leastLocked is how many days a dump must stay as it is, as any backup.
const leastLocked = 7

func dumpsSafely(l *rules.Look, c container, told map[string]string) {
	for who := range strings.SplitSeq(told[dumping+"RECIPIENTS"], ",") {
		if !recipient.MatchString(strings.TrimSpace(who)) {
			c.refuse(l, dumping+"RECIPIENTS", "public keys of age, to which its secrets are sealed")
		}
	}
	if days, err := strconv.Atoi(told[dumping+"LOCK_DAYS"]); err != nil || days < leastLocked || days > mostLocked {
		c.refuse(l, dumping+"LOCK_DAYS", strconv.Itoa(leastLocked)+" to "+strconv.Itoa(mostLocked)+" days")
	}
	if told[dumping+"BUCKET"] == "" {
		c.refuse(l, dumping+"BUCKET", "the bucket of backups")
	}
	if !verifies(told["MYSQL_ATTR_SSL_CA"]) {
		c.refuse(l, "MYSQL_ATTR_SSL_CA", "the path of Amazon's certificates")
	}
	tenant := l.Text("tags.tenant")
	if l.Known("tags") && (tenant == "" || told[dumping+"TENANT"] != tenant) {
		c.refuse(l, dumping+"TENANT", "that of the tag tenant")
	}
	to := "tenants/" + told[dumping+"TENANT"]
	within := func(kind string) bool { return strings.HasPrefix(told[dumping+"PREFIX"], to+kind) }
	if !within("/dumps/") && !within("/final/") || !strings.HasSuffix(told[dumping+"PREFIX"], "/") {
		c.refuse(l, dumping+"PREFIX", `"tenants/", the tenant and "/dumps/" or "/final/", where the tenant's role may write`)
	}
	mounted := slices.ContainsFunc(c.MountPoints, func(m mount) bool { return m.ContainerPath == told[dumping+"FILES"] })
	if len(c.MountPoints) > 0 && !mounted {
		c.refuse(l, dumping+"FILES", "the containerPath of what it mounts: else files are not in the dump")
	}
}

// mostLocked is ten years: what is locked longer by mistake cannot be taken back.
const mostLocked = 3650

// addressed are the variables that say where the application keeps what is customers', and the types and outputs that
// answer there.
var addressed = map[string]struct{ token, output string }{
	"DB_HOSTNAME": {database, "address"}, "DATA_DB_HOST": {database, "address"},
	"REDIS_HOST":                     {cacheGroup, "primaryEndpointAddress"},
	"LARAVEL_ECHO_SERVER_REDIS_HOST": {cacheGroup, "primaryEndpointAddress"},
}

// ownStores demands that a container keeps what it is given in the stores of its own stack, and is given that stack's
// secrets. A stack that brings back what another one had has that one's secrets, and waits for its stores.
func ownStores(l *rules.Look) {
	if l.Graph().Restoring(l.Resource.Stack) {
		return
	}
	for _, c := range containers(l) {
		told := c.told()
		for _, s := range c.Secrets {
			if s.ValueFrom != "" && !secretOfStack(l, s.ValueFrom) {
				l.RefuseFound("containerDefinitions", "of a container "+c.Name+" with the secret "+s.Name+" from "+s.ValueFrom,
					"a Secret of the stack, or a database's", "name it")
			}
		}
		for _, name := range slices.Sorted(maps.Keys(addressed)) {
			host, to := strings.TrimPrefix(told[name], "tls://"), addressed[name]
			own := func(r *graph.Resource) bool {
				answers := l.At(r).Output()
				return r.Stack == l.Resource.Stack && (!answers.Known(to.output) || answers.Text(to.output) == host)
			}
			if told[name] != "" && !slices.ContainsFunc(l.Graph().OfType(to.token), own) && l.Sure() {
				c.refuse(l, name, "the address of a "+kind(to.token)+" of the stack")
			}
		}
	}
}

// secretOfStack says whether that is a secret of the stack, or that of one of its databases, or a value or version of
// one.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Secret.html
func secretOfStack(l *rules.Look, from string) bool {
	parts := strings.Split(from, ":")
	arn := strings.Join(parts[:min(len(parts), arnParts)], ":")
	is := func(token, path string) bool {
		return slices.ContainsFunc(inStack(l, token), func(r *graph.Resource) bool {
			answers := l.At(r).Output()
			return !answers.Known(path) ||
				slices.Contains(answers.Texts(path), arn) && partOfSecret.MatchString(from[len(arn):])
		})
	}
	if is(secret, "arn") || is(database, "masterUserSecrets[*].secretArn") {
		return true
	}
	return !l.Sure()
}

// partOfSecret is what may stand behind the ARN of a secret: a key of its JSON, a stage and a version.
var partOfSecret = regexp.MustCompile(`^(:[A-Za-z_]*:[A-Z]*:[0-9a-f-]*)?$`)

// arnParts are how many parts the ARN of a secret has.
const arnParts = 7

// dumpsUsers demands that a dump has the users of a pool that its stack has: there is no other copy of them.
func dumpsUsers(l *rules.Look) {
	for _, c := range containers(l) {
		pools := inStack(l, userPool)
		if !c.makesDumps() || len(pools) == 0 {
			continue
		}
		told := c.told()[dumping+"USER_POOL"]
		if !slices.ContainsFunc(pools, func(r *graph.Resource) bool { return r.ID == "" || r.ID == told }) {
			c.refuse(l, dumping+"USER_POOL", "the pool of the stack")
		}
	}
}
