package cloud

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

func sourceNotFound(operation string) Error {
	return rds.says(operation, "DBInstanceNotFound", "DBInstance %s not found.").withStatus(404)
}

func isARN(name string) bool {
	_, _, _, is := arnParts(name)
	return is
}

// sourceOf is the instance that an instance replicates: an ARN follows its region, an identifier is of the same region.
func sourceOf(c *Call, name string) (Resource, bool) {
	if region, _, _, far := arnParts(name); far {
		return c.World.Find(rdsInstance, c.Account, region, "arn", name)
	}
	return c.find(rdsInstance, "identifier", name)
}

// replicasOf are the identifiers of an instance's replicas in its own region and the ARNs of those in others.
func replicasOf(c *Call, arn string) []string {
	var replicas []string
	region, _, _, _ := arnParts(arn)
	for _, instance := range c.World.List(rdsInstance, c.Account, "") {
		from := Text(instance.Inputs, "replicateSourceDb")
		switch {
		case from == "":
		case instance.Region != region && from == arn:
			replicas = append(replicas, instance.Text("arn"))
		case instance.Region == region && (from == arn || from == lastPart(arn, ":")):
			replicas = append(replicas, instance.Text("identifier"))
		}
	}
	return replicas
}

// refuseReadReplica: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html.
func refuseReadReplica(c *Call) error {
	source, found := sourceOf(c, c.text("replicateSourceDb"))
	if c.Old != nil || !found {
		return nil
	}
	refused := func(code, format string, args ...any) error {
		return rds.refuses("CreateDBInstanceReadReplica", code, format, args...)
	}
	far := source.Region != c.Region
	days, _ := numberAt(source.Outputs, "backupRetentionPeriod")
	encrypted := props.Flag(source.Outputs, "storageEncrypted")
	switch {
	case source.Text("status") != "available":
		return refused("InvalidDBInstanceState", "DB instance is not in an available state: %s",
			source.Text("identifier"))
	case days == 0:
		return refused("InvalidDBInstanceState", "Automated backups are not enabled for this database instance. To"+
			" enable automated backups, use ModifyDBInstance to set the backup retention period to a non-zero value.")
	case props.Flag(source.Outputs, "manageMasterUserPassword") && source.Text("engine") != "sqlserver-ee":
		return refused("InvalidParameterValue", "Creating read replicas for source instance with engine %s where"+
			" ManageMasterUserPassword is enabled is not supported.", source.Text("engine"))
	case far && encrypted && !c.has("kmsKeyId"):
		return refused("InvalidParameterCombination",
			"Cannot create a cross region unencrypted read replica from encrypted source.")
	case !far && c.has("kmsKeyId"):
		return refused("InvalidParameterCombination", "Your request does not require the KMS key parameter. Please"+
			" remove the KMS key parameter and try your request again.")
	case !encrypted && c.has("kmsKeyId"):
		return refused("InvalidParameterCombination",
			"You cannot create an encrypted Read Replica from an unencrypted DB instance.")
	}
	return nil
}

// refuseReadReplicaChange: a replica is promoted by no longer naming its source; nothing becomes one that was made
// without, and a source keeps its backups:
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Promote.html.
func refuseReadReplicaChange(c *Call) error {
	if c.Old == nil {
		return nil
	}
	days, given := c.number("backupRetentionPeriod")
	switch {
	case c.has("replicateSourceDb") && c.text("replicateSourceDb") != Text(c.Old.Inputs, "replicateSourceDb"):
		return errors.New("cannot elect new source database for replication")
	case given && days == 0 && len(replicasOf(c, c.Old.Text("arn"))) > 0:
		return rds.refuses("ModifyDBInstance", "InvalidParameterCombination", "Cannot disable automated backups of a DB"+
			" instance that is the source of read replicas: %s", c.Old.Text("identifier"))
	}
	return nil
}

// inherited are what a replica has of its source, and keeps when it is promoted, and what is restored has of its own.
var inherited = []string{"allocatedStorage", "dbName", "engine", "engineLifecycleSupport", "engineVersion",
	"engineVersionActual", "licenseModel", "storageEncrypted", "username"}

// inherit fills in what a replica has of its source; one that was promoted keeps it.
func inherit(c *Call, out *outputs) {
	from, found := sourceOf(c, c.text("replicateSourceDb"))
	if !found && c.Old == nil {
		from, found = madeFrom(c)
	}
	switch {
	case found:
	case c.Old != nil && (!c.has("engine") || !c.has("username")):
		from = *c.Old
	default:
		return
	}
	for _, name := range inherited {
		if v := from.Outputs.Get(name); !v.IsNull() {
			out.fill(name, v)
		}
	}
}

// replicatedBackupsType is an instance's automated backups in another region:
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_StartDBInstanceAutomatedBackupsReplication.html.
func replicatedBackupsType() *Type {
	return &Type{
		Token: rdsReplicatedBackups,
		ID: func(c *Call) string {
			return c.arn("rds", "auto-backup:ab-"+randomFrom("abcdefghijklmnopqrstuvwxyz0123456789", 39))
		},
		References: []Reference{
			{Property: "sourceDbInstanceArn", To: rdsInstance, By: "arn", Region: "any",
				NotFound: sourceNotFound("StartDBInstanceAutomatedBackupsReplication")},
			toKey("kmsKeyId", rds.says("StartDBInstanceAutomatedBackupsReplication", "KMSKeyNotAccessibleFault",
				"The specified KMS key [%s] does not exist, is not enabled or you do not have permissions to access it.")),
		},
		Unique: []Unique{{Property: "sourceDbInstanceArn", Taken: rds.says("StartDBInstanceAutomatedBackupsReplication",
			"InvalidDBInstanceState", "Automated backups of %s are already replicated to this region.")}},
		Refuse: firstOf(refuseReplicatedBackups, oneMore(replicatedBackupsPerRegion,
			rds.says("StartDBInstanceAutomatedBackupsReplication", "DBInstanceAutomatedBackupQuotaExceeded",
				"The quota for retained automated backups was exceeded. This prevents you from retaining any additional"+
					" automated backups."))),
		Computed: func(c *Call) map[string]property.Value {
			return c.outputs().fill("retentionPeriod", num(7)).fillText("kmsKeyId", "").values
		},
	}
}

func refuseReplicatedBackups(c *Call) error {
	refused := func(code, format string, args ...any) error {
		return rds.refuses("StartDBInstanceAutomatedBackupsReplication", code, format, args...)
	}
	source, found := sourceOf(c, c.text("sourceDbInstanceArn"))
	if days, given := c.number("retentionPeriod"); given && (days < 1 || days > 35) {
		return refused("InvalidParameterValue",
			"Invalid backup retention period: %d. Retention period must be between 1 and 35.", days)
	}
	days, _ := numberAt(source.Outputs, "backupRetentionPeriod")
	switch {
	case !found:
		return nil
	case source.Region == c.Region:
		return refused("InvalidParameterValue",
			"Automated backups cannot be replicated to the region of their DB instance: %s", c.Region)
	case source.Text("status") != "available":
		return refused("InvalidDBInstanceState", "DB instance is not in an available state: %s",
			source.Text("identifier"))
	case days == 0:
		return refused("InvalidDBInstanceState", "Automated backups are not enabled for this database instance. To"+
			" enable automated backups, use ModifyDBInstance to set the backup retention period to a non-zero value.")
	case c.Old == nil && props.Flag(source.Outputs, "storageEncrypted") && !c.has("kmsKeyId"):
		return refused("InvalidParameterCombination", "Encrypted instances require a valid KMS key ID")
	}
	return nil
}
