package stacks

import (
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/alarms"
	"haven/components/application"
	"haven/components/application/scripts"
	"haven/components/identity"
	"haven/components/keys"
	"haven/components/naming"
	"haven/components/perimeter"
	"haven/components/rotation"
	"haven/components/routing"
	"haven/components/tiers"
	"haven/stacks/config"
)

// TenantType is the component that everything in a tenant's stack descends from.
const TenantType = "haven:stacks:Tenant"

// tenant is one tenant's stack while it is being composed.
type tenant struct {
	*root
	stack  *config.Stack
	config *config.Tenant
	cell   CellOutputs
	scope  naming.Scope
	// promise is that of its tier.
	promise tiers.Promise
	// standby is the cell that takes it over; nil where it has none.
	standby *CellOutputs
	// leavingSince is when it was first brought up as leaving; empty while it is not.
	leavingSince string
}

// deployTenant declares everything that one customer owns, as far as its state says.
func deployTenant(ctx *pulumi.Context, stack *config.Stack, now time.Time) error {
	root, err := newRoot(ctx, TenantType)
	if err != nil {
		return err
	}
	last, err := root.lastRecord(ctx, stack)
	if err != nil {
		return err
	}
	if stack.Tenant.State == config.Gone {
		if stack.Teardown.IsZero() || last.gone() {
			return root.recordDeletion(ctx, stack, last, now)
		}
		stack.Tenant.State = config.Leaving // a teardown of what is still there promises nothing to anybody
	}
	cell, err := root.cellOutputs(ctx, stack.Tenant.Cell)
	if err != nil {
		return err
	}
	if err := stack.JoinCell(cell.facts()); err != nil {
		return err
	}
	if err := root.settle(ctx, place{cell.Account, cell.Region, recoveryRegion(stack.Tenant, cell)}); err != nil {
		return err
	}
	promise, _ := tiers.Of(stack.Tenant.Tier)
	t := &tenant{
		root:    root,
		stack:   stack,
		config:  stack.Tenant,
		cell:    cell,
		promise: promise,

		leavingSince: last.since(stack.Tenant, now),
		scope: naming.Scope{
			Environment: cell.Environment,
			Stack:       stack.Name,
			Cell:        stack.Tenant.Cell,
			Tenant:      stack.Tenant.Name,
			Owner:       cell.Owner,
			RestoredOf:  stack.Tenant.Restore.Of,
		},
	}
	if err := t.findStandby(ctx); err != nil {
		return err
	}
	return t.compose(ctx)
}

// findStandby reads the cell that takes the tenant over.
func (t *tenant) findStandby(ctx *pulumi.Context) error {
	if t.config.Standby == "" {
		return nil
	}
	standby, err := t.cellOutputs(ctx, t.config.Standby)
	if err != nil {
		return fmt.Errorf("tenant.standby: %w", err)
	}
	t.standby = &standby
	facts := config.StandbyFacts{Standby: standby.Standby, Primary: standby.Primary, Region: standby.Region}
	return t.stack.JoinStandby(facts, t.cell.RecoveryRegion)
}

func (t *tenant) compose(ctx *pulumi.Context) error {
	own, err := t.keys(ctx)
	if err != nil {
		return err
	}
	groups, err := perimeter.New(ctx, "perimeter", perimeter.Args{
		Scope:               t.scope,
		VPCID:               pulumi.String(t.cell.VPCID),
		LoadBalancerGroupID: pulumi.String(t.cell.LoadBalancerGroupID),
		ApplicationPort:     application.Port,
		WebSocketPort:       application.WebSocketPort,
		Quarantine:          len(t.quarantine()) > 0,
	}, t.child())
	if err != nil {
		return err
	}
	store, err := t.store(ctx, own, groups)
	if err != nil {
		return err
	}
	kept, err := t.copies(ctx, own, groups, store)
	if err != nil {
		return err
	}
	way, err := t.way(ctx, store.pool)
	if err != nil {
		return err
	}
	app, err := t.application(ctx, own, groups, store, way)
	if err != nil {
		return err
	}
	if err := t.watch(ctx, own, store, kept, way, app); err != nil {
		return err
	}
	back, err := t.restoration(ctx, own, groups, store)
	if err != nil {
		return err
	}
	t.export(ctx, own, store, kept, way, app, back)
	return nil
}

// tenantKeys are the tenant's own keys: nothing of one purpose can be read with the key of another.
type tenantKeys map[keys.Purpose]*keys.Key

