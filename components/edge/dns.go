package edge

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/certificate"
	"haven/components/naming"
)

// caa are the authorities that may issue certificates for the domain and all names below it (RFC 8659): Amazon's, and
// none for wildcards. There is no iodef, for no mailbox of the domain is known to exist.
var caa = []string{`0 issue "amazon.com"`, `0 issuewild ";"`}

func (b *builder) zone() (*route53.Zone, error) {
	zone, err := route53.NewZone(b.ctx, b.name+"-zone", &route53.ZoneArgs{
		Name:    pulumi.String(b.args.Domain),
		Comment: pulumi.String("The hosts of " + b.args.Scope.Stack),
		Tags:    b.tags(b.args.Domain, naming.Public),
	}, b.parent())
	if err != nil {
		return nil, err
	}
	b.edge.HostedZoneID, b.edge.NameServers = zone.ZoneId, zone.NameServers
	_, err = route53.NewRecord(b.ctx, b.name+"-caa", &route53.RecordArgs{
		ZoneId:  zone.ZoneId,
		Name:    pulumi.String(b.args.Domain),
		Type:    pulumi.String("CAA"),
		Ttl:     pulumi.Int(3600),
		Records: pulumi.ToStringArray(caa),
	}, b.parent())
	return zone, err
}

// certificate is the default certificate of the HTTPS listener, for the domain itself: tenants bring their own.
func (b *builder) certificate(zone *route53.Zone) (*certificate.Certificate, error) {
	return certificate.New(b.ctx, b.name+"-certificate", certificate.Args{
		Scope:        b.args.Scope,
		Host:         b.args.Domain,
		HostedZoneID: zone.ZoneId,
	}, b.parent())
}
