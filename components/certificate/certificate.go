package certificate

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/acm"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/arguments"
	"haven/components/naming"
)

// Type is the component's type token.
const Type = "haven:certificate:Certificate"

// validationTTLSeconds is how long resolvers may keep a validation record.
const validationTTLSeconds = 300

// Args are all required, but for HostedZoneID and RecordFQDN, of which one is.
type Args struct {
	// Scope tags everything.
	Scope naming.Scope
	// Host is the one name that the certificate is for, and what it is called by: two of one stack never share it.
	// Changing it makes another certificate, before the old one goes.
	Host string
	// HostedZoneID is the public DNS zone that Host lies in. The parent zone must delegate to it, or the certificate
	// never becomes valid.
	HostedZoneID pulumi.StringInput
	// RecordFQDN is the name of the record by which the host is proven already, for a certificate of another region of the
	// account: they share it.
	RecordFQDN pulumi.StringInput
}

// Certificate is a certificate that is valid.
type Certificate struct {
	pulumi.ResourceState

	// ARN is known once the certificate is valid.
	ARN pulumi.StringOutput
	// RecordFQDN is the name of the record that proves the host.
	RecordFQDN pulumi.StringOutput
}

// New declares a certificate.
func New(ctx *pulumi.Context, name string, args Args, opts ...pulumi.ResourceOption) (*Certificate, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	c := &Certificate{}
	if err := ctx.RegisterComponentResource(Type, name, c, opts...); err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	if err := c.declare(ctx, name, args); err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"arn": c.ARN})
}

func (a Args) validate() error {
	var problems arguments.Problems
	problems.Require("Scope", a.Scope.Stack != "")
	problems.Host("Host", a.Host)
	problems.Require("HostedZoneID", a.HostedZoneID != nil || a.RecordFQDN != nil)
	return problems.Err()
}

// declare asks for the certificate and proves by a record that the zone is ours. The record stays: ACM renews by it.
func (c *Certificate) declare(ctx *pulumi.Context, name string, args Args) error {
	request, err := acm.NewCertificate(ctx, name+"-request", &acm.CertificateArgs{
		DomainName:       pulumi.String(args.Host),
		ValidationMethod: pulumi.String("DNS"),
		Options: acm.CertificateOptionsArgs{
			CertificateTransparencyLoggingPreference: pulumi.String("ENABLED"),
		},
		Tags: pulumi.ToStringMap(args.Scope.Tags("certificate", args.Host, naming.Public)),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("request: %w", err)
	}
	if args.RecordFQDN != nil {
		c.RecordFQDN = args.RecordFQDN.ToStringOutput()
		return c.validate(ctx, name, request)
	}
	proof := request.DomainValidationOptions.Index(pulumi.Int(0)) // a single host has a single option
	record, err := route53.NewRecord(ctx, name+"-record", &route53.RecordArgs{
		ZoneId:  args.HostedZoneID,
		Name:    proof.ResourceRecordName().Elem(),
		Type:    proof.ResourceRecordType().Elem(),
		Ttl:     pulumi.Int(validationTTLSeconds),
		Records: pulumi.StringArray{proof.ResourceRecordValue().Elem()},
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("validation record: %w", err)
	}
	c.RecordFQDN = record.Fqdn
	return c.validate(ctx, name, request)
}

// validate waits until ACM has seen the record.
func (c *Certificate) validate(ctx *pulumi.Context, name string, request *acm.Certificate) error {
	validation, err := acm.NewCertificateValidation(ctx, name+"-validation", &acm.CertificateValidationArgs{
		CertificateArn:        request.Arn,
		ValidationRecordFqdns: pulumi.StringArray{c.RecordFQDN},
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("validation: %w", err)
	}
	c.ARN = validation.CertificateArn
	return nil
}
