package edge_test

import (
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/bucket"
	"haven/components/edge"
	"haven/tests/harness"
)

func args() edge.Args {
	return edge.Args{
		Scope:            harness.CellScope(),
		Account:          "123456789012",
		Region:           "eu-west-1",
		Domain:           "demo.haven.example",
		VPCID:            pulumi.String("vpc-1"),
		PublicSubnetIDs:  pulumi.ToStringArray([]string{"subnet-a", "subnet-b", "subnet-c"}),
		PrivateCIDRs:     []string{"10.20.0.0/19", "10.20.64.0/19", "10.20.128.0/19"},
		ApplicationPorts: []int{8080, 6001},
		LogRetentionDays: 400,
		Protected:        true,
	}
}

func declare(t *testing.T, args edge.Args) (*harness.Recorder, map[string]any) {
	t.Helper()
	r, outputs := harness.Environment(), map[string]any{}
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		e, err := edge.New(ctx, "edge", args)
		if err != nil {
			return err
		}
		pulumi.Map{
			"loadBalancer": e.LoadBalancerARN, "dnsName": e.DNSName, "zone": e.CanonicalZoneID,
			"listener": e.ListenerARN, "group": e.SecurityGroupID, "hostedZone": e.HostedZoneID,
			"nameServers": e.NameServers,
		}.ToMapOutput().ApplyT(func(all map[string]any) error {
			outputs = all
			return nil
		})
		return nil
	}))
	return r, outputs
}

func TestEdge(t *testing.T) {
	t.Parallel()
	r, outputs := declare(t, args())
	harness.AssertFamily(t, r, edge.Type, "edge")
	assert.Equal(t, map[string]any{
		"loadBalancer": "arn:aws:mock:::edge-balancer",
		"dnsName":      "demo-cell-alb-1.eu-west-1.elb.amazonaws.com",
		"zone":         "Z32O12XQLNTSW2",
		"listener":     "arn:aws:mock:::edge-https",
		"group":        "edge-group-id",
		"hostedZone":   "Z0123456789ABCDEFGHIJ",
		"nameServers":  []string{"ns-1.awsdns-01.com"},
	}, outputs)
	for _, token := range []string{"aws:route53/zone:Zone", "aws:s3/bucketV2:BucketV2",
		"aws:ec2/securityGroup:SecurityGroup", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
		"aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "aws:lb/loadBalancer:LoadBalancer",
		"aws:lb/listener:Listener"} {
		assert.NotEmpty(t, r.OfType(token))
		for _, d := range r.OfType(token) {
			harness.AssertTags(t, d, map[bool]string{true: "bucket", false: "edge"}[d.Parent == "edge-logs"])
		}
	}
}

func TestLoadBalancer(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	balancer := r.One(t, "aws:lb/loadBalancer:LoadBalancer", "edge-balancer")
	harness.AssertInputs(t, balancer, map[string]any{
		"name":                     "demo-cell-edge",
		"loadBalancerType":         "application",
		"internal":                 false,
		"ipAddressType":            "ipv4",
		"subnets":                  []any{"subnet-a", "subnet-b", "subnet-c"},
		"securityGroups":           []any{"edge-group-id"},
		"enableDeletionProtection": true,
		"dropInvalidHeaderFields":  true,
		"desyncMitigationMode":     "strictest",
		"xffHeaderProcessingMode":  "append",
		"enableHttp2":              true,
		"enableWafFailOpen":        false,
		"enableZonalShift":         true,
		"idleTimeout":              60.0,
		"accessLogs.enabled":       true,
		"accessLogs.bucket":        "edge-logs-bucket-id",
	})
	assert.Contains(t, balancer.DependsOn, "edge-logs-policy", "AWS tries to write when logging is turned on")
}

