package stacks

const mirrorOutput = "mirror"

// MirrorOutputs is what a mirror tells the tenants that are watched in it, and whoever restores from it.
type MirrorOutputs struct {
	Environment string `mapstructure:"environment"`
	Production  bool   `mapstructure:"production"`
	Owner       string `mapstructure:"owner"`
	// Project is the ID of the Google Cloud project, Location that of its bucket.
	Project  string `mapstructure:"project"`
	Location string `mapstructure:"location"`
	// Cells are the stack names of the cells whose backups are copied.
	Cells         []string `mapstructure:"cells"`
	RetentionDays int      `mapstructure:"retentionDays"`
	// Bucket holds the copies, under the names that they have in the cells' backup buckets; KeyID is its key's name.
	Bucket string `mapstructure:"bucket"`
	KeyID  string `mapstructure:"keyId"`
	// DumpsMetric counts the complete dumps that have arrived, by tenant.
	DumpsMetric string `mapstructure:"dumpsMetric"`
	// CriticalChannels and WarningChannels are where alarms of each severity go.
	CriticalChannels []string `mapstructure:"criticalChannels"`
	WarningChannels  []string `mapstructure:"warningChannels"`
}

// mirrorSource is what a mirror reads of what a cell exports.
type mirrorSource struct {
	Environment     string `mapstructure:"environment"`
	Account         string `mapstructure:"account"`
	Region          string `mapstructure:"region"`
	ArchiveBucket   string `mapstructure:"archiveBucket"`
	ArchiveKeyARN   string `mapstructure:"archiveKeyArn"`
	ArchiveQueueARN string `mapstructure:"archiveQueueArn"`
}
