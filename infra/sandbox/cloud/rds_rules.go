package cloud

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

func instanceRefused(code, format string, args ...any) error {
	return rds.refuses("CreateDBInstance", code, format, args...)
}

var identifier = regexp.MustCompile(`^[A-Za-z][0-9A-Za-z-]*$`)

// refuseIdentifier: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.Constraints.
func refuseIdentifier(path string) check {
	return func(c *Call) error {
		name := c.text(path)
		switch {
		case name == "":
			return nil
		case !identifier.MatchString(name), path == "identifier" && name != strings.ToLower(name):
			return fmt.Errorf("%q must begin with a letter and hold only alphanumeric characters and hyphens: %q", path,
				name)
		case strings.Contains(name, "--"), strings.HasSuffix(name, "-"):
			return fmt.Errorf("%q cannot contain two consecutive hyphens or end with a hyphen: %q", path, name)
		case path == "identifier" && len(name) > 63, len(name) > 255:
			return fmt.Errorf("%q is too long: %q", path, name)
		}
		return nil
	}
}

var (
	instanceClass = regexp.MustCompile(`^db\.([a-z][0-9]?[a-z0-9]*)\.(micro|small|medium|large|\d*xlarge|metal)$`)
	// instanceFamilies: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Types.html.
	instanceFamilies = strings.Fields(`t2 t3 t4g m4 m5 m5d m6g m6gd m6i m6id m7g m7gd m7i m8g m8gd r4 r5 r5b r5d r6g r6gd
		r6i r6id r7g r7gd r7i r8g r8gd x1 x1e x2g x2idn x2iedn x2iezn z1d c6gd`)
	// retiredFamilies are not offered for the engine versions below.
	retiredFamilies = []string{"t2", "m4", "r4"}
)

func refuseInstanceClass(c *Call) error {
	class := c.text("instanceClass")
	m := instanceClass.FindStringSubmatch(class)
	switch {
	case class == "":
		return nil
	case m == nil || !slices.Contains(instanceFamilies, m[1]):
		return instanceRefused("InvalidParameterValue", "Invalid DB Instance class: %s", class)
	case slices.Contains(retiredFamilies, m[1]):
		return instanceRefused("InvalidParameterCombination",
			"RDS does not support creating a DB instance with the following"+
				" combination: DBInstanceClass=%s, Engine=%s, EngineVersion=%s. For supported combinations of instance"+
				" class and"+
				" database engine version, see the documentation.", class, c.text("engine"), c.text("engineVersion"))
	}
	return nil
}

// mysqlVersions are the newest minor versions:
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html.
var mysqlVersions = map[string]string{"5.7": "5.7.44", "8.0": "8.0.43", "8.4": "8.4.6"}

var minorVersion = regexp.MustCompile(`^(\d+\.\d+)(\.\d+)?$`)

// majorVersion is a MySQL version without its minor part, "" where RDS offers none such.
func majorVersion(version string) string {
	m := minorVersion.FindStringSubmatch(version)
	if m == nil || mysqlVersions[m[1]] == "" {
		return ""
	}
	return m[1]
}

func refuseEngineVersion(c *Call) error {
	version := c.text("engineVersion")
	if c.text("engine") == "mysql" && version != "" && majorVersion(version) == "" {
		return instanceRefused("InvalidParameterCombination", "Cannot find version %s for mysql", version)
	}
	return nil
}

// smallestStorage by type, GiB: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html.
var smallestStorage = map[string]int{"standard": 5, "gp2": 20, "gp3": 20, "io1": 100, "io2": 100}

const (
	largestStorage = 65536 // GiB
	// stripedStorage is where RDS stripes volumes, from when gp3 takes more than its baseline.
	stripedStorage = 400 // GiB
)

func storageType(c *Call) string {
	switch kind := c.text("storageType"); {
	case kind != "":
		return kind
	case c.has("iops"):
		return "io1"
	}
	return "gp2"
}

func refuseStorage(c *Call) error {
	size, given := c.number("allocatedStorage")
	if !given && c.has("allocatedStorage") {
		return nil
	}
	kind := storageType(c)
	restored := c.has("snapshotIdentifier") || c.has("replicateSourceDb") || c.has("restoreToPointInTime")
	kept := restored || c.Old != nil && !given
	if !kept && (size < smallestStorage[kind] || size > largestStorage) {
		return instanceRefused("InvalidParameterValue",
			"Invalid storage size for engine name %s and storage type %s: %d",
			c.text("engine"), kind, size)
	}
	if limit, ok := c.number("maxAllocatedStorage"); ok && limit != 0 && limit <= size {
		return instanceRefused("InvalidParameterCombination", "Max storage size must be greater than storage size")
	}
	if kind == "gp3" && given && size < stripedStorage && (c.has("iops") || c.has("storageThroughput")) {
		return instanceRefused("InvalidParameterCombination",
			"You can't specify IOPS or storage throughput for engine %s and"+
				" a storage size less than %d.", c.text("engine"), stripedStorage)
	}
	return nil
}

