package database

import (
	"fmt"
	"strings"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/database/foundation"
)

// Source is what a database is made from: one of SnapshotARN, AutomatedBackupARN, Instance and Past, or nothing. What is made
// has the source's engine, storage, data and master user, and is encrypted with the source's key, for RDS offers no
// other; its password is set anew.
//
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_RestoreFromSnapshot.html
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/AutomatedBackups.PiTR.html
type Source struct {
	// SnapshotARN is a snapshot, or a recovery point of AWS Backup's.
	SnapshotARN string
	// AutomatedBackupARN are automated backups that were replicated to this region.
	AutomatedBackupARN string
	// Instance is the identifier of an instance of this region, whose automated backups are taken.
	Instance pulumi.StringInput
	// At is the time that it is brought back to. Not with a snapshot. Default: the latest there is.
	At time.Time
	// KeyARN is the key that the source is encrypted with.
	KeyARN pulumi.StringInput
	// Past says that the instance is there already, and that what it was made from is not known any longer. It cannot be
	// made so. Default false.
	Past bool
}

// madeFrom are the inputs that say what an instance was made from. RDS cannot change that later: another value would
// replace the instance, and so would none.
var madeFrom = []string{"restoreToPointInTime", "snapshotIdentifier"}

func (s Source) count() (n int) {
	for _, given := range []bool{s.SnapshotARN != "", s.AutomatedBackupARN != "", s.Instance != nil, s.Past} {
		if given {
			n++
		}
	}
	return n
}

func (s Source) none() bool { return s.count() == 0 }

func (s Source) check(problems *arguments.Problems) {
	if n := s.count(); n > 1 {
		problems.Check("Source", fmt.Errorf("%d sources, expected one", n))
	}
	problems.Require("Source.KeyARN", s.none() || s.KeyARN != nil)
	if !s.At.IsZero() && s.AutomatedBackupARN == "" && s.Instance == nil {
		problems.Check("Source.At", fmt.Errorf("%s, expected none without automated backups", s.At.Format(time.RFC3339)))
	}
}

// complete makes the settings of an instance those of one that is made from the source.
func (s Source) complete(settings *rds.InstanceArgs) {
	if s.Past {
		return
	}
	if s.SnapshotARN != "" {
		settings.SnapshotIdentifier = pulumi.String(s.SnapshotARN)
		return
	}
	from := rds.InstanceRestoreToPointInTimeArgs{}
	if s.Instance != nil {
		from.SourceDbInstanceIdentifier = s.Instance.ToStringOutput()
	} else {
		from.SourceDbInstanceAutomatedBackupsArn = pulumi.String(s.AutomatedBackupARN)
	}
	if s.At.IsZero() {
		from.UseLatestRestorableTime = pulumi.Bool(true)
	} else {
		from.RestoreTime = pulumi.String(s.At.UTC().Format(time.RFC3339))
	}
	settings.RestoreToPointInTime = from
}

// nowhere is the address of a database that is prepared for and not there: a name that never resolves (RFC 2606).
const nowhere = "database.invalid"

// prepare gives what is known of an instance before it is there. All of it but the address stays the same once it is.
func (d *Database) prepare(args Args, base *foundation.Foundation) {
	id := args.foundation().Identifier()
	d.ARN = pulumi.Sprintf("arn:aws:rds:%s:%s:db:%s", args.Region, args.Account, id)
	d.ID = pulumi.String(id).ToStringOutput()
	d.Address = pulumi.String(nowhere).ToStringOutput()
	d.SubnetGroupName = base.Settings.DbSubnetGroupName.ToStringPtrOutput().Elem()
}

// PromotedArgs say which replica has become the database. All fields are required.
type PromotedArgs struct {
	// ARN is the instance's, Address the host name of its endpoint.
	ARN, Address string
	// SecretARN is the secret with the master password, JSON with "username" and "password", in the instance's region.
	SecretARN string
}

// Promoted is the database of a tenant whose replica was promoted. It declares nothing: the instance is another stack's.
func Promoted(ctx *pulumi.Context, name string, args PromotedArgs, opts ...pulumi.ResourceOption) (*Database, error) {
	var problems arguments.Problems
	problems.Require("ARN", args.ARN != "")
	problems.Require("Address", args.Address != "")
	problems.Require("SecretARN", args.SecretARN != "")
	if err := problems.Err(); err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	id := args.ARN[strings.LastIndex(args.ARN, ":")+1:]
	d := &Database{
		Port: Port, Name: Name,
		ARN:     pulumi.String(args.ARN).ToStringOutput(),
		ID:      pulumi.String(id).ToStringOutput(),
		Address: pulumi.String(args.Address).ToStringOutput(),
		// The instance's subnet group has its name.
		SubnetGroupName: pulumi.String(id).ToStringOutput(),
		MasterSecretARN: pulumi.String(args.SecretARN).ToStringOutput(),
	}
	if err := ctx.RegisterComponentResource(Type, name, d, opts...); err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{
		"arn": d.ARN, "address": d.Address, "masterSecretArn": d.MasterSecretARN,
	})
}
