package recovery

import (
	"fmt"
	"strings"

	"github.com/go-viper/mapstructure/v2"

	"haven/components/tiers"
	"haven/stacks/config"
)

// Tenant is what a tenant's stack has exported, as far as recovery needs it.
type Tenant struct {
	Name                   string     `mapstructure:"name"`
	Tier                   tiers.Tier `mapstructure:"tier"`
	Cell                   string     `mapstructure:"cell"`
	Slot                   int        `mapstructure:"slot"`
	State                  string     `mapstructure:"state"`
	Account                string     `mapstructure:"account"`
	Region                 string     `mapstructure:"region"`
	URL                    string     `mapstructure:"url"`
	DatabaseARN            string     `mapstructure:"databaseArn"`
	DatabaseKeyARN         string     `mapstructure:"databaseKeyArn"`
	DatabaseReplicaKeyARN  string     `mapstructure:"databaseReplicaKeyArn"`
	SecretsKeyARN          string     `mapstructure:"secretsKeyArn"`
	SecretsReplicaKeyARN   string     `mapstructure:"secretsReplicaKeyArn"`
	ApplicationKeyARN      string     `mapstructure:"applicationKeyArn"`
	ApplicationKeyReplica  string     `mapstructure:"applicationKeyReplicaArn"`
	DatabaseSecretReplica  string     `mapstructure:"databaseSecretReplicaArn"`
	ReplicaARN             string     `mapstructure:"replicaArn"`
	ReplicaAddress         string     `mapstructure:"replicaAddress"`
	ReplicaClientsGroupID  string     `mapstructure:"replicaClientsGroupId"`
	RecoveryCertificateARN string     `mapstructure:"recoveryCertificateArn"`
	ArchiveBucket          string     `mapstructure:"archiveBucket"`
	ArchiveKeyARN          string     `mapstructure:"archiveKeyArn"`
	ArchiveReplicaBucket   string     `mapstructure:"archiveReplicaBucket"`
	ArchiveReplicaKeyARN   string     `mapstructure:"archiveReplicaKeyArn"`
	ArchivePrefix          string     `mapstructure:"archivePrefix"`
	RecoveryVaultARN       string     `mapstructure:"recoveryVaultArn"`
	VaultARN               string     `mapstructure:"vaultArn"`
	ReplicatedBackupARN    string     `mapstructure:"replicatedBackupArn"`

	// Generation is how many times its data has been brought back, and one; DatabaseID the identifier of its database.
	Generation int    `mapstructure:"generation"`
	DatabaseID string `mapstructure:"databaseId"`
	// FilesID is its file system.
	FilesID string `mapstructure:"filesId"`
	// Quarantined are the generations before that are kept, Released the instances that may be deleted.
	Quarantined []int    `mapstructure:"quarantined"`
	Released    []string `mapstructure:"released"`
	// RestorationARN is the state machine that brings its files back; empty where its data was never brought back.
	RestorationARN string `mapstructure:"restorationArn"`

	LatchRegion     string            `mapstructure:"latchRegion"`
	LatchNamespace  string            `mapstructure:"latchNamespace"`
	LatchMetric     string            `mapstructure:"latchMetric"`
	LatchAlarm      string            `mapstructure:"latchAlarm"`
	LatchDimensions map[string]string `mapstructure:"latchDimensions"`

	// Stack is its stack's name, Config what its stack file says.
	Stack  string         `mapstructure:"-"`
	Config *config.Tenant `mapstructure:"-"`
}

// Host is where its users find it.
func (t Tenant) Host() string { return strings.TrimPrefix(t.URL, "https://") }

// Bound is how old the newest copy of a kind may be by its tier.
func (t Tenant) Bound(of tiers.Copy) float64 {
	promise, _ := tiers.Of(t.Tier)
	bound, _ := promise.Bound(of)
	return bound.Seconds()
}

// restores says whether a stack brings another one's tenant back.
func restores(stack *config.Stack) bool { return stack.Tenant.Restores() }

// Outputs answers what a stack exports; nil where it is not up.
type Outputs interface {
	Outputs(stack string) (map[string]any, error)
}

// Tenants are those of an environment whose stacks are up, by what they export.
func Tenants(environment *config.Environment, outputs Outputs) ([]Tenant, error) {
	var all []Tenant
	for _, stack := range environment.Stacks {
		if stack.Role != config.RoleTenant || stack.Tenant.State == config.Gone || restores(stack) {
			continue
		}
		exported, err := outputs.Outputs(stack.Name)
		if err != nil {
			return nil, err
		}
		if exported["tenant"] == nil {
			continue
		}
		tenant, err := tenantOf(stack.Name, exported)
		if err != nil {
			return nil, err
		}
		tenant.Config = stack.Tenant
		all = append(all, tenant)
	}
	return all, nil
}

// tenantOf is the tenant whose stack exports this.
func tenantOf(stack string, exported map[string]any) (Tenant, error) {
	tenant := Tenant{Stack: stack}
	if err := mapstructure.WeakDecode(exported["tenant"], &tenant); err != nil {
		return tenant, fmt.Errorf("the outputs of %s: %w", stack, err)
	}
	return tenant, nil
}
