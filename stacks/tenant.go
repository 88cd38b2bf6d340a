package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/application"
	"haven/components/credentials"
	"haven/components/database"
	"haven/components/keys"
	"haven/components/naming"
	"haven/components/perimeter"
	"haven/components/routing"
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
}

// tenantKeys are the tenant's own keys: nothing of one purpose can be read with the key of another.
type tenantKeys struct {
	database, secrets, logs *keys.Key
}

// deployTenant declares everything that one customer owns.
func deployTenant(ctx *pulumi.Context, stack *config.Stack) error {
	root, err := newRoot(ctx, TenantType)
	if err != nil {
		return err
	}
	cell, err := root.cellOutputs(ctx, stack.Tenant.Cell)
	if err != nil {
		return err
	}
	if err := stack.JoinCell(cell.facts()); err != nil {
		return err
	}
	if err := root.settle(ctx, place{cell.Account, cell.Region, cell.RecoveryRegion}); err != nil {
		return err
	}
	t := &tenant{
		root:   root,
		stack:  stack,
		config: stack.Tenant,
		cell:   cell,
		scope: naming.Scope{
			Environment: cell.Environment,
			Stack:       stack.Name,
			Cell:        stack.Tenant.Cell,
			Tenant:      stack.Tenant.Name,
			Owner:       cell.Owner,
		},
	}
	return t.compose(ctx)
}

func (t *tenant) compose(ctx *pulumi.Context) error {
	own, err := t.keys(ctx)
	if err != nil {
		return err
	}
	perimeter, err := perimeter.New(ctx, "perimeter", perimeter.Args{
		Scope:               t.scope,
		VPCID:               pulumi.String(t.cell.VPCID),
		LoadBalancerGroupID: pulumi.String(t.cell.LoadBalancerGroupID),
		ApplicationPort:     application.Port,
	}, t.child())
	if err != nil {
		return err
	}
	appKey, err := credentials.New(ctx, "app-key", credentials.Args{
		Scope:          t.scope,
		Part:           "app-key",
		Length:         application.KeyLength,
		KeyARN:         own.secrets.ARN,
		RecoveryRegion: t.cell.RecoveryRegion,
		ReplicaKeyARN:  own.secrets.ReplicaARN,
	}, t.child())
	if err != nil {
		return err
	}
	data, err := t.database(ctx, own, perimeter)
	if err != nil {
		return err
	}
	route, err := routing.New(ctx, "routing", routing.Args{
		Scope:               t.scope,
		Host:                t.config.Host,
		Slot:                t.config.Slot,
		HostedZoneID:        pulumi.String(t.cell.HostedZoneID),
		VPCID:               pulumi.String(t.cell.VPCID),
		ListenerARN:         pulumi.String(t.cell.HTTPSListenerARN),
		LoadBalancerDNSName: pulumi.String(t.cell.LoadBalancerDNSName),
		LoadBalancerZoneID:  pulumi.String(t.cell.LoadBalancerZoneID),
		Port:                application.Port,
		HealthCheckPath:     application.HealthCheckPath,
	}, t.child())
	if err != nil {
		return err
	}
	app, err := application.New(ctx, "application", application.Args{
		Scope:            t.scope,
		Account:          t.cell.Account,
		Region:           t.cell.Region,
		Host:             t.config.Host,
		Image:            t.config.Application.Image,
		Web:              t.web(),
		ClusterARN:       pulumi.String(t.cell.ClusterARN),
		SubnetIDs:        pulumi.ToStringArray(t.cell.PrivateSubnetIDs),
		SecurityGroupID:  perimeter.ApplicationGroupID,
		TargetGroupARN:   route.TargetGroupARN,
		Rule:             route.Rule,
		LogsKeyARN:       own.logs.ARN,
		SecretsKeyARN:    own.secrets.ARN,
		AppKeyARN:        appKey.ARN,
		LogRetentionDays: t.cell.LogRetentionDays,
		Database: application.Database{
			Host:      data.Address,
			Port:      data.Port,
			Name:      data.Name,
			SecretARN: data.MasterSecretARN,
		},
	}, t.child())
	if err != nil {
		return err
	}
	ctx.Export(tenantOutput, pulumi.Map{
		"name":                  pulumi.String(t.config.Name),
		"cell":                  pulumi.String(t.config.Cell),
		"slot":                  pulumi.Int(t.config.Slot),
		"url":                   pulumi.String("https://" + t.config.Host),
		"databaseArn":           data.ARN,
		"databaseSecretArn":     data.MasterSecretARN,
		"databaseKeyArn":        own.database.ARN,
		"databaseReplicaKeyArn": own.database.ReplicaARN,
		"applicationKeyArn":     appKey.ARN,
		"serviceName":           app.ServiceName,
	})
	return nil
}

// web is as many tasks as the stack file says, always.
func (t *tenant) web() application.Scaled {
	settings := t.config.Application
	return application.Scaled{
		Size: application.Size{CPU: settings.CPU, MemoryMiB: settings.MemoryMiB},
		Min:  settings.Tasks,
		Max:  settings.Tasks,
	}
}

// keys makes a key for each purpose, with its replica where the tenant's copies lie.
func (t *tenant) keys(ctx *pulumi.Context) (tenantKeys, error) {
	var own tenantKeys
	for _, each := range []struct {
		name    string
		purpose keys.Purpose
		key     **keys.Key
	}{
		{"database-key", keys.Database, &own.database},
		{"secrets-key", keys.Secrets, &own.secrets},
		{"logs-key", keys.Logs, &own.logs},
	} {
		key, err := keys.New(ctx, each.name, keys.Args{
			Scope:          t.scope,
			Account:        t.cell.Account,
			Region:         t.cell.Region,
			RecoveryRegion: t.cell.RecoveryRegion,
			Purpose:        each.purpose,
			Recovery:       t.recovery,
		}, t.child())
		if err != nil {
			return own, err
		}
		*each.key = key
	}
	return own, nil
}

func (t *tenant) database(ctx *pulumi.Context, own tenantKeys, groups *perimeter.Perimeter) (*database.Database, error) {
	settings := t.config.Database
	return database.New(ctx, "database", database.Args{
		Scope:               t.scope,
		Account:             t.cell.Account,
		Region:              t.cell.Region,
		InstanceClass:       settings.InstanceClass,
		StorageGiB:          settings.StorageGiB,
		MaxStorageGiB:       settings.MaxStorageGiB,
		BackupRetentionDays: settings.BackupRetentionDays,
		BackupWindow:        settings.BackupWindow,
		MaintenanceWindow:   settings.MaintenanceWindow,
		LogRetentionDays:    t.cell.LogRetentionDays,
		SubnetIDs:           pulumi.ToStringArray(t.cell.IsolatedSubnetIDs),
		SecurityGroupID:     groups.DatabaseGroupID,
		KeyARN:              own.database.ARN,
		SecretsKeyARN:       own.secrets.ARN,
		LogsKeyARN:          own.logs.ARN,
		TeardownAt:          t.stack.Teardown,
	}, t.child())
}
