package assurance

import (
	"strconv"
	"time"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/backup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/tiers"
)

// restoreMinutes is how long the restore of a database or a file system may take: what a take-over has for it.
const restoreMinutes = 240

// control is one demand that AWS Backup judges.
type control struct {
	name string
	// ofStores says that it judges databases and file systems; else what carries the cell's tag.
	ofStores   bool
	parameters []parameter
}

type parameter struct{ name, value string }

// stores are the types of resources that hold customers' data, as AWS Backup calls them.
var stores = []string{"EFS", "RDS"}

// controls are what is demanded. Parameters are AWS's:
// https://docs.aws.amazon.com/aws-backup/latest/devguide/creating-frameworks-api.html
func (a Args) controls() []control {
	w := weakest()
	retention := parameter{"requiredRetentionDays", strconv.Itoa(w.lockDays)}
	return []control{
		{"BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN", true, nil},
		{"BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK", true, nil},
		{"BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION", true, []parameter{{"crossRegionList", a.RecoveryRegion}}},
		{"BACKUP_LAST_RECOVERY_POINT_CREATED", true, []parameter{
			{"recoveryPointAgeUnit", "hours"}, {"recoveryPointAgeValue", hours(w.age)}}},
		{"RESTORE_TIME_FOR_RESOURCES_MEET_TARGET", true, []parameter{{"maxRestoreTime", strconv.Itoa(restoreMinutes)}}},
		{"BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK", false, []parameter{
			{"requiredFrequencyUnit", "hours"}, {"requiredFrequencyValue", hours(w.every)}, retention}},
		{"BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK", false, []parameter{retention}},
		{"BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED", false, nil},
		{"BACKUP_RECOVERY_POINT_ENCRYPTED", false, nil},
	}
}

// demands are what every tier keeps.
type demands struct {
	every, age time.Duration
	lockDays   int
}

func weakest() demands {
	var w demands
	for _, tier := range tiers.All {
		promise, _ := tiers.Of(tier)
		age, _ := promise.Bound(tiers.Snapshot)
		w.every, w.age = max(w.every, promise.SnapshotEvery), max(w.age, age)
		if w.lockDays == 0 || promise.LockDays < w.lockDays {
			w.lockDays = promise.LockDays
		}
	}
	return w
}

func hours(d time.Duration) string { return strconv.Itoa(int(d.Hours())) }

func (b *builder) framework() error {
	var all backup.FrameworkControlArray
	for _, c := range b.args.controls() {
		scope := backup.FrameworkControlScopeArgs{Tags: pulumi.ToStringMap(map[string]string{"cell": b.args.Scope.Cell})}
		if c.ofStores {
			scope = backup.FrameworkControlScopeArgs{ComplianceResourceTypes: pulumi.ToStringArray(stores)}
		}
		var parameters backup.FrameworkControlInputParameterArray
		for _, p := range c.parameters {
			parameters = append(parameters, backup.FrameworkControlInputParameterArgs{
				Name:  pulumi.String(p.name),
				Value: pulumi.String(p.value),
			})
		}
		all = append(all, backup.FrameworkControlArgs{
			Name: pulumi.String(c.name), InputParameters: parameters, Scope: scope,
		})
	}
	framework, err := backup.NewFramework(b.ctx, b.name+"-framework", &backup.FrameworkArgs{
		Name:        pulumi.String(b.args.auditName("backups")),
		Description: pulumi.String("What the backups of " + b.args.Scope.Stack + " are meant to be"),
		Controls:    all,
		Tags:        b.args.tags("backups"),
	}, b.parent())
	if err != nil {
		return err
	}
	b.own.FrameworkARN = framework.Arn
	return nil
}
