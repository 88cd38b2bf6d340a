package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
	"haven/components/offsite"
	"haven/stacks/config"
)

// OffsiteType is the component that everything in an off-site stack descends from.
const OffsiteType = "haven:stacks:Offsite"

const offsiteOutput = "offsite"

// OffsiteOutputs is what an off-site stack tells whoever brings the tenant back.
type OffsiteOutputs struct {
	Environment string `mapstructure:"environment"`
	Tenant      string `mapstructure:"tenant"`
	Project     string `mapstructure:"project"`
	Region      string `mapstructure:"region"`
	// DatabaseID is the Cloud SQL instance's name.
	DatabaseID string `mapstructure:"databaseId"`
	// RestoreJob is the resource name of the job that brings back the dump at Place, "gs://bucket/prefix".
	RestoreJob string `mapstructure:"restoreJob"`
	Place      string `mapstructure:"place"`
	// SecretsPrefix begins the names of the secrets that the dump's sealed keys become.
	SecretsPrefix string `mapstructure:"secretsPrefix"`
	// URL is where the tenant is served, Address the load balancer's and NameServers those that its host is delegated to;
	// all empty until it is.
	URL         string   `mapstructure:"url"`
	Address     string   `mapstructure:"address"`
	NameServers []string `mapstructure:"nameServers"`
}

// deployOffsite declares a tenant in Google Cloud: what holds its data, what brings them back from the mirror, and then
// what serves it. It needs no other stack, and nothing of AWS.
func deployOffsite(ctx *pulumi.Context, stack *config.Stack) error {
	settings := stack.Offsite
	root, err := newRoot(ctx, OffsiteType)
	if err != nil {
		return err
	}
	google, err := root.googleProvider(ctx, settings.Project)
	if err != nil {
		return err
	}
	mirror, err := gcp.NewProvider(ctx, "gcp-mirror", &gcp.ProviderArgs{
		Project: pulumi.String(settings.Mirror.Project),
	}, pulumi.Parent(root))
	if err != nil {
		return fmt.Errorf("provider gcp-mirror: %w", err)
	}
	scope := naming.Scope{
		Environment: settings.Environment, Stack: stack.Name, Cell: stack.Name, Tenant: settings.Tenant,
		Owner: settings.Owner,
	}
	child := pulumi.Composite(pulumi.Parent(root), pulumi.Providers(google))
	stores, err := offsite.NewStores(ctx, "stores", offsite.StoresArgs{
		Scope:          scope,
		Project:        settings.Project,
		Region:         settings.Region,
		Tier:           settings.Tier,
		StorageGiB:     settings.Database.StorageGiB,
		Passport:       settings.Application.Passport,
		CriticalEmails: settings.Alerts.Critical,
		WarningEmails:  settings.Alerts.Warning,
		Protected:      stack.Teardown.IsZero(),
	}, child)
	if err != nil {
		return err
	}
	restoration, err := offsite.NewRestoration(ctx, "restoration", offsite.RestorationArgs{
		Scope: scope, Stores: stores, Image: settings.DumpImage, Bucket: settings.Mirror.Bucket, Dump: settings.Dump,
		Mirror: mirror,
	}, child)
	if err != nil {
		return err
	}
	outputs := pulumi.Map{
		"environment":   pulumi.String(settings.Environment),
		"tenant":        pulumi.String(settings.Tenant),
		"project":       pulumi.String(settings.Project),
		"region":        pulumi.String(settings.Region),
		"databaseId":    stores.DatabaseID,
		"restoreJob":    restoration.Job,
		"place":         pulumi.Sprintf("gs://%s/%s", settings.Mirror.Bucket, settings.Dump),
		"secretsPrefix": pulumi.Sprintf("projects/%s/secrets/%s", settings.Project, stack.Name),
		"url":           pulumi.String(""),
		"address":       pulumi.String(""),
		"nameServers":   pulumi.StringArray{},
	}
	if settings.Serving {
		application, err := offsite.NewApplication(ctx, "application", offsite.ApplicationArgs{
			Scope: scope, Stores: stores, Host: settings.Host, Image: settings.Application.Image,
		}, child)
		if err != nil {
			return err
		}
		outputs["url"] = pulumi.String("https://" + settings.Host)
		outputs["address"], outputs["nameServers"] = application.Address, application.NameServers
	}
	ctx.Export(offsiteOutput, outputs)
	return nil
}
