package cloud

import "time"

// Copied is a copy of the data of a database or a file system as it was at one time.
type Copied struct {
	// Source is the Pulumi ID of whose data it is, Resource that one's ARN.
	Source, Resource string
	// Key is the ARN of the key that it is encrypted under.
	Key string
	// DataTime is the state of the data that it holds.
	DataTime time.Time
}

// Window is what a copy that is kept up all the time can give back: any time between two, both included.
type Window struct {
	// Source is the Pulumi ID of whose data it is.
	Source      string
	From, Until time.Time
}

// CopyKeeper is a world that knows the copies of data that there are.
type CopyKeeper interface {
	// Snapshot is the complete snapshot or recovery point of that ARN.
	Snapshot(arn string) (Copied, bool)
	// Window is that of a holder: the Pulumi ID of a database for its automated backups, that of a read replica, the ARN of
	// automated backups that are replicated from another region.
	Window(holder string) (Window, bool)
}
