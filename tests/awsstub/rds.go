package awsstub

import (
	"encoding/xml"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// element is an element of XML, with others in it or a text.
type element struct {
	XMLName xml.Name
	Text    string `xml:",chardata"`
	Of      []element
}

func of(name string, all ...element) element { return element{XMLName: xml.Name{Local: name}, Of: all} }

func text(name, value string) element { return element{XMLName: xml.Name{Local: name}, Text: value} }

func moment(name string, at time.Time) element {
	return text(name, at.UTC().Format("2006-01-02T15:04:05.000Z"))
}

// elements drops those that say nothing, as AWS does.
func elements(all ...element) []element {
	return slices.DeleteFunc(all, func(e element) bool { return e.Text == "" && len(e.Of) == 0 })
}

func (s *Server) act(call Call) (any, error) {
	in := call.Input
	switch call.Action {
	case "GetCallerIdentity":
		return []element{text("Account", Account), text("Arn", "arn:aws:iam::"+Account+":user/ada"), text("UserId", "AIDA")}, nil
	case "DescribeDBInstances":
		return s.instances(call)
	case "PromoteReadReplica":
		return s.promote(call)
	case "DescribeDBSnapshots":
		return s.snapshots(call)
	case "CreateDBSnapshot":
		return s.snapshot(call)
	case "CopyDBSnapshot":
		return s.copySnapshot(call)
	case "DeleteDBSnapshot":
		if s.Snapshots[call.Region+"/"+in["DBSnapshotIdentifier"]] == nil {
			return nil, &refusal{"DBSnapshotNotFound", "DBSnapshot not found"}
		}
		delete(s.Snapshots, call.Region+"/"+in["DBSnapshotIdentifier"])
		return nil, nil
	case "DescribeDBInstanceAutomatedBackups":
		return s.backups(call)
	}
	return s.deleteBackup(call) // noted as known
}

func (s *Server) instances(call Call) (any, error) {
	id := call.Input["DBInstanceIdentifier"]
	instance := s.Instances[call.Region+"/"+id]
	if instance == nil {
		return nil, &refusal{"DBInstanceNotFound", "DBInstance " + id + " not found."}
	}
	if instance.promoting {
		if instance.changing--; instance.changing <= 0 {
			instance.promoting, instance.Source, instance.Status = false, "", "available"
		}
	}
	return []element{of("DBInstances", of("DBInstance", elements(
		text("DBInstanceIdentifier", id), text("DBInstanceStatus", instance.Status), text("KmsKeyId", instance.Key),
		text("ReadReplicaSourceDBInstanceIdentifier", instance.Source),
		text("BackupRetentionPeriod", strconv.Itoa(instance.RetentionDays)),
	)...))}, nil
}

func (s *Server) promote(call Call) (any, error) {
	instance := s.Instances[call.Region+"/"+call.Input["DBInstanceIdentifier"]]
	switch {
	case instance == nil:
		return nil, &refusal{"DBInstanceNotFound", "no such instance"}
	case instance.Source == "", instance.Status != "available":
		return nil, &refusal{"InvalidDBInstanceState", "DB Instance is not a read replica, or is not available."}
	}
	days := 1 // RDS's default: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_PromoteReadReplica.html
	if given := call.Input["BackupRetentionPeriod"]; given != "" {
		var err error
		if days, err = strconv.Atoi(given); err != nil || days > 35 {
			return nil, &refusal{"InvalidParameterValue", "Invalid backup retention period: " + given}
		}
	}
	instance.RetentionDays, instance.Status = days, "modifying"
	instance.promoting, instance.changing = true, s.Patience
	return nil, nil
}

// pageSize is small, so that every list has several pages.
const pageSize = 2

func (s *Server) snapshots(call Call) (any, error) {
	in := call.Input
	found := elements()
	for _, place := range slices.Sorted(maps.Keys(s.Snapshots)) {
		region, id, _ := strings.Cut(place, "/")
		snapshot := s.Snapshots[place]
		asked := in["SnapshotType"] == snapshot.Type || in["SnapshotType"] == "" && snapshot.Type != "awsbackup"
		if region != call.Region || !asked || in["DBSnapshotIdentifier"] != "" && in["DBSnapshotIdentifier"] != id ||
			in["Filters.Filter.1.Name"] == "db-instance-id" && in["Filters.Filter.1.Values.Value.1"] != snapshot.Of {
			continue
		}
		if snapshot.changing > 0 {
			if snapshot.changing--; snapshot.changing == 0 {
				snapshot.Status = "available"
			}
		}
		found = append(found, of("DBSnapshot", elements(
			text("DBSnapshotIdentifier", id), text("DBSnapshotArn", snapshotARN(region, id)),
			text("DBInstanceIdentifier", snapshot.Of), text("Status", snapshot.Status), text("SnapshotType", snapshot.Type),
			text("KmsKeyId", snapshot.Key), moment("SnapshotDatabaseTime", snapshot.DataTime),
			moment("SnapshotCreateTime", snapshot.Created),
		)...))
	}
	if in["DBSnapshotIdentifier"] != "" && len(found) == 0 {
		return nil, &refusal{"DBSnapshotNotFound", "DBSnapshot " + in["DBSnapshotIdentifier"] + " not found."}
	}
	begin, _ := strconv.Atoi(in["Marker"])
	page := elements(of("DBSnapshots", found[min(begin, len(found)):min(begin+pageSize, len(found))]...))
	if begin+pageSize < len(found) {
		page = append(page, text("Marker", strconv.Itoa(begin+pageSize)))
	}
	return page, nil
}

func snapshotARN(region, id string) string {
	return fmt.Sprintf("arn:aws:rds:%s:%s:snapshot:%s", region, Account, id)
}

// snapshotName: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSnapshot.html
var snapshotName = regexp.MustCompile(`^[a-zA-Z](-?[a-zA-Z0-9])*$`)

func (s *Server) snapshot(call Call) (any, error) {
	of, id := call.Input["DBInstanceIdentifier"], call.Input["DBSnapshotIdentifier"]
	instance := s.Instances[call.Region+"/"+of]
	switch {
	case !snapshotName.MatchString(id) || len(id) > 255:
		return nil, &refusal{"InvalidParameterValue", "Invalid snapshot identifier: " + id}
	case instance == nil:
		return nil, &refusal{"DBInstanceNotFound", "DBInstance " + of + " not found."}
	case s.Snapshots[call.Region+"/"+id] != nil:
		return nil, &refusal{"DBSnapshotAlreadyExists", "it already exists"}
	case instance.Status != "available":
		status := instance.Status
		instance.Status = "available"
		return nil, &refusal{"InvalidDBInstanceState", "the instance is " + status}
	}
	s.Snapshots[call.Region+"/"+id] = &Snapshot{Of: of, Type: "manual", Key: instance.Key, Status: "creating",
		DataTime: time.Now(), Created: time.Now(), changing: s.Patience}
	return nil, nil
}

func (s *Server) copySnapshot(call Call) (any, error) {
	in := call.Input
	parts := strings.SplitN(in["SourceDBSnapshotIdentifier"], ":", 7)
	if len(parts) != 7 {
		return nil, &refusal{"InvalidParameterValue", "the source of another region is named by its ARN"}
	}
	source := s.Snapshots[parts[3]+"/"+parts[6]]
	presigned, err := url.Parse(in["PreSignedUrl"])
	credential := strings.Split(presigned.Query().Get("X-Amz-Credential"), "/")
	switch {
	case source == nil:
		return nil, &refusal{"DBSnapshotNotFound", "DBSnapshot not found: " + in["SourceDBSnapshotIdentifier"]}
	case !strings.HasPrefix(in["KmsKeyId"], "arn:aws:kms:"+call.Region+":"):
		return nil, &refusal{"KMSKeyNotAccessibleFault", in["KmsKeyId"] + " is no key of " + call.Region}
	case parts[3] != call.Region && (err != nil || len(credential) != 5 || credential[2] != parts[3] ||
		presigned.Query().Get("DestinationRegion") != call.Region):
		return nil, &refusal{"InvalidParameterCombination", "PreSignedUrl has to be of the source's region"}
	case s.Snapshots[call.Region+"/"+in["TargetDBSnapshotIdentifier"]] != nil:
		return nil, &refusal{"DBSnapshotAlreadyExists", "it already exists"}
	}
	copied := *source
	copied.Type, copied.Key, copied.Status, copied.changing = "manual", in["KmsKeyId"], "creating", s.Patience
	s.Snapshots[call.Region+"/"+in["TargetDBSnapshotIdentifier"]] = &copied
	return nil, nil
}

func (s *Server) backups(call Call) (any, error) {
	in := call.Input
	filters := map[string]string{}
	for n := 1; in[fmt.Sprintf("Filters.Filter.%d.Name", n)] != ""; n++ {
		filters[in[fmt.Sprintf("Filters.Filter.%d.Name", n)]] = in[fmt.Sprintf("Filters.Filter.%d.Values.Value.1", n)]
	}
	found := elements()
	for _, backup := range s.Backups {
		arn, id := in["DBInstanceAutomatedBackupsArn"], in["DBInstanceIdentifier"]
		if backup.Region != call.Region || arn != "" && arn != backup.ARN || id != "" && id != backup.Of ||
			filters["status"] != "" && filters["status"] != backup.Status ||
			filters["db-instance-id"] != "" && filters["db-instance-id"] != backup.Of {
			continue
		}
		window := of("RestoreWindow", moment("EarliestTime", backup.From), moment("LatestTime", backup.Until))
		if backup.Until.IsZero() {
			window = of("RestoreWindow")
		}
		found = append(found, of("DBInstanceAutomatedBackup", elements(
			text("DBInstanceIdentifier", backup.Of), text("DBInstanceAutomatedBackupsArn", backup.ARN), window,
			text("DbiResourceId", backup.ResourceID), text("Status", backup.Status), text("KmsKeyId", backup.Key),
			moment("InstanceCreateTime", backup.InstanceMade),
		)...))
	}
	if in["DBInstanceAutomatedBackupsArn"] != "" && len(found) == 0 {
		return nil, &refusal{"DBInstanceAutomatedBackupNotFound", "no such backup"}
	}
	return elements(of("DBInstanceAutomatedBackups", found...)), nil
}

func (s *Server) deleteBackup(call Call) (any, error) {
	before := len(s.Backups)
	s.Backups = slices.DeleteFunc(s.Backups, func(b Backup) bool {
		return b.Region == call.Region && b.ResourceID == call.Input["DbiResourceId"] && b.Status == "retained"
	})
	if len(s.Backups) == before {
		return nil, &refusal{"DBInstanceAutomatedBackupNotFound", "no such backup"}
	}
	return nil, nil
}
