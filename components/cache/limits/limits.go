// Package limits is what a tenant's cache may be: what ElastiCache allows, and of that what keeps a tenant safe.
//
// It is pure: no Pulumi, no cloud SDK, so that a stack file is checked by the same rules as the component. Each
// function answers nil or a *limit.Error; the caller adds the field.
package limits

import (
	"haven/components/limit"
	"haven/components/window"
)

// ElastiCache keeps automatic snapshots for 35 days at most; 0 would turn them off.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-automatic.html
const (
	MinSnapshotRetentionDays = 1
	MaxSnapshotRetentionDays = 35
)

// windows are ElastiCache's.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
var windows = window.Rules{ShortestMinutes: 60}

// nodeSizes are the sizes of the node types that run Valkey 8 with encryption, of the generations that AWS recommends.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html
var nodeSizes = map[string][]string{
	"t3":  {"micro", "small", "medium"},
	"t4g": {"micro", "small", "medium"},
	"m5":  {"large", "xlarge", "2xlarge", "4xlarge", "12xlarge", "24xlarge"},
	"m6g": gravitonSizes,
	"m7g": gravitonSizes,
	"r5":  {"large", "xlarge", "2xlarge", "4xlarge", "12xlarge", "24xlarge"},
	"r6g": gravitonSizes,
	"r7g": gravitonSizes,
}

var gravitonSizes = []string{"large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"}

// NodeType is a family and a size that ElastiCache offers with all that a cache here has.
func NodeType(nodeType string) error {
	return limit.Class{
		Prefix:      "cache",
		Sizes:       nodeSizes,
		OtherFamily: `choose one that Valkey 8 runs on, like "cache.t4g.small"`,
		OtherSize:   "choose a size that ElastiCache has",
	}.Check(nodeType)
}

// SnapshotWindow is daily, UTC, "hh:mm-hh:mm", of 60 minutes at least.
func SnapshotWindow(text string) error { return windows.Daily(text) }

// MaintenanceWindow is weekly, UTC, "ddd:hh:mm-ddd:hh:mm", of 60 minutes to a day.
func MaintenanceWindow(text string) error { return windows.Weekly(text) }

// WindowsApart keeps a patch from running into the snapshot, which ElastiCache refuses. snapshotField is the caller's
// name for the snapshot window, the error the maintenance window's. With a window that is wrong itself any other is
// right.
func WindowsApart(maintenance, snapshot, snapshotField string) error {
	return windows.Apart(maintenance, snapshot, snapshotField)
}