// keys makes a key for each purpose, with its replica where the tenant's copies lie.
func (t *tenant) keys(ctx *pulumi.Context) (tenantKeys, error) {
	own := tenantKeys{}
	purposes := []keys.Purpose{keys.Database, keys.Cache, keys.Files, keys.Secrets, keys.Logs}
	if t.copied() {
		purposes = append(purposes, keys.Backup)
	}
	for _, purpose := range purposes {
		key, err := keys.New(ctx, string(purpose)+"-key", keys.Args{
			Scope:          t.scope,
			Account:        t.cell.Account,
			Region:         t.cell.Region,
			RecoveryRegion: t.recoveryRegion(),
			Purpose:        purpose,
			Generations:    t.generations(),
			Recovery:       t.recovery,
		}, t.child())
		if err != nil {
			return nil, err
		}
		own[purpose] = key
	}
	return own, nil
}

// way declares how people reach the tenant: by the sign-in of its user pool, where it has one, to its tasks or to a page
// in their place.
func (t *tenant) way(ctx *pulumi.Context, pool *identity.Identity) (*routing.Routing, error) {
	return routing.New(ctx, "routing", routing.Args{
		Scope:               t.scope,
		Host:                t.config.Host,
		CertificateARN:      optional(t.config.Restore.CertificateARN),
		Slot:                t.config.Slot,
		HostedZoneID:        pulumi.String(t.cell.HostedZoneID),
		VPCID:               pulumi.String(t.cell.VPCID),
		ListenerARN:         pulumi.String(t.cell.HTTPSListenerARN),
		LoadBalancerDNSName: pulumi.String(t.cell.LoadBalancerDNSName),
		LoadBalancerZoneID:  pulumi.String(t.cell.LoadBalancerZoneID),
		Port:                application.Port,
		HealthCheckPath:     application.HealthCheckPath,
		WebSocketPort:       application.WebSocketPort,
		SignIn:              t.signIn(pool),
		Page:                t.page(),
		Standby:             t.taker(),
	}, t.child())
}

// taker is how the standby takes the host over; nil where there is none.
func (t *tenant) taker() *routing.Standby {
	if t.standby == nil {
		return nil
	}
	return &routing.Standby{
		Region:              t.standby.Region,
		Recovery:            t.recovery,
		ListenerARN:         pulumi.String(t.standby.HTTPSListenerARN),
		LoadBalancerDNSName: pulumi.String(t.standby.LoadBalancerDNSName),
		LoadBalancerZoneID:  pulumi.String(t.standby.LoadBalancerZoneID),
		TopicARN:            optional(t.cell.RecoveryTopics.Warning),
	}
}

func (t *tenant) page() routing.Page {
	switch {
	case !t.config.Serves():
		return routing.Suspended
	case t.config.MaintenancePage, t.ready():
		return routing.Maintenance
	}
	return ""
}

func (t *tenant) application(ctx *pulumi.Context, own tenantKeys, groups *perimeter.Perimeter, store *store,
	way *routing.Routing,
) (*application.Application, error) {
	settings := t.config.Application
	return application.New(ctx, "application", application.Args{
		Scope:                   t.scope,
		Account:                 t.cell.Account,
		Region:                  t.cell.Region,
		Host:                    t.config.Host,
		Image:                   settings.Image,
		Web:                     scaled(settings.Web),
		Worker:                  scaled(settings.Worker),
		WebSocket:               scaled(settings.WebSocket),
		Scheduler:               application.Size(settings.Scheduler),
		Suspended:               !t.serves(),
		ClusterARN:              pulumi.String(t.cell.ClusterARN),
		SubnetIDs:               pulumi.ToStringArray(t.cell.PrivateSubnetIDs),
		SecurityGroupID:         groups.ApplicationGroupID,
		DatabaseClientsID:       t.databaseClients(),
		TrustedProxies:          t.cell.PublicCIDRs,
		Scripts:                 scripts.Service(settings.Scripts),
		ListenerARN:             pulumi.String(t.cell.HTTPSListenerARN),
		TargetGroupARN:          way.TargetGroupARN,
		Rule:                    way.Rule,
		WebSocketTargetGroupARN: way.WebSocketTargetGroupARN,
		WebSocketRule:           way.WebSocketRule,
		LogsKeyARN:              own[keys.Logs].ARN,
		LogRetentionDays:        t.cell.LogRetentionDays,
		SecretsKeyARN:           own[keys.Secrets].ARN,
		RestoredKeyARN:          t.restoredSecretsKey(),
		AppKeyARN:               store.appKeyARN,
		AdminSecretARN:          store.admin.ARN,
		AdminEmail:              settings.AdminEmail,
		Database: application.Database{
			Host:      store.database.Address,
			Port:      store.database.Port,
			Name:      store.database.Name,
			SecretARN: store.database.MasterSecretARN,
		},
		Cache: &application.Cache{
			Host:            store.cache.Host,
			Port:            store.cache.Port,
			SecretARN:       store.cache.SecretARN,
			SecretVersionID: store.cache.SecretVersionID,
		},
		Files: &application.Files{
			FileSystemID:  store.files.FileSystemID,
			AccessPointID: store.files.AccessPointID,
		},
	}, t.child())
}

