// Package limits is what a tenant's MySQL instance may be: what RDS allows, and of that what keeps a tenant safe.
//
// It is pure: no Pulumi, no cloud SDK, so that a stack file is checked by the same rules as the component. Each
// function answers nil or a *limit.Error; the caller adds the field.
package limits

import (
	"fmt"
	"regexp"

	"haven/components/limit"
)

// RDS keeps automated backups for 35 days at most; fewer than 7 would miss an error of the week before.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html
const (
	MinBackupRetentionDays = 7
	MaxBackupRetentionDays = 35
)

// instanceSizes are the sizes of the instance classes that RDS offers for MySQL 8.0 with Multi-AZ, encryption and
// Performance Insights, which the micro and small ones of t3 and t4g lack.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DatabaseInsights.Engines.html
var instanceSizes = map[string][]string{
	"t3":  {"medium", "large", "xlarge", "2xlarge"},
	"t4g": {"medium", "large", "xlarge", "2xlarge"},
	"m6g": gravitonSizes,
	"m7g": gravitonSizes,
	"r6g": gravitonSizes,
	"r7g": gravitonSizes,
	"m6i": {"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "32xlarge"},
	"r6i": {"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "32xlarge"},
	"m7i": {"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge"},
	"r7i": {"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "48xlarge"},
}

var gravitonSizes = []string{"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"}

// InstanceClass is a family and a size that RDS offers with all that an instance here has.
func InstanceClass(class string) error {
	return limit.Class{
		Prefix:      "db",
		Sizes:       instanceSizes,
		OtherFamily: `choose one that MySQL 8.0 runs on with Multi-AZ and Performance Insights, like "db.t4g.medium"`,
		OtherSize:   "choose a size with Multi-AZ and Performance Insights",
	}.Check(class)
}

// RDS's limits for MySQL on gp3 storage, and what of them leaves room to grow.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
const (
	minStorageGiB  = 20
	maxStorageGiB  = 65536
	mostAtCreation = maxStorageGiB * 10 / 11
)

// StorageGiB is the storage at creation, from which it can still grow.
func StorageGiB(gib int) error {
	return limit.Between(gib, minStorageGiB, mostAtCreation, "choose a size in GiB that leaves room to grow")
}

// MaxStorageGiB is how far storage may grow by itself: RDS asks for a threshold at least 10 % above what is allocated.
// With a storage at creation that is wrong itself any is right.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
func MaxStorageGiB(most, atCreation int) error {
	if StorageGiB(atCreation) != nil {
		return nil
	}
	return limit.Between(most, (atCreation*11+9)/10, maxStorageGiB,
		fmt.Sprintf("leave at least 10 %% above the %d of storageGiB", atCreation))
}

// identifier is what RDS takes as the name of an instance.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
var identifier = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

const maxIdentifier = 63

// Identifier is the name of an instance.
func Identifier(name string) error {
	if !identifier.MatchString(name) || len(name) > maxIdentifier {
		return &limit.Error{Got: name, Fix: `write it like "demo-acme-database"`, Want: fmt.Sprintf(
			"the identifier of an instance: small letters, digits and single hyphens, at most %d characters", maxIdentifier)}
	}
	return nil
}
