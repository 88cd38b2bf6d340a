package offsite

import (
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/filestore"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
)

const (
	// share is the name of the file share, 16 characters at most.
	share = "files"
	// tenantFolder is where the tenant's files lie in it: what a new share has of its own stays outside.
	tenantFolder = "tenant"
	// shareGiB is the least that a share of a whole region has.
	// https://cloud.google.com/filestore/docs/service-tiers
	shareGiB = 1024
)

// files makes the share, which lies in several zones at once and lets in who is in the tenant's network: an interface
// of the services' own range.
func (s *stores) files() error {
	instance, err := filestore.NewInstance(s.ctx, s.name+"-files", &filestore.InstanceArgs{
		Name:       pulumi.String(s.args.Scope.Name(share)),
		Location:   pulumi.String(s.args.Region),
		Tier:       pulumi.String("ENTERPRISE"),
		KmsKeyName: s.own.keys["files"],
		FileShares: filestore.InstanceFileSharesArgs{
			Name:       pulumi.String(share),
			CapacityGb: pulumi.Int(shareGiB),
			NfsExportOptions: filestore.InstanceFileSharesNfsExportOptionArray{
				filestore.InstanceFileSharesNfsExportOptionArgs{
					IpRanges:   pulumi.ToStringArray([]string{subnetRange}),
					AccessMode: pulumi.String("READ_WRITE"),
					SquashMode: pulumi.String("NO_ROOT_SQUASH"),
				},
			},
		},
		Networks: filestore.InstanceNetworkArray{filestore.InstanceNetworkArgs{
			Network:     s.own.network.ID(),
			Modes:       pulumi.ToStringArray([]string{"MODE_IPV4"}),
			ConnectMode: pulumi.String("PRIVATE_SERVICE_ACCESS"),
		}},
		Labels: s.labels(naming.Confidential),
	}, s.peered())
	if err != nil {
		return err
	}
	s.own.FilesServer = instance.Networks.Index(pulumi.Int(0)).IpAddresses().Index(pulumi.Int(0))
	return nil
}
