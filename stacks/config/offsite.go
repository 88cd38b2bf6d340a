package config

import "haven/components/tiers"

// Offsite is a tenant that is brought back in Google Cloud, from the mirror alone: in a drill, or when AWS is lost. Its
// file says all there is to know, and names nothing in AWS. The stack is named "<environment>-<tenant>-offsite", lives
// as long as the drill or the disaster, and is brought up by itself: `haven up` leaves it alone.
type Offsite struct {
	// Environment is the tenant's, for example "demo".
	Environment string `json:"environment"`
	// Owner is the team that answers for it, the value of the label "owner". Default "platform".
	Owner string `json:"owner"`
	// Tenant is the tenant's name. Default what the stack's name has between its environment and "offsite".
	Tenant string `json:"tenant"`
	// Tier is the tenant's, and says how large everything is: "standard" (the default), "continuity" or "critical".
	Tier tiers.Tier `json:"tier"`
	// Project is the ID of a Google Cloud project that holds this tenant and nothing else, made beforehand.
	Project string `json:"project"`
	// Region is one of Google Cloud's in the European Union. Default "europe-west4". It cannot be changed later.
	Region string `json:"region"`
	// Host is where its users find it: a name that can be delegated to the stack's own name servers.
	Host string `json:"host"`
	// Mirror is where the dump lies.
	Mirror OffsiteMirror `json:"mirror"`
	// Dump is the prefix of the dump that is brought back, "tenants/<tenant>/dumps/<time>".
	Dump string `json:"dump"`
	// DumpImage is haven-dump's, in Artifact Registry and with its digest.
	DumpImage string `json:"dumpImage"`
	// Application is what serves the tenant.
	Application OffsiteApplication `json:"application"`
	// Database is how large the database's disk is at first.
	Database OffsiteDatabase `json:"database"`
	// Alerts are the addresses that alarms are sent to.
	Alerts MirrorAlerts `json:"alerts"`
	// Serving has the application run. Default false: first the data and the keys are brought back, for it must not start
	// without them.
	Serving bool `json:"serving"`
}

// OffsiteMirror is the mirror's bucket, and the project that it is in.
type OffsiteMirror struct {
	Project string `json:"project"`
	Bucket  string `json:"bucket"`
}

// OffsiteApplication is the application.
type OffsiteApplication struct {
	// Image is in Artifact Registry, with its digest.
	Image string `json:"image"`
	// Passport says that the keys that tokens are signed with are sealed in the dump. Default false: they lie among the
	// files.
	Passport bool `json:"passport"`
}

// OffsiteDatabase is the tenant's database.
type OffsiteDatabase struct {
	// StorageGiB is the size of its disk, 20 to 65536; it grows by itself. Default 100.
	StorageGiB int `json:"storageGiB"`
}
