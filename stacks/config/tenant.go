package config

// Tenant is everything that one customer owns. Environment, account, regions and owner are those of its cell.
type Tenant struct {
	// Name is the tenant's name. Default: the stack's name after its environment, of a stack that restores another the
	// name of that one after it.
	Name string `json:"name"`
	// Cell is the stack name of the cell it lives in.
	Cell string `json:"cell"`
	// Slot is its place in the cell, 1 to the cell's Slots: no two tenants of a cell share one. It decides the
	// priority of its listener rules.
	Slot int `json:"slot"`
	// Host is where its users find it. Default "<name>.<the cell's domain>", of a drill the stack's name after its
	// environment in place of the tenant's; always below that domain, but for a tenant that is taken over elsewhere.
	Host string `json:"host"`
	// Tier says how old copies of its data may be, and what it is sized for where the file names no size. Default
	// "standard". Changing it replaces no data.
	Tier Tier `json:"tier"`
	// Standby is the stack name of the cell that stands by for its own, which takes it over. Required in the tier
	// "critical", whose replica lies there. Default: none, it can be brought back there, and people find it once its
	// host's record has been changed.
	Standby string `json:"standby"`
	// Mirror is the stack name of the mirror in which the age of its newest dump is watched. Default: none, nobody is
	// told when its dumps no longer reach the other cloud.
	Mirror string `json:"mirror"`
	// State is where it is in its life. Default "active".
	State State `json:"state"`
	// DeletionDate is the first day, UTC, on which a tenant that leaves may be gone: "2027-03-31". In the states "leaving"
	// and "gone", and only there.
	DeletionDate string `json:"deletionDate"`
	// Wave is when a change reaches it, 0 to 9: the canaries of wave 0 first, each further wave after the one before has
	// succeeded. Default 1.
	Wave int `json:"wave"`
	// MonthlyBudgetUSD is what it may cost in a month, in US dollars; whoever gets warnings is told when it is nearly or
	// likely spent. Default 0: no budget is watched.
	MonthlyBudgetUSD int `json:"monthlyBudgetUSD"`
	// MaintenancePage answers every request with a page that says so, while everything goes on running. Default false.
	MaintenancePage bool `json:"maintenancePage"`
	// Identity is how its people sign in.
	Identity Identity `json:"identity"`
	// Database is its RDS instance.
	Database Database `json:"database"`
	// Cache is its ElastiCache replication group.
	Cache Cache `json:"cache"`
	// Application is what runs for it.
	Application Application `json:"application"`
	// Data says which generation of its data serves, and which others there still are. Default: the first, and no other.
	Data Data `json:"data"`
	// Restore says that it is brought back from copies. Default: it is the tenant itself.
	Restore Restore `json:"restore"`
}

// Identity is how a tenant's people and scripts sign in.
type Identity struct {
	// Mode is "none" (the default: the application's own accounts), "password" (a user pool with a second factor), "saml"
	// or "oidc" (the customer's own provider). Changing between the last three keeps the pool.
	Mode string `json:"mode"`
	// SSOOnly lets nobody reach the application who has not signed in at the load balancer. Default false.
	SSOOnly bool `json:"ssoOnly"`
	// SessionHours is how long one sign-in lasts, 1 to 24. Default 10.
	SessionHours int `json:"sessionHours"`
	// MetadataURL is where the SAML provider publishes its metadata; with the mode "saml".
	MetadataURL string `json:"metadataURL"`
	// Issuer, ClientID and ClientSecretARN are the OIDC provider's, the last the secret in Secrets Manager whose whole
	// text is the client's secret; with the mode "oidc".
	Issuer          string `json:"issuer"`
	ClientID        string `json:"clientID"`
	ClientSecretARN string `json:"clientSecretARN"`
	// NoticesFrom is the ARN of a verified identity in SES, from which the owner of an account is told of a sign-in that
	// was blocked, "arn:aws:ses:eu-west-1:123456789012:identity/your-company.com"; with the mode "password". SES is in
	// the sandbox of new accounts until AWS lifts that: then it tells verified addresses alone.
	NoticesFrom string `json:"noticesFrom"`
	// Scripts are accounts of scripts, each with no more scopes than it needs. Default: none.
	Scripts []Script `json:"scripts"`
}

// Script is the account of a script.
type Script struct {
	Name   string   `json:"name"`
	Scopes []string `json:"scopes"`
}

// ReplicaState is where the replica of a tenant that leaves the tier "critical" is on its way.
type ReplicaState string

const (
	// ReplicaReleased replicas may be deleted.
	ReplicaReleased ReplicaState = "released"
	// ReplicaDropped replicas are deleted; RDS does not know of that before the update is over.
	ReplicaDropped ReplicaState = "dropped"
)

var replicaStates = []ReplicaState{ReplicaReleased, ReplicaDropped}

