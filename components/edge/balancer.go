package edge

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"haven/components/bucket"
	"haven/components/naming"
)

const (
	httpPort  = 80
	httpsPort = 443
	anywhere  = "0.0.0.0/0"

	// tlsPolicy allows TLS 1.3 and 1.2 with forward secrecy and authenticated encryption only, and post-quantum key
	// exchange where the client has it.
	tlsPolicy = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"

	// strictTransport is two years, which the browsers' preload lists ask for.
	strictTransport = "max-age=63072000; includeSubDomains; preload"
	// contentPolicy is what holds for any application: only its own pages may frame it.
	contentPolicy = "frame-ancestors 'self'"
)

func (b *builder) loadBalancer(logs *bucket.Bucket) (*lb.LoadBalancer, error) {
	physical := b.args.Scope.Name("edge")
	group, err := b.securityGroup(physical)
	if err != nil {
		return nil, err
	}
	balancer, err := lb.NewLoadBalancer(b.ctx, b.name+"-balancer", &lb.LoadBalancerArgs{
		Name:                     pulumi.String(physical),
		LoadBalancerType:         pulumi.String("application"),
		Internal:                 pulumi.Bool(false),
		IpAddressType:            pulumi.String("ipv4"),
		Subnets:                  b.args.PublicSubnetIDs,
		SecurityGroups:           pulumi.StringArray{group.ID()},
		EnableDeletionProtection: pulumi.Bool(b.args.Protected),
		DropInvalidHeaderFields:  pulumi.Bool(true),
		DesyncMitigationMode:     pulumi.String("strictest"),
		// Appended, the last address is the client's as the load balancer saw it, whatever the client sent.
		XffHeaderProcessingMode: pulumi.String("append"),
		EnableHttp2:             pulumi.Bool(true),
		EnableWafFailOpen:       pulumi.Bool(false),
		EnableZonalShift:        pulumi.Bool(true),
		IdleTimeout:             pulumi.Int(60),
		AccessLogs: lb.LoadBalancerAccessLogsArgs{
			Bucket:  logs.Name,
			Enabled: pulumi.Bool(true),
		},
		Tags: b.tags(physical, naming.Confidential),
	}, b.parent())
	if err != nil {
		return nil, err
	}
	b.edge.LoadBalancerARN, b.edge.DNSName, b.edge.CanonicalZoneID = balancer.Arn, balancer.DnsName, balancer.ZoneId
	b.edge.LoadBalancerSuffix, b.edge.LogBucket = balancer.ArnSuffix, logs.Name
	return balancer, nil
}

func (b *builder) securityGroup(physical string) (*ec2.SecurityGroup, error) {
	group, err := ec2.NewSecurityGroup(b.ctx, b.name+"-group", &ec2.SecurityGroupArgs{
		Name:        pulumi.String(physical),
		Description: pulumi.String("The load balancer: HTTP and HTTPS in, the application ports out"),
		VpcId:       b.args.VPCID,
		Tags:        b.tags(physical, naming.Internal),
	}, b.parent())
	if err != nil {
		return nil, err
	}
	b.edge.SecurityGroupID = group.ID().ToStringOutput()
	for _, port := range []int{httpPort, httpsPort} {
		part := fmt.Sprintf("-in-%d", port)
		_, err := vpc.NewSecurityGroupIngressRule(b.ctx, b.name+part, &vpc.SecurityGroupIngressRuleArgs{
			SecurityGroupId: group.ID(),
			Description:     pulumi.String("Clients"),
			CidrIpv4:        pulumi.String(anywhere),
			IpProtocol:      pulumi.String("tcp"),
			FromPort:        pulumi.Int(port),
			ToPort:          pulumi.Int(port),
			Tags:            b.tags(physical+part, naming.Internal),
		}, b.parent())
		if err != nil {
			return nil, err
		}
	}
	return group, b.forwardRules(group, physical)
}

// forwardRules let the load balancer reach each of the application's ports in each private range, and the sign-in pages
// of user pools, which it calls itself and which have no addresses of their own.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
func (b *builder) forwardRules(group *ec2.SecurityGroup, physical string) error {
	for _, port := range b.args.ApplicationPorts {
		for i, cidr := range b.args.PrivateCIDRs {
			if err := b.egress(group, physical, fmt.Sprintf("-out-%d-%d", port, i+1), "Applications", cidr, port); err != nil {
				return err
			}
		}
	}
	return b.egress(group, physical, "-out-sign-in", "User pools", anywhere, httpsPort)
}

func (b *builder) egress(group *ec2.SecurityGroup, physical, part, why, cidr string, port int) error {
	_, err := vpc.NewSecurityGroupEgressRule(b.ctx, b.name+part, &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId: group.ID(),
		Description:     pulumi.String(why),
		CidrIpv4:        pulumi.String(cidr),
		IpProtocol:      pulumi.String("tcp"),
		FromPort:        pulumi.Int(port),
		ToPort:          pulumi.Int(port),
		Tags:            b.tags(physical+part, naming.Internal),
	}, b.parent())
	return err
}

func (b *builder) listeners(balancer *lb.LoadBalancer, certificate pulumi.StringOutput) error {
	https, err := lb.NewListener(b.ctx, b.name+"-https", &lb.ListenerArgs{
		LoadBalancerArn: balancer.Arn,
		Port:            pulumi.Int(httpsPort),
		Protocol:        pulumi.String("HTTPS"),
		SslPolicy:       pulumi.String(tlsPolicy),
		CertificateArn:  certificate,
		DefaultActions: lb.ListenerDefaultActionArray{lb.ListenerDefaultActionArgs{
			Type: pulumi.String("fixed-response"),
			FixedResponse: lb.ListenerDefaultActionFixedResponseArgs{
				ContentType: pulumi.String("text/plain"),
				MessageBody: pulumi.String("Not found"),
				StatusCode:  pulumi.String("404"),
			},
		}},
		RoutingHttpResponseStrictTransportSecurityHeaderValue: pulumi.String(strictTransport),
		RoutingHttpResponseXContentTypeOptionsHeaderValue:     pulumi.String("nosniff"),
		RoutingHttpResponseXFrameOptionsHeaderValue:           pulumi.String("SAMEORIGIN"),
		RoutingHttpResponseContentSecurityPolicyHeaderValue:   pulumi.String(contentPolicy),
		RoutingHttpResponseServerEnabled:                      pulumi.Bool(false),
		Tags:                                                  b.tags(b.args.Scope.Name("https"), naming.Confidential),
	}, b.parent())
	if err != nil {
		return err
	}
	b.edge.ListenerARN = https.Arn
	_, err = lb.NewListener(b.ctx, b.name+"-http", &lb.ListenerArgs{
		LoadBalancerArn: balancer.Arn,
		Port:            pulumi.Int(httpPort),
		Protocol:        pulumi.String("HTTP"),
		DefaultActions: lb.ListenerDefaultActionArray{lb.ListenerDefaultActionArgs{
			Type: pulumi.String("redirect"),
			Redirect: lb.ListenerDefaultActionRedirectArgs{
				Protocol:   pulumi.String("HTTPS"),
				Port:       pulumi.String(fmt.Sprint(httpsPort)),
				StatusCode: pulumi.String("HTTP_301"),
			},
		}},
		RoutingHttpResponseServerEnabled: pulumi.Bool(false),
		Tags:                             b.tags(b.args.Scope.Name("http"), naming.Public),
	}, b.parent())
	return err
}