func refuseBackupRetention(c *Call) error {
	if days, ok := c.number("backupRetentionPeriod"); ok && (days < 0 || days > 35) {
		return instanceRefused("InvalidParameterValue",
			"Invalid backup retention period: %d. Retention period must be between 0 and 35.", days)
	}
	return nil
}

// refuseMonitoring: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html.
func refuseMonitoring(c *Call) error {
	interval, _ := c.number("monitoringInterval")
	if allowed := []int{0, 1, 5, 10, 15, 30, 60}; !slices.Contains(allowed, interval) {
		return fmt.Errorf("expected monitoring_interval to be one of %v, got %d", allowed, interval)
	}
	if interval == 0 {
		return nil
	}
	if !c.has("monitoringRoleArn") {
		return instanceRefused("InvalidParameterCombination",
			"You must specify a MonitoringRoleARN value if you specify a"+
				" MonitoringInterval value other than 0.")
	}
	role, found := c.findGlobal(iamRole, "arn", c.text("monitoringRoleArn"))
	if found && !trusts(role, "monitoring.rds.amazonaws.com", c.arn("rds", "db:"+instanceName(c))) {
		return monitoringRoleInvalid
	}
	return nil
}

// refuseInsights: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.Engines.html.
func refuseInsights(c *Call) error {
	if !c.flag("performanceInsightsEnabled") {
		if c.has("performanceInsightsKmsKeyId") {
			return instanceRefused("InvalidParameterCombination",
				"To enable Performance Insights, EnablePerformanceInsights must be set to 'true'")
		}
		return nil
	}
	small := []string{"db.t2.micro", "db.t2.small", "db.t3.micro", "db.t3.small", "db.t4g.micro", "db.t4g.small"}
	if slices.Contains([]string{"mysql", "mariadb"}, c.text("engine")) &&
		slices.Contains(small, c.text("instanceClass")) {
		return instanceRefused("InvalidParameterCombination",
			"Performance Insights not supported for this configuration, please disable this feature.")
	}
	days, given := c.number("performanceInsightsRetentionPeriod")
	if given && days != 7 && days != 731 && (days%31 != 0 || days < 31 || days > 23*31) {
		return instanceRefused("InvalidParameterValue",
			"Invalid Performance Insights retention period. Valid values are:"+
				" [7, 731 or a multiple of 31 between 31 and 713]: %d", days)
	}
	return nil
}

// engineLogs: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html.
var engineLogs = map[string][]string{
	"mysql":    {"audit", "error", "general", "iam-db-auth-error", "slowquery"},
	"mariadb":  {"audit", "error", "general", "iam-db-auth-error", "slowquery"},
	"postgres": {"iam-db-auth-error", "postgresql", "upgrade"},
}

func refuseLogExports(c *Call) error {
	known, judged := engineLogs[c.text("engine")]
	for _, log := range c.texts("enabledCloudwatchLogsExports[*]") {
		if judged && !slices.Contains(known, log) {
			return instanceRefused("InvalidParameterCombination",
				"You cannot use the log types '%s' with engine version %s %s."+
					" For supported log types, see the documentation.", log, c.text("engine"), c.text("engineVersion"))
		}
	}
	return nil
}

func refuseParameterFamily(c *Call) error {
	group, found := c.find(rdsParameterGroup, "name", c.text("parameterGroupName"))
	version := majorVersion(c.text("engineVersion"))
	if wanted := "mysql" + version; found && c.text("engine") == "mysql" && version != "" &&
		group.Text("family") != wanted {
		return instanceRefused("InvalidParameterCombination",
			"The parameter group %s with DBParameterGroupFamily %s can't be"+
				" used for this instance. Please use a parameter group with DBParameterGroupFamily %s",
			group.ID, group.Text("family"), wanted)
	}
	return nil
}

// refuseDatabaseNetwork:
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html.
func refuseDatabaseNetwork(c *Call) error {
	subnets, found := c.find(rdsSubnetGroup, "name", c.text("dbSubnetGroupName"))
	if !found {
		return nil
	}
	for _, id := range c.texts("vpcSecurityGroupIds[*]") {
		group, known := c.find(ec2SecurityGroup, "id", id)
		if known && group.Text("vpcId") != subnets.Text("vpcId") {
			return instanceRefused("InvalidParameterCombination",
				"The DB instance and EC2 security group are in different"+
					" VPCs. The DB instance is in %s and the EC2 security group is in %s", subnets.Text("vpcId"),
				group.Text("vpcId"))
		}
	}
	return nil
}
