package cloud

import (
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

// restored is what an instance is made from.
type restored struct {
	operation string
	// source is the instance whose data it is, where it is still there.
	source Resource
	found  bool
	// key encrypts what it is made from, and with it what is made.
	key string
}

// pointInTime is the block that names a time; of two there is one.
func pointInTime(c *Call) (property.Map, bool) {
	for _, block := range props.Maps(c.Inputs, "restoreToPointInTime") {
		return block, true
	}
	return property.Map{}, false
}

// refuseRestore is about an instance that is made from a copy:
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceFromDBSnapshot.html and
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_RestoreDBInstanceToPointInTime.html.
func refuseRestore(c *Call) error {
	block, inTime := pointInTime(c)
	var of restored
	var err error
	switch {
	case c.Old != nil:
		return nil
	case c.text("snapshotIdentifier") != "":
		of, err = fromSnapshot(c)
	case inTime:
		of, err = fromPointInTime(c, block)
	default:
		return nil
	}
	if err != nil {
		return err
	}
	return refuseRestored(c, of)
}

func (r restored) refused(code, format string, args ...any) error {
	return rds.refuses(r.operation, code, format, args...)
}

// fromSnapshot is a complete snapshot of the account in the region, by its ARN or its name.
func fromSnapshot(c *Call) (restored, error) {
	of := restored{operation: "RestoreDBInstanceFromDBSnapshot"}
	name := c.text("snapshotIdentifier")
	arn := name
	if !isARN(name) {
		arn = c.arn("rds", "snapshot:"+name)
	}
	notFound := rds.refuses(of.operation, "DBSnapshotNotFound", "DBSnapshot not found: %s", name).withStatus(404)
	region, account, _, _ := arnParts(arn)
	keeper, knows := c.World.(CopyKeeper)
	if !knows || region != c.Region || account != c.Account {
		return of, notFound
	}
	copied, found := keeper.Snapshot(arn)
	if !found {
		return of, notFound
	}
	of.key = copied.Key
	of.source, of.found = sourceOf(c, copied.Resource)
	return of, nil
}

// fromPointInTime is an instance's own automated backups, or replicated ones, at a time that they reach.
func fromPointInTime(c *Call, block property.Map) (restored, error) {
	of := restored{operation: "RestoreDBInstanceToPointInTime"}
	name, backups := Text(block, "sourceDbInstanceIdentifier"), Text(block, "sourceDbInstanceAutomatedBackupsArn")
	at, latest := Text(block, "restoreTime"), props.Flag(block, "useLatestRestorableTime")
	switch {
	case (name == "") == (backups == "") && Text(block, "sourceDbiResourceId") == "":
		return of, of.refused("InvalidParameterCombination", "Exactly one of SourceDBInstanceIdentifier,"+
			" SourceDbiResourceId and SourceDBInstanceAutomatedBackupsArn must be specified.")
	case (at == "") == !latest:
		return of, of.refused("InvalidParameterCombination",
			"Exactly one of RestoreTime and UseLatestRestorableTime must be specified.")
	}
	holder, err := of.holder(c, name, backups)
	if err != nil {
		return of, err
	}
	return of, of.within(c, holder, at)
}

// holder is the Pulumi ID by which the world knows the backups, or their ARN.
func (r *restored) holder(c *Call, name, backups string) (string, error) {
	if backups == "" {
		if r.source, r.found = c.find(rdsInstance, "identifier", name); !r.found {
			return "", rds.refuses(r.operation, "DBInstanceNotFound", "DBInstance %s not found.", name).withStatus(404)
		}
		if days, _ := numberAt(r.source.Outputs, "backupRetentionPeriod"); days == 0 {
			return "", r.refused("PointInTimeRestoreNotEnabled", "SourceDBInstanceIdentifier %s has no automated backups.",
				name)
		}
		r.key = r.source.Text("kmsKeyId")
		return r.source.ID, nil
	}
	replicated, found := c.find(rdsReplicatedBackups, "id", backups)
	if !found {
		return "", rds.refuses(r.operation, "DBInstanceAutomatedBackupNotFound", "Automated backup %s not found.",
			backups).withStatus(404)
	}
	r.key = replicated.Text("kmsKeyId")
	r.source, r.found = sourceOf(c, replicated.Text("sourceDbInstanceArn"))
	return backups, nil
}

// within says whether the backups reach a time; "" is the latest they do.
func (r *restored) within(c *Call, holder, at string) error {
	keeper, knows := c.World.(CopyKeeper)
	if !knows {
		return r.refused("PointInTimeRestoreNotEnabled", "%s cannot be restored to a point in time yet.", holder)
	}
	window, found := keeper.Window(holder)
	if !found {
		return r.refused("InvalidRestoreFault", "%s has no restorable time yet.", holder)
	}
	if at == "" {
		return nil
	}
	asked, err := time.Parse(time.RFC3339, at)
	switch {
	case err != nil || !strings.HasSuffix(at, "Z"):
		return r.refused("InvalidParameterValue", "RestoreTime %s is no time in UTC.", at)
	case asked.Before(window.From) || asked.After(window.Until):
		return r.refused("InvalidRestoreFault", "The restore time %s lies outside of %s to %s, the restore window.", at,
			window.From.Format(time.RFC3339), window.Until.Format(time.RFC3339))
	}
	return nil
}

// refuseRestored is about what an instance has of what it is made from, and cannot have otherwise.
func refuseRestored(c *Call, of restored) error {
	switch key := c.text("kmsKeyId"); {
	case c.has("dbName"):
		return of.refused("InvalidParameterCombination", "DBName must be null when restoring for this Engine.")
	case c.has("username"):
		return of.refused("InvalidParameterCombination", "MasterUsername is that of the source, and cannot be given.")
	case key != "" && of.key != "" && key != of.key:
		return of.refused("InvalidParameterCombination", "The instance is encrypted with the key of its source, %s: another"+
			" one would replace it with the next update.", of.key)
	case of.key != "" && !c.flag("storageEncrypted"):
		return of.refused("InvalidParameterCombination",
			"The instance is encrypted as its source is: StorageEncrypted false would replace it with the next update.")
	case !usableKey(c, of.key):
		return rdsKeyNotFound.With(of.key)
	}
	if !of.found {
		return nil
	}
	engine := of.source.Text("engine")
	size, _ := numberAt(of.source.Outputs, "allocatedStorage")
	given, sized := c.number("allocatedStorage")
	switch {
	case c.has("engine") && c.text("engine") != engine:
		return of.refused("InvalidParameterCombination", "The engine %s is not compatible with %s, that of the source.",
			c.text("engine"), engine)
	case majorVersion(c.text("engineVersion")) != "" &&
		majorVersion(c.text("engineVersion")) != majorVersion(of.source.Text("engineVersion")):
		return of.refused("InvalidParameterCombination", "The source is of the version %s.",
			of.source.Text("engineVersion"))
	case sized && given < size:
		return of.refused("InvalidParameterCombination",
			"Invalid storage size: %d is less than the %d of the source.", given, size)
	}
	return nil
}

// usableKey says whether a key of KMS is there, and on. AWS's own always is.
func usableKey(c *Call, arn string) bool {
	if arn == "" {
		return true
	}
	for _, token := range []string{kmsKey, kmsReplicaKey} {
		if key, found := c.find(token, "arn", arn); found {
			return !isFalse(key.Outputs.Get("enabled")) && !isFalse(key.Outputs.Get("isEnabled"))
		}
	}
	return arn == awsManagedKey(c, "rds")
}

func isFalse(v property.Value) bool { return v.IsBool() && !v.AsBool() }

// madeFrom is the instance whose data an instance was made from, where it is still there.
func madeFrom(c *Call) (Resource, bool) {
	block, inTime := pointInTime(c)
	keeper, knows := c.World.(CopyKeeper)
	switch {
	case inTime && Text(block, "sourceDbInstanceIdentifier") != "":
		return c.find(rdsInstance, "identifier", Text(block, "sourceDbInstanceIdentifier"))
	case inTime:
		replicated, _ := c.find(rdsReplicatedBackups, "id", Text(block, "sourceDbInstanceAutomatedBackupsArn"))
		return sourceOf(c, replicated.Text("sourceDbInstanceArn"))
	case knows && c.text("snapshotIdentifier") != "":
		copied, _ := keeper.Snapshot(c.text("snapshotIdentifier"))
		return sourceOf(c, copied.Resource)
	}
	return Resource{}, false
}