// watch declares what looks after a running tenant: the rolling of its services when a secret rotates, and its alarms.
func (t *tenant) watch(ctx *pulumi.Context, own tenantKeys, store *store, kept *tenantCopies, way *routing.Routing,
	app *application.Application,
) error {
	settings := t.config.Application
	least := map[string]int{
		"web": settings.Web.Min, "worker": settings.Worker.Min, "websocket": settings.WebSocket.Min, "scheduler": 1,
	}
	var services []alarms.Service
	for _, service := range app.Services {
		services = append(services, alarms.Service{
			Process: service.Process, Name: service.Name, Min: least[service.Process],
		})
	}
	rolling, err := rotation.New(ctx, "rotation", rotation.Args{
		Scope:           t.scope,
		Account:         t.cell.Account,
		Region:          t.cell.Region,
		SecretARNs:      pulumi.StringArray{store.database.MasterSecretARN},
		ClusterName:     pulumi.String(t.cell.ClusterName),
		ServiceNames:    app.ServiceNames,
		FailureTopicARN: optional(t.topics().Warning),
	}, t.child())
	if err != nil {
		return err
	}
	if err := t.rotatePassword(ctx, own, store, rolling); err != nil || t.ready() {
		return err
	}
	_, err = alarms.NewTenant(ctx, "alarms", alarms.TenantArgs{
		Scope:                t.scope,
		Topics:               t.topics().alarms(),
		Suspended:            !t.serves(),
		LoadBalancer:         pulumi.String(t.cell.LoadBalancerSuffix),
		TargetGroup:          way.TargetGroupSuffix,
		WebSocketTargetGroup: way.WebSocketTargetGroupSuffix,
		CertificateARN:       way.CertificateARN,
		ClusterName:          pulumi.String(t.cell.ClusterName),
		Services:             services,
		Database: alarms.Database{
			ID:         store.database.ID,
			Class:      t.config.Database.InstanceClass,
			StorageGiB: t.config.Database.StorageGiB,
		},
		CacheNodeIDs: store.cache.NodeIDs,
		FileSystemID: store.files.FileSystemID,
		RollingARN:   rolling.StateMachineARN,
		Replica:      kept.lagging(t),
		Standby:      t.waiting(way),

		MonthlyBudgetUSD: t.config.MonthlyBudgetUSD,
	}, t.child())
	return err
}

// waiting is what is watched of the standby; nil where none takes the tenant's host over.
func (t *tenant) waiting(way *routing.Routing) *alarms.Standby {
	if t.standby == nil {
		return nil
	}
	return &alarms.Standby{
		CertificateARN: way.StandbyCertificateARN,
		Region:         t.recovery,
		Topics:         t.cell.RecoveryTopics.alarms(),
	}
}

// rotatePassword rotates the database's password where RDS does not.
func (t *tenant) rotatePassword(ctx *pulumi.Context, own tenantKeys, store *store, rolling *rotation.Rotation) error {
	if !t.ownSecret() {
		return nil
	}
	_, err := rotation.NewPassword(ctx, "password", rotation.PasswordArgs{
		Scope:           t.scope,
		Account:         t.cell.Account,
		Region:          t.cell.Region,
		DatabaseID:      store.database.ID,
		DatabaseARN:     t.databaseARN(store),
		SecretARN:       store.database.MasterSecretARN,
		SecretsKeyARN:   own[keys.Secrets].ARN,
		RollingARN:      rolling.StateMachineARN,
		FailureTopicARN: optional(t.topics().Critical),
		Paused:          t.ready(),
	}, t.child())
	return err
}

func scaled(process config.Process) application.Scaled {
	return application.Scaled{
		Size: application.Size{CPU: process.CPU, MemoryMiB: process.MemoryMiB},
		Min:  process.Min,
		Max:  process.Max,
	}
}
