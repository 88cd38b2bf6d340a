package guards

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ebs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/keys"
	"haven/components/naming"
)

// RegionType is the type token of the component that NewRegion makes.
const RegionType = "haven:guards:Region"

// RegionArgs are all required.
type RegionArgs struct {
	Scope naming.Scope
	// Account is the AWS account, twelve digits; Region the one that is guarded.
	Account, Region string
}

// Region guards one region of an account.
type Region struct {
	pulumi.ResourceState
	// VolumesKeyARN encrypts new volumes that name no key.
	VolumesKeyARN pulumi.StringOutput
}

// NewRegion guards the region of its provider.
func NewRegion(ctx *pulumi.Context, name string, args RegionArgs, opts ...pulumi.ResourceOption) (*Region, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("guards: %w", err)
	}
	r := &Region{}
	if err := ctx.RegisterComponentResource(RegionType, name, r, opts...); err != nil {
		return nil, fmt.Errorf("guards: %w", err)
	}
	if err := r.encryptVolumes(ctx, name, args); err != nil {
		return nil, fmt.Errorf("guards: %w", err)
	}
	if err := r.closeInstances(ctx, name); err != nil {
		return nil, fmt.Errorf("guards: %w", err)
	}
	if err := r.closeImages(ctx, name); err != nil {
		return nil, fmt.Errorf("guards: %w", err)
	}
	return r, ctx.RegisterResourceOutputs(r, pulumi.Map{"volumesKeyArn": r.VolumesKeyARN})
}

func (a RegionArgs) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Require("Account", a.Account != "")
	problems.Require("Region", a.Region != "")
	return problems.Err()
}

func (r *Region) encryptVolumes(ctx *pulumi.Context, name string, args RegionArgs) error {
	key, err := keys.NewRegional(ctx, name+"-volumes-key", keys.RegionalArgs{
		Scope:       args.Scope,
		Account:     args.Account,
		Part:        "volumes",
		Description: "the volumes without another key",
		Uses:        keys.UseThrough(args.Account, args.Region, "ec2"),
	}, pulumi.Parent(r))
	if err != nil {
		return err
	}
	r.VolumesKeyARN = key.ARN
	_, err = ebs.NewDefaultKmsKey(ctx, name+"-default-key", &ebs.DefaultKmsKeyArgs{
		KeyArn: key.ARN,
	}, pulumi.Parent(r))
	if err != nil {
		return err
	}
	_, err = ebs.NewEncryptionByDefault(ctx, name+"-encryption", &ebs.EncryptionByDefaultArgs{
		Enabled: pulumi.Bool(true),
	}, pulumi.Parent(r))
	if err != nil {
		return err
	}
	_, err = ebs.NewSnapshotBlockPublicAccess(ctx, name+"-snapshots", &ebs.SnapshotBlockPublicAccessArgs{
		State: pulumi.String("block-all-sharing"),
	}, pulumi.Parent(r))
	return err
}

// closeInstances keeps an instance's credentials from whoever makes it fetch an address, and from containers on it.
func (r *Region) closeInstances(ctx *pulumi.Context, name string) error {
	_, err := ec2.NewInstanceMetadataDefaults(ctx, name+"-metadata", &ec2.InstanceMetadataDefaultsArgs{
		HttpEndpoint:            pulumi.String("enabled"),
		HttpTokens:              pulumi.String("required"),
		HttpPutResponseHopLimit: pulumi.Int(1),
		InstanceMetadataTags:    pulumi.String("disabled"),
	}, pulumi.Parent(r))
	return err
}

// closeImages leaves an image public that is so already: AWS has no state that takes it back.
func (r *Region) closeImages(ctx *pulumi.Context, name string) error {
	_, err := ec2.NewImageBlockPublicAccess(ctx, name+"-images", &ec2.ImageBlockPublicAccessArgs{
		State: pulumi.String("block-new-sharing"),
	}, pulumi.Parent(r))
	return err
}