func TestListeners(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	harness.AssertInputs(t, r.One(t, "aws:lb/listener:Listener", "edge-https"), map[string]any{
		"port":           443.0,
		"protocol":       "HTTPS",
		"sslPolicy":      "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
		"certificateArn": "arn:aws:mock:::edge-certificate-request",
		"defaultActions": []any{map[string]any{"type": "fixed-response", "fixedResponse": map[string]any{
			"contentType": "text/plain", "messageBody": "Not found", "statusCode": "404"}}},
		"routingHttpResponseStrictTransportSecurityHeaderValue": "max-age=63072000; includeSubDomains; preload",
		"routingHttpResponseXContentTypeOptionsHeaderValue":     "nosniff",
		"routingHttpResponseXFrameOptionsHeaderValue":           "SAMEORIGIN",
		"routingHttpResponseContentSecurityPolicyHeaderValue":   "frame-ancestors 'self'",
		"routingHttpResponseServerEnabled":                      false,
	})
	harness.AssertInputs(t, r.One(t, "aws:lb/listener:Listener", "edge-http"), map[string]any{
		"port":     80.0,
		"protocol": "HTTP",
		"defaultActions": []any{map[string]any{"type": "redirect", "redirect": map[string]any{
			"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}},
		"routingHttpResponseServerEnabled": false,
	})
	assert.Len(t, r.OfType("aws:lb/listener:Listener"), 2)
}

func TestFirewall(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	harness.AssertInputs(t, r.One(t, "aws:ec2/securityGroup:SecurityGroup", "edge-group"), map[string]any{
		"name": "demo-cell-edge", "vpcId": "vpc-1", "ingress": nil, "egress": nil})
	want := map[string]struct {
		cidr string
		port float64
	}{
		"edge-in-80":       {"0.0.0.0/0", 80},
		"edge-in-443":      {"0.0.0.0/0", 443},
		"edge-out-8080-1":  {"10.20.0.0/19", 8080},
		"edge-out-8080-2":  {"10.20.64.0/19", 8080},
		"edge-out-8080-3":  {"10.20.128.0/19", 8080},
		"edge-out-6001-1":  {"10.20.0.0/19", 6001},
		"edge-out-6001-2":  {"10.20.64.0/19", 6001},
		"edge-out-6001-3":  {"10.20.128.0/19", 6001},
		"edge-out-sign-in": {"0.0.0.0/0", 443},
	}
	in := r.OfType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
	out := r.OfType("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
	assert.Len(t, in, 2)
	assert.Len(t, out, 7)
	for _, rule := range append(in, out...) {
		harness.AssertInputs(t, rule, map[string]any{
			"securityGroupId": "edge-group-id",
			"ipProtocol":      "tcp",
			"cidrIpv4":        want[rule.Name].cidr,
			"fromPort":        want[rule.Name].port,
			"toPort":          want[rule.Name].port,
		})
	}
}

func TestDomain(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	harness.AssertInputs(t, r.One(t, "aws:route53/zone:Zone", "edge-zone"), map[string]any{
		"name": "demo.haven.example", "comment": "The hosts of demo-cell", "vpcs": nil})
	harness.AssertInputs(t, r.One(t, "aws:route53/record:Record", "edge-caa"), map[string]any{
		"zoneId": "Z0123456789ABCDEFGHIJ", "name": "demo.haven.example", "type": "CAA", "ttl": 3600.0,
		"records": []any{`0 issue "amazon.com"`, `0 issuewild ";"`},
	})
	harness.AssertInputs(t, r.One(t, "aws:acm/certificate:Certificate", "edge-certificate-request"), map[string]any{
		"domainName": "demo.haven.example"})
	harness.AssertInputs(t, r.One(t, "aws:route53/record:Record", "edge-certificate-record"), map[string]any{
		"zoneId": "Z0123456789ABCDEFGHIJ"})
}

func TestLogBucket(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	r.One(t, bucket.Type, "edge-logs")
	harness.AssertInputs(t, r.One(t, "aws:s3/bucketV2:BucketV2", "edge-logs-bucket"), map[string]any{
		"bucket": "demo-cell-lb-logs-123456789012-eu-west-1", "forceDestroy": false, "objectLockEnabled": false,
		"tags.data-classification": "confidential"})
	harness.AssertInputs(t, r.One(t,
		"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
		"edge-logs-encryption"), map[string]any{
		"rules[0].applyServerSideEncryptionByDefault": map[string]any{"sseAlgorithm": "AES256"}})
	harness.AssertInputs(t, r.One(t, "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
		"edge-logs-lifecycle"), map[string]any{"rules[0].expiration.days": 400.0})
}

// aliased is a recorder that notes as well by which other names things have gone, "<parent>|<name>".
type aliased struct {
	*harness.Recorder
	mu    sync.Mutex
	names map[string][]string
}

func (a *aliased) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	a.mu.Lock()
	for _, alias := range args.RegisterRPC.GetAliases() {
		if spec := alias.GetSpec(); spec.GetType() == "" {
			a.names[args.Name] = append(a.names[args.Name], spec.GetParentUrn()+"|"+spec.GetName())
		}
	}
	a.mu.Unlock()
	return a.Recorder.NewResource(args)
}

// TestLogBucketIsTheOneThatStands: what was declared as parts of the edge itself is not made anew.
func TestLogBucketIsTheOneThatStands(t *testing.T) {
	t.Parallel()
	a := &aliased{Recorder: harness.Environment(), names: map[string][]string{}}
	require.NoError(t, pulumi.RunErr(func(ctx *pulumi.Context) error {
		_, err := edge.New(ctx, "edge", args())
		return err
	}, pulumi.WithMocks(harness.Project, harness.Stack, a)))
	const own = "urn:pulumi:demo-test::haven::haven:edge:Edge::edge|"
	assert.Equal(t, map[string][]string{
		"edge-logs-bucket":        {own + "edge-logs"},
		"edge-logs-encryption":    {own + "edge-logs-encryption"},
		"edge-logs-ownership":     {own + "edge-logs-ownership"},
		"edge-logs-notification":  {own + "edge-logs-notification"},
		"edge-logs-public-access": {own + "edge-logs-public-access"},
		"edge-logs-versioning":    {own + "edge-logs-versioning"},
		"edge-logs-lifecycle":     {own + "edge-logs-lifecycle"},
		"edge-logs-policy":        {own + "edge-logs-policy"},
	}, a.names)
}

func TestLogBucketPolicy(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [
		{
			"Sid": "DeliverLogs",
			"Effect": "Allow",
			"Principal": {"Service": ["logdelivery.elasticloadbalancing.amazonaws.com"]},
			"Action": ["s3:PutObject"],
			"Resource": ["arn:aws:s3:::demo-cell-lb-logs-123456789012-eu-west-1/AWSLogs/123456789012/*"],
			"Condition": {"ArnLike": {
				"aws:SourceArn": ["arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/*"]}}
		},
		{
			"Sid": "DenyPlainTransport",
			"Effect": "Deny",
			"Principal": "*",
			"Action": ["s3:*"],
			"Resource": [
				"arn:aws:s3:::demo-cell-lb-logs-123456789012-eu-west-1",
				"arn:aws:s3:::demo-cell-lb-logs-123456789012-eu-west-1/*"
			],
			"Condition": {"Bool": {"aws:SecureTransport": ["false"]}}
		}
	]}`, r.One(t, "aws:s3/bucketPolicy:BucketPolicy", "edge-logs-policy").Input("policy").(string))
}

// TestTeardown: only while it is torn down may the load balancer and the logs go.
func TestTeardown(t *testing.T) {
	t.Parallel()
	falling := args()
	falling.Protected = false
	r, _ := declare(t, falling)
	harness.AssertInputs(t, r.One(t, "aws:lb/loadBalancer:LoadBalancer", "edge-balancer"), map[string]any{
		"enableDeletionProtection": false})
	harness.AssertInputs(t, r.One(t, "aws:s3/bucketV2:BucketV2", "edge-logs-bucket"), map[string]any{"forceDestroy": true})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	const nothingGiven = "edge: Scope: missing, expected a value\n" +
		"Account: missing, expected a value\n" +
		"Region: missing, expected a value\n" +
		`Domain: "", expected one DNS name without wildcards` + "\n" +
		"VPCID: missing, expected a value\n" +
		"PublicSubnetIDs: missing, expected a value\n" +
		"PrivateCIDRs: missing, expected a value\n" +
		"ApplicationPorts: missing, expected a value\n" +
		"LogRetentionDays: missing, expected a value"
	harness.AssertRefusals(t, edge.New, nothingGiven, args, map[string]func(*edge.Args){
		`edge: Domain: "*.haven.example", expected one DNS name without wildcards`: func(a *edge.Args) {
			a.Domain = "*.haven.example"
		},
		"edge: ApplicationPorts[1]: 80, expected 1024 to 65535": func(a *edge.Args) {
			a.ApplicationPorts = []int{8080, 80}
		},
	})
}
