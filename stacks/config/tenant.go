package config

// Tenant is everything that one customer owns. Environment, account, regions and owner are those of its cell.
type Tenant struct {
	// Name is the tenant's name. Default: the stack's name after its environment.
	Name string `json:"name"`
	// Cell is the stack name of the cell it lives in.
	Cell string `json:"cell"`
	// Slot is its place in the cell, 1 to the cell's Slots: no two tenants of a cell share one. It decides the
	// priority of its listener rules.
	Slot int `json:"slot"`
	// Host is where its users find it. Default "<name>.<the cell's domain>"; always below that domain.
	Host string `json:"host"`
	// Database is its RDS instance.
	Database Database `json:"database"`
	// Application is what runs for it.
	Application Application `json:"application"`
}

// Database is a tenant's RDS MySQL instance.
type Database struct {
	// InstanceClass is RDS's, for example "db.t4g.medium" (the default). Changing it is a short Multi-AZ fail-over.
	InstanceClass string `json:"instanceClass"`
	// StorageGiB is the storage at creation, 20 to 59578. Default 20. It can grow, never shrink.
	StorageGiB int `json:"storageGiB"`
	// MaxStorageGiB is how far storage grows by itself, 65536 at most and at least 10 % more than StorageGiB.
	// Default 200.
	MaxStorageGiB int `json:"maxStorageGiB"`
	// BackupRetentionDays is how far back point-in-time recovery reaches, 7 to 35. Default 35.
	BackupRetentionDays int `json:"backupRetentionDays"`
	// BackupWindow is the daily window of the snapshot, UTC, "hh:mm-hh:mm", at least half an hour. Default "01:00-02:00".
	BackupWindow string `json:"backupWindow"`
	// MaintenanceWindow is the weekly window of patches, UTC, "ddd:hh:mm-ddd:hh:mm", at least half an hour and apart
	// from BackupWindow. Default "sun:03:00-sun:04:00".
	MaintenanceWindow string `json:"maintenanceWindow"`
}

// Application is what runs for a tenant.
type Application struct {
	// Image is the container image. Outside the environment "demo" it must carry a digest.
	Image string `json:"image"`
	// CPU is Fargate's CPU units for each task. Default 1024.
	CPU int `json:"cpu"`
	// MemoryMiB is each task's memory, one that Fargate allows with CPU. Default 2048.
	MemoryMiB int `json:"memoryMiB"`
	// Tasks is how many run at least, spread over the zones: 2 to 20. Default 2.
	Tasks int `json:"tasks"`
}
