package application

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/application/fargate"
	"haven/components/application/scripts"
	"haven/components/arguments"
	"haven/components/naming"
	"haven/components/partial"
	"haven/components/task"
)

// Args says what runs, where, and what it may reach.
type Args struct {
	// Scope names and tags everything.
	Scope naming.Scope
	// Account and Region are where it runs.
	Account, Region string
	// Host is where its users find it.
	Host string
	// Image is the container image.
	Image string
	// Web is what answers its users: fargate.MinTasks to fargate.MaxTasks.
	Web Scaled
	// Worker and WebSocket, 1 to fargate.MaxTasks of each, and Scheduler run beside it where there is a Cache.
	Worker, WebSocket Scaled
	Scheduler         Size
	// Suspended keeps everything and runs nothing. Default false.
	Suspended bool
	// ClusterARN is the cell's ECS cluster.
	ClusterARN pulumi.StringInput
	// SubnetIDs are the cell's private subnets, one for each zone.
	SubnetIDs pulumi.StringArrayInput
	// SecurityGroupID is the group of the tenant's tasks, DatabaseClientsID a further one by which they reach a database
	// that is not the stack's. Default of the latter: none.
	SecurityGroupID, DatabaseClientsID pulumi.StringInput
	// ListenerARN is the cell's HTTPS listener; needed where Web scales, for the requests are counted at its load
	// balancer.
	ListenerARN pulumi.StringInput
	// TargetGroupARN is where web's tasks register, and Rule the listener rule that leads there: ECS refuses a target
	// group that no listener leads to.
	TargetGroupARN pulumi.StringInput
	Rule           pulumi.Resource
	// WebSocketTargetGroupARN and WebSocketRule are the same of the websocket's tasks.
	WebSocketTargetGroupARN pulumi.StringInput
	WebSocketRule           pulumi.Resource
	// LogsKeyARN is the tenant's key for logs, LogRetentionDays one of CloudWatch Logs' values.
	LogsKeyARN       pulumi.StringInput
	LogRetentionDays int
	// SecretsKeyARN is the tenant's key for secrets, AppKeyARN the secret that holds Laravel's APP_KEY.
	SecretsKeyARN, AppKeyARN pulumi.StringInput
	// RestoredKeyARN is the key of those of the secrets that were the tenant's before it was restored, and have another
	// key. Default none.
	RestoredKeyARN pulumi.StringInput
	// PassportSecretARN is the secret with "privateKey" and "publicKey", in PEM, that tokens are signed with. Default
	// none: the pair lies among the Files, which are needed then where there is a Cache.
	PassportSecretARN pulumi.StringInput
	// AdminSecretARN is the secret with the first password of the user "admin", and AdminEmail that user's address;
	// needed where there is a Cache, for the installation. Changing them later changes no user.
	AdminSecretARN pulumi.StringInput
	AdminEmail     string
	// TrustedProxies are the ranges whose X-Forwarded headers are believed: those of the load balancer's subnets.
	TrustedProxies []string
	// Scripts is where the tenant's scripts run. Default none: they cannot be run.
	Scripts scripts.Service
	// Database is the tenant's.
	Database Database
	// Cache is the tenant's. Default none: only web runs.
	Cache *Cache
	// Files are the tenant's. Default none: what is uploaded is gone with the task.
	Files *Files
}

// Size is that of a task: a pair that package fargate offers.
type Size struct {
	// CPU is the CPU units, 1024 to a virtual CPU.
	CPU       int
	MemoryMiB int
}

// Scaled is a process of which there are more or fewer, as its load asks for.
type Scaled struct {
	Size
	// Min is how many run at least, Max at most. Where they are the same nothing scales.
	Min, Max int
}

// Database is where the application finds its data.
type Database = task.Database

// Files are the tenant's.
type Files = task.Files

// Cache is the tenant's Redis, which is reached over TLS.
type Cache struct {
	Host pulumi.StringInput
	Port int
	// SecretARN is the secret that holds its password, SecretVersionID the version that the cache takes: another one
	// rolls all services.
	SecretARN, SecretVersionID pulumi.StringInput
}

// groups are the security groups of each task.
func (a Args) groups() pulumi.StringArray { return task.Given(a.SecurityGroupID, a.DatabaseClientsID) }

// secretsKeys are the keys of the secrets.
func (a Args) secretsKeys(ctx *pulumi.Context) pulumi.StringArrayOutput {
	return partial.Array(ctx, task.Given(a.SecretsKeyARN, a.RestoredKeyARN))
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	a.Web.check(&problems, "Web", fargate.MinTasks)
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	problems.Require("Host", a.Host != "")
	problems.Require("Image", a.Image != "")
	problems.Require("ClusterARN", a.ClusterARN != nil)
	problems.Require("SubnetIDs", a.SubnetIDs != nil)
	problems.Require("SecurityGroupID", a.SecurityGroupID != nil)
	problems.Require("TrustedProxies", len(a.TrustedProxies) > 0)
	problems.Require("ListenerARN", a.ListenerARN != nil || !a.Web.scales())
	problems.Require("TargetGroupARN", a.TargetGroupARN != nil)
	problems.Require("Rule", a.Rule != nil)
	problems.Require("LogsKeyARN", a.LogsKeyARN != nil)
	problems.Require("LogRetentionDays", a.LogRetentionDays > 0)
	problems.Require("SecretsKeyARN", a.SecretsKeyARN != nil)
	problems.Require("AppKeyARN", a.AppKeyARN != nil)
	a.Database.Check(&problems)
	a.Scripts.Check(func(field string, err error) { problems.Check("Scripts."+field, err) })
	a.checkCache(&problems)
	if a.Files != nil {
		a.Files.Check(&problems)
	}
	return problems.Err()
}

// checkCache looks at the cache and at what runs only with one.
func (a Args) checkCache(problems *arguments.Problems) {
	if a.Cache == nil {
		return
	}
	problems.Require("Cache.Host", a.Cache.Host != nil)
	problems.Require("Cache.Port", a.Cache.Port > 0)
	problems.Require("Cache.SecretARN", a.Cache.SecretARN != nil)
	problems.Require("Cache.SecretVersionID", a.Cache.SecretVersionID != nil)
	a.Worker.check(problems, "Worker", 1)
	a.WebSocket.check(problems, "WebSocket", 1)
	a.Scheduler.check(problems, "Scheduler")
	problems.Require("WebSocketTargetGroupARN", a.WebSocketTargetGroupARN != nil)
	problems.Require("WebSocketRule", a.WebSocketRule != nil)
	problems.Require("AdminSecretARN", a.AdminSecretARN != nil)
	problems.Require("AdminEmail", a.AdminEmail != "")
	problems.Require("Files", a.Files != nil || a.PassportSecretARN != nil)
}

func (s Size) check(problems *arguments.Problems, field string) {
	problems.Check(field+".CPU", fargate.CPU(s.CPU))
	problems.Check(field+".MemoryMiB", fargate.MemoryMiB(s.MemoryMiB, s.CPU))
}

func (s Scaled) check(problems *arguments.Problems, field string, least int) {
	s.Size.check(problems, field)
	problems.Within(field+".Min", s.Min, least, fargate.MaxTasks)
	problems.Within(field+".Max", s.Max, max(s.Min, least), fargate.MaxTasks)
}

func (s Scaled) scales() bool { return s.Max > s.Min }
