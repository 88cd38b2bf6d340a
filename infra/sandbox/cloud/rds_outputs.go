package cloud

import (
	"fmt"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"haven/policy/props"
)

func instanceName(c *Call) string {
	if name := c.text("identifier"); name != "" {
		return name
	}
	return c.text("identifierPrefix") + digest(26, c.ID)
}

var enginePorts = map[string]int{"mysql": 3306, "mariadb": 3306, "postgres": 5432}

func instanceOutputs(c *Call) map[string]property.Value {
	name, port := instanceName(c), enginePorts[c.text("engine")]
	if given, ok := c.number("port"); ok {
		port = given
	}
	address := name + "." + digest(12, c.Account, c.Region) + "." + c.Region + ".rds.amazonaws.com"
	out := c.outputs().
		text("arn", c.arn("rds", "db:"+name)).
		fillText("identifier", name).
		text("resourceId", c.ID).
		text("address", address).
		text("endpoint", fmt.Sprintf("%s:%d", address, port)).
		text("hostedZoneId", "Z"+strings.ToUpper(digest(13, "rds", c.Region))).
		fill("port", num(port)).
		text("status", "available").
		fill("backupRetentionPeriod", num(0)).
		fillText("backupWindow", "03:00-03:30").
		fillText("maintenanceWindow", "sun:04:00-sun:04:30").
		fillText("caCertIdentifier", "rds-ca-rsa2048-g1").
		fillText("engineLifecycleSupport", "open-source-rds-extended-support").
		fillText("databaseInsightsMode", "standard").
		fillText("licenseModel", "general-public-license").
		fillText("networkType", "IPV4").
		fillText("storageType", storageType(c)).
		fill("multiAz", property.New(false)).
		keep("latestRestorableTime", property.New(c.Now.UTC().Format(time.RFC3339))).
		set("replicas", strs(replicasOf(c, c.arn("rds", "db:"+name))...))
	engineOutputs(c, out)
	placementOutputs(c, out)
	encryptionOutputs(c, out)
	inherit(c, out)
	return out.values
}

func engineOutputs(c *Call, out *outputs) {
	version := c.text("engineVersion")
	if version == "" {
		version = mysqlVersions["8.0"]
	}
	actual := version
	if newest := mysqlVersions[version]; newest != "" {
		actual = newest
	}
	if c.Old != nil && strings.HasPrefix(c.Old.Text("engineVersionActual"), version) {
		actual = c.Old.Text("engineVersionActual")
	}
	out.fillText("engineVersion", version).text("engineVersionActual", actual)
	if major := majorVersion(version); c.text("engine") == "mysql" {
		out.fillText("parameterGroupName", "default.mysql"+major)
		out.fillText("optionGroupName", "default:mysql-"+strings.ReplaceAll(major, ".", "-"))
	}
	if c.text("storageType") == "gp3" {
		out.fill("iops", num(3000)).fill("storageThroughput", num(125))
	}
}

// placementOutputs are where the instance lies: in the first zone of its subnet group, with the VPC's default group.
func placementOutputs(c *Call, out *outputs) {
	group, _ := c.find(rdsSubnetGroup, "name", c.text("dbSubnetGroupName"))
	vpc, _ := c.find(ec2Vpc, "id", group.Text("vpcId"))
	if first, found := c.find(ec2Subnet, "id", props.Text(group.Outputs, "subnetIds[*]")); found {
		out.fillText("availabilityZone", first.Text("availabilityZone"))
		out.fill("vpcSecurityGroupIds", strs(vpc.Text("defaultSecurityGroupId")))
	}
}

func encryptionOutputs(c *Call, out *outputs) {
	if c.flag("storageEncrypted") {
		out.fillText("kmsKeyId", awsManagedKey(c, "rds"))
	}
	if c.flag("performanceInsightsEnabled") {
		out.fillText("performanceInsightsKmsKeyId", awsManagedKey(c, "rds")).fill("performanceInsightsRetentionPeriod",
			num(7))
	}
	if !c.flag("manageMasterUserPassword") {
		return
	}
	key := c.text("masterUserSecretKmsKeyId")
	if key == "" {
		key = awsManagedKey(c, "secretsmanager")
	}
	name := "rds!db-" + uuid(digest(32, "secret", c.ID))
	out.fillText("masterUserSecretKmsKeyId", key).
		set("masterUserSecrets", property.New([]property.Value{object(map[string]property.Value{
			"kmsKeyId":     property.New(key),
			"secretArn":    property.New(c.arn("secretsmanager", "secret:"+name+"-"+digest(6, name))),
			"secretStatus": property.New("active"),
		})}))
}

// awsManagedKey is the key that AWS keeps in each account and region for a service.
func awsManagedKey(c *Call, service string) string {
	return c.arn("kms", "key/"+uuid(digest(32, service, c.Account, c.Region)))
}
