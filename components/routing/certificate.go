package routing

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/naming"
)

// validationTTLSeconds is how long resolvers may keep a validation record.
const validationTTLSeconds = 300

// certificate declares the host's certificate, proves to ACM that the zone is ours, and adds it to the listener, which
// picks it by the name that a client asks for. The validation record stays: ACM renews by it.
func (r *Routing) certificate(ctx *pulumi.Context, name string, args Args) error {
	certificate, err := acm.NewCertificate(ctx, name+"-certificate", &acm.CertificateArgs{
		DomainName:       pulumi.String(args.Host),
		ValidationMethod: pulumi.String("DNS"),
		Tags:             pulumi.ToStringMap(args.Scope.Tags("routing", args.Scope.Name("web"), naming.Public)),
	}, pulumi.Parent(r))
	if err != nil {
		return fmt.Errorf("certificate: %w", err)
	}
	proof := certificate.DomainValidationOptions.Index(pulumi.Int(0)) // a single host has a single option
	record, err := route53.NewRecord(ctx, name+"-validation-record", &route53.RecordArgs{
		ZoneId:  args.HostedZoneID,
		Name:    proof.ResourceRecordName().Elem(),
		Type:    proof.ResourceRecordType().Elem(),
		Records: pulumi.StringArray{proof.ResourceRecordValue().Elem()},
		Ttl:     pulumi.Int(validationTTLSeconds),
	}, pulumi.Parent(r))
	if err != nil {
		return fmt.Errorf("validation record: %w", err)
	}
	validation, err := acm.NewCertificateValidation(ctx, name+"-validation", &acm.CertificateValidationArgs{
		CertificateArn:        certificate.Arn,
		ValidationRecordFqdns: pulumi.StringArray{record.Fqdn},
	}, pulumi.Parent(r))
	if err != nil {
		return fmt.Errorf("certificate validation: %w", err)
	}
	_, err = lb.NewListenerCertificate(ctx, name+"-listener-certificate", &lb.ListenerCertificateArgs{
		ListenerArn:    args.ListenerARN,
		CertificateArn: validation.CertificateArn,
	}, pulumi.Parent(r))
	if err != nil {
		return fmt.Errorf("listener certificate: %w", err)
	}
	return nil
}
