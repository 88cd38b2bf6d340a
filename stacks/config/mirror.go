package config

// Mirror is the copy of an environment's backups in another company's cloud, Google's. An environment has one.
type Mirror struct {
	// Environment is the first part of the names of all of its stacks, for example "demo". The stack is named
	// "<environment>-mirror".
	Environment string `json:"environment"`
	// Production refuses teardown and `haven down`. Default false.
	Production bool `json:"production"`
	// Owner is the team that answers for it, the value of the label "owner". Default "platform".
	Owner string `json:"owner"`
	// Project is the ID of the Google Cloud project, which holds nothing else: everything in it is logged.
	Project string `json:"project"`
	// Location is where the copies lie: "EUR4" (the default), which is Finland and the Netherlands, or "EU", two of
	// whose regions Regions are. It cannot be changed later without another mirror.
	Location string `json:"location"`
	// Regions are two of Google Cloud's in the European Union; with the location EU, and only there.
	Regions []string `json:"regions"`
	// Cells are the stack names of the cells whose backups are copied: each of the environment's, those that stand by
	// included, where the only dumps are once tenants were brought back there.
	Cells []string `json:"cells"`
	// RetentionDays is how long nobody can delete a copy, and after which it is deleted: 35 to 3650. Default 90. Once
	// locked it can be raised only.
	RetentionDays int `json:"retentionDays"`
	// Locked keeps everyone from shortening the retention, for ever. Default true; false is for environments that are
	// torn down again, and refused in production.
	Locked bool `json:"locked"`
	// SoftDeleteDays is how long a deleted copy can be brought back: 7 to 90. Default 30.
	SoftDeleteDays int `json:"softDeleteDays"`
	// Alerts are the addresses that the mirror's alarms are sent to, by Google Cloud: they come when AWS is lost, too.
	Alerts MirrorAlerts `json:"alerts"`
}

// MirrorAlerts are the mail addresses of each severity.
type MirrorAlerts struct {
	// Critical is for what needs somebody now, whatever the hour. At least one.
	Critical []string `json:"critical"`
	// Warning is for what needs somebody within the day. Default: those of Critical.
	Warning []string `json:"warning"`
}
