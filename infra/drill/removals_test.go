package drill_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"
)

// sabotage takes a mechanism away.
type sabotage func(*world.World) error

// every does something to all resources of a type whose name in the program ends so; none is an error.
func every(token, name string, do func(*world.Tx, cloud.Resource) error) sabotage {
	return func(w *world.World) error {
		return w.Update(func(tx *world.Tx) error {
			done := 0
			for _, r := range tx.List(token, "", "") {
				if strings.HasSuffix(r.URN, name) {
					done++
					if err := do(tx, r); err != nil {
						return err
					}
				}
			}
			if done == 0 {
				return fmt.Errorf("there is no %s whose name ends with %s", token, name)
			}
			return nil
		})
	}
}

func gone(tx *world.Tx, r cloud.Resource) error { return tx.Delete(world.KeyOf(r)) }

func with(name string, value any) func(*world.Tx, cloud.Resource) error {
	return func(tx *world.Tx, r cloud.Resource) error {
		is, err := property.Any(value)
		if err != nil {
			return err
		}
		r.Outputs = r.Outputs.Set(name, is)
		return tx.Revise(r)
	}
}

const (
	database = "aws:rds/instance:Instance"
	alarm    = "aws:cloudwatch/metricAlarm:MetricAlarm"
)

// removals take away one mechanism of each scenario, and say what fails then.
var removals = []struct {
	scenario, name string
	take           sabotage
	want           string
}{
	{"zone-loss", "databases lie in one zone", every(database, "::database-instance", with("multiAz", false)),
		"acme: it was not brought back"},
	{"zone-loss", "nobody watches the gateways", every(alarm, "nat-drops-eu-west-1a", gone),
		"nobody was told: no alarm nat-drops-"},
	{"database-corruption", "databases keep no backups",
		every(database, "::database-instance", with("backupRetentionPeriod", 0.0)),
		"demo-acme: it can be brought back to no time: none of its generations has backups"},
	{"region-loss", "nothing replicates the backups",
		every("aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication", "", gone),
		"initech: the sentinel at T-1 is missing"},
	{"region-loss", "no record leads to the standby",
		every("aws:route53/record:Record", "routing-standby-record", gone), "acme: nobody answers"},
	{"region-loss", "the replica is watched by nobody", every(alarm, "replica-stopped", gone),
		"nobody was told: no alarm replica-stopped"},
	{"network-loss", "nobody asks whether a tenant can be reached", every(alarm, "unreachable", gone),
		"nobody was told: no alarm -unreachable"},
	{"network-loss", "the databases' keys have no replica",
		every("aws:kms/replicaKey:ReplicaKey", "database-key-replica", gone), "KMSKeyNotAccessibleFault"},
	// The alarm of a mirror that gets nothing is raised long before AWS is lost, and tells nobody again.
	{"provider-loss", "nothing is carried to the mirror",
		every("gcp:storage/transferJob:TransferJob", "", with("status", "DISABLED")),
		"nobody was told: no alarm -mirror-"},
	{"provider-loss", "nobody watches the mirror", every("gcp:monitoring/alertPolicy:AlertPolicy", "", gone),
		"nobody was told: no alarm"},
	{"application-corruption", "nobody watches the tasks", every(alarm, "alarms-unhealthy-targets", gone),
		"nobody was told: no alarm -unhealthy-targets"},
	{"application-corruption", "nothing is dumped", every("aws:scheduler/schedule:Schedule", "dump-schedule", gone),
		"demo-acme: it has no dump to bring its files back from"},
}

// TestWithoutItsMechanismAScenarioIsRed: a drill that is green without what it drills would show nothing.
func TestWithoutItsMechanismAScenarioIsRed(t *testing.T) {
	for _, removal := range removals {
		t.Run(removal.scenario+"/"+removal.name, func(t *testing.T) {
			options := demo(t)
			options.Sabotage = removal.take
			done := run(t, removal.scenario, options)
			assert.False(t, done.Met)
			assert.Contains(t, strings.Join(done.Failures, "\n"), removal.want)
		})
	}
}
