package routing

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/certificate"
)

// certificate adds the host's own certificate to the listener, which picks it by the name that a client asks for.
func (r *Routing) certificate(ctx *pulumi.Context, name string, args Args) error {
	own, err := certificate.New(ctx, name+"-certificate", certificate.Args{
		Scope:        args.Scope,
		Host:         args.Host,
		HostedZoneID: args.HostedZoneID,
	}, pulumi.Parent(r))
	if err != nil {
		return err
	}
	r.CertificateARN, r.provenBy = own.ARN, own.RecordFQDN
	_, err = lb.NewListenerCertificate(ctx, name+"-listener-certificate", &lb.ListenerCertificateArgs{
		ListenerArn:    args.ListenerARN,
		CertificateArn: own.ARN,
	}, pulumi.Parent(r))
	if err != nil {
		return fmt.Errorf("listener certificate: %w", err)
	}
	return nil
}