// Database is a tenant's RDS MySQL instance.
type Database struct {
	// InstanceClass is RDS's, for example "db.t4g.medium". Default: the tier's. Changing it is a short Multi-AZ fail-over.
	InstanceClass string `json:"instanceClass"`
	// StorageGiB is the storage at creation, 20 to 59578. Default 20. It can grow, never shrink.
	StorageGiB int `json:"storageGiB"`
	// MaxStorageGiB is how far storage grows by itself, 65536 at most and at least 10 % more than StorageGiB.
	// Default 200.
	MaxStorageGiB int `json:"maxStorageGiB"`
	// BackupRetentionDays is how far back point-in-time recovery reaches, 7 to 35. Default 35.
	BackupRetentionDays int `json:"backupRetentionDays"`
	// BackupWindow is the daily window of the snapshot, UTC, "hh:mm-hh:mm", at least half an hour. Default: the
	// cell's.
	BackupWindow string `json:"backupWindow"`
	// MaintenanceWindow is the weekly window of patches, UTC, "ddd:hh:mm-ddd:hh:mm", at least half an hour and apart
	// from BackupWindow. Default: the cell's; three days earlier in wave 0.
	MaintenanceWindow string `json:"maintenanceWindow"`
	// Replica leads out of the tier "critical", each an update of its own: "released", in that tier, lifts the replica's
	// protection; "dropped", in another tier, deletes it while the password stays where a replica needs it; none again
	// hands the password to RDS. Default: none, the replica is the tier's.
	Replica ReplicaState `json:"replica"`
}

// Cache is a tenant's two nodes of Redis.
type Cache struct {
	// NodeType is ElastiCache's, for example "cache.t4g.small". Default: the tier's. Changing it is a short fail-over.
	NodeType string `json:"nodeType"`
	// SnapshotRetentionDays is how long daily snapshots are kept, 1 to 35. Default 7.
	SnapshotRetentionDays int `json:"snapshotRetentionDays"`
	// SnapshotWindow is the daily window of the snapshot, UTC, "hh:mm-hh:mm", at least an hour. Default: after that of
	// the databases in its cell.
	SnapshotWindow string `json:"snapshotWindow"`
	// MaintenanceWindow is the weekly window of patches, UTC, "ddd:hh:mm-ddd:hh:mm", at least an hour and apart from
	// SnapshotWindow. Default: after that of the databases in its cell and wave.
	MaintenanceWindow string `json:"maintenanceWindow"`
	// TokenRotation is how many times its password has been made anew: raise it by one to rotate. Default 0.
	TokenRotation int `json:"tokenRotation"`
}

// Application is what runs for a tenant.
type Application struct {
	// Image is the container image. Outside the environment "demo" it must carry a digest.
	Image string `json:"image"`
	// AdminEmail is the address of the user "admin" that the installation makes. Default "admin@<the cell's domain>".
	AdminEmail string `json:"adminEmail"`
	// Web answers its users: at least 2 tasks, spread over the zones. Default: the tier's sizes.
	Web Process `json:"web"`
	// Worker works through the queues. Default: the tier's sizes.
	Worker Process `json:"worker"`
	// WebSocket tells browsers what happens. Default: the tier's sizes.
	WebSocket Process `json:"websocket"`
	// Scheduler runs what is due, in one task. Default: the tier's size.
	Scheduler Task `json:"scheduler"`
	// Scripts is the service that runs its scripts. Default: none, scripts cannot be run.
	Scripts ScriptService `json:"scripts"`
}

// ScriptService runs a tenant's scripts, since its own tasks cannot. All of it is given, or nothing.
type ScriptService struct {
	// BaseURL is where it is asked, by https.
	BaseURL string `json:"baseURL"`
	// TokenURL is where the application gets the tokens that it asks with, by https.
	TokenURL string `json:"tokenURL"`
	// CallbackPath is where on the tenant's host it brings results; the application's version decides it.
	CallbackPath string `json:"callbackPath"`
	// SecretARN is the secret in Secrets Manager with "clientID", "clientSecret", "username" and "password" in JSON: the
	// tenant's own at TokenURL, and no other tenant's. The secret lies in the cell's account and region, under the
	// tenant's key for secrets or under Secrets Manager's own.
	SecretARN string `json:"secretARN"`
}

// Process is a kind of process of which there are more or fewer, as its load asks for.
type Process struct {
	// CPU is Fargate's CPU units for each task, 1024 to a virtual CPU; MemoryMiB a memory that Fargate allows with it.
	CPU       int `json:"cpu"`
	MemoryMiB int `json:"memoryMiB"`
	// Min is how many tasks run at least, Max at most, up to 20. Where they are the same nothing scales.
	Min int `json:"min"`
	Max int `json:"max"`
}

// Task is the size of a single task, as in Process.
type Task struct {
	CPU       int `json:"cpu"`
	MemoryMiB int `json:"memoryMiB"`
}
