// Package limits is what RDS allows of the settings of a tenant's MySQL instance.
//
// It is pure: no Pulumi, no cloud SDK, so that a stack file is checked by the same rules as the component. Each
// function answers nil, or an error that says what it got and what is allowed; the caller adds the field.
package limits

import (
	"fmt"
	"regexp"
	"slices"
)

var classForm = regexp.MustCompile(`^db\.[a-z0-9]+\.(micro|small|medium|large|\d*xlarge)$`)

// tooSmall are the classes on which RDS for MySQL has no Performance Insights, which every instance here has.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.Engines.html
var tooSmall = []string{
	"db.t2.micro", "db.t2.small", "db.t3.micro", "db.t3.small", "db.t4g.micro", "db.t4g.small",
}

// InstanceClass is RDS's form of a class, large enough for Performance Insights.
func InstanceClass(class string) error {
	if !classForm.MatchString(class) {
		return fmt.Errorf(`%q, expected an RDS instance class such as "db.t4g.medium"`, class)
	}
	if slices.Contains(tooSmall, class) {
		return fmt.Errorf(`%q, which has no Performance Insights; expected at least "db.t4g.medium"`, class)
	}
	return nil
}

// StorageGiB is 20 to 65,536, the range of gp3 storage for MySQL.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
func StorageGiB(gib int) error {
	if gib < minStorageGiB || gib > maxStorageGiB {
		return fmt.Errorf("%d, expected %d to %d GiB", gib, minStorageGiB, maxStorageGiB)
	}
	return nil
}

// MaxStorageGiB is how far storage may grow by itself: RDS asks for a tenth above what is allocated at least.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
func MaxStorageGiB(most, allocated int) error {
	allocated = max(allocated, minStorageGiB)
	least := allocated + (allocated+9)/10
	if most < least || most > maxStorageGiB {
		return fmt.Errorf("%d, expected %d (a tenth above the storage at creation) to %d GiB", most, least, maxStorageGiB)
	}
	return nil
}

const (
	minStorageGiB = 20
	maxStorageGiB = 65536
)

// BackupRetentionDays is 7 to 35: less would not outlive a holiday, more RDS does not keep.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html
func BackupRetentionDays(days int) error {
	if days < 7 || days > 35 {
		return fmt.Errorf("%d, expected 7 to 35 days", days)
	}
	return nil
}
