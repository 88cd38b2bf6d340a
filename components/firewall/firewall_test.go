package firewall_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"haven/components/firewall"
	"haven/tests/harness"
)

const balancer = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/demo-cell-edge/1"

func args() firewall.Args {
	return firewall.Args{
		Scope:            harness.CellScope(),
		Account:          "123456789012",
		Region:           "eu-west-1",
		LoadBalancerARN:  pulumi.String(balancer),
		BlockList:        []string{"203.0.113.0/24"},
		AllowList:        []string{"198.51.100.7/32", "198.51.100.9/32"},
		RateLimit:        5000,
		LogRetentionDays: 400,
		Protected:        true,
	}
}

func declare(t *testing.T, args firewall.Args) (*harness.Recorder, map[string]any) {
	t.Helper()
	r, outputs := harness.Environment(), map[string]any{}
	require.NoError(t, harness.Run(r, func(ctx *pulumi.Context) error {
		f, err := firewall.New(ctx, "firewall", args)
		if err != nil {
			return err
		}
		pulumi.Map{
			"arn": f.ARN, "name": pulumi.String(f.Name), "capacity": pulumi.Int(f.Capacity), "logs": f.LogBucket,
		}.ToMapOutput().ApplyT(func(all map[string]any) error {
			outputs = all
			return nil
		})
		return nil
	}))
	return r, outputs
}

func TestFirewall(t *testing.T) {
	t.Parallel()
	r, outputs := declare(t, args())
	harness.AssertFamily(t, r, firewall.Type, "firewall")
	assert.Equal(t, map[string]any{
		"arn":      "arn:aws:mock:::firewall-acl",
		"name":     "demo-cell-firewall",
		"capacity": 1317,
		"logs":     "firewall-logs-bucket-id",
	}, outputs)
	harness.AssertInputs(t, r.One(t, "aws:wafv2/webAcl:WebAcl", "firewall-acl"), map[string]any{
		"name":          "demo-cell-firewall",
		"description":   "What reaches the tenants of demo-cell",
		"scope":         "REGIONAL",
		"defaultAction": map[string]any{"allow": map[string]any{}},
		"visibilityConfig": map[string]any{"cloudwatchMetricsEnabled": true, "metricName": "demo-cell-firewall",
			"sampledRequestsEnabled": false},
	})
	harness.AssertInputs(t, r.One(t, "aws:wafv2/webAclAssociation:WebAclAssociation", "firewall-association"),
		map[string]any{"resourceArn": balancer, "webAclArn": "arn:aws:mock:::firewall-acl"})
	for _, token := range []string{"aws:wafv2/webAcl:WebAcl", "aws:wafv2/ipSet:IpSet"} {
		assert.NotEmpty(t, r.OfType(token))
		for _, d := range r.OfType(token) {
			harness.AssertTags(t, d, "firewall")
		}
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	for name, ranges := range map[string][]any{
		"block-list": {"203.0.113.0/24"},
		"allow-list": {"198.51.100.7/32", "198.51.100.9/32"},
	} {
		harness.AssertInputs(t, r.One(t, "aws:wafv2/ipSet:IpSet", "firewall-"+name), map[string]any{
			"name": "demo-cell-" + name, "scope": "REGIONAL", "ipAddressVersion": "IPV4", "addresses": ranges})
	}
}

// refusing is the statement, and the action that refuses with an HTTP status of ours.
func refusing(statement map[string]any, status ...float64) map[string]any {
	block := map[string]any{}
	for _, code := range status {
		block["customResponse"] = map[string]any{"responseCode": code}
	}
	return map[string]any{"statement": statement, "action": map[string]any{"block": block}}
}

// group is one of Amazon's, which does what its own rules say.
func group(name string, more map[string]any) map[string]any {
	statement := map[string]any{"vendorName": "AWS", "name": name}
	for key, value := range more {
		statement[key] = value
	}
	return map[string]any{"statement": map[string]any{"managedRuleGroupStatement": statement},
		"overrideAction": map[string]any{"none": map[string]any{}}}
}

func matching(expression string, field map[string]any, transformations ...string) map[string]any {
	var transforms []any
	for i, kind := range transformations {
		transforms = append(transforms, map[string]any{"priority": float64(i), "type": kind})
	}
	return map[string]any{"regexMatchStatement": map[string]any{
		"regexString": expression, "fieldToMatch": field, "textTransformations": transforms}}
}

// TestRules: which request meets which rule first, and what becomes of it.
func TestRules(t *testing.T) {
	t.Parallel()
	inList := func(arn string) map[string]any {
		return map[string]any{"ipSetReferenceStatement": map[string]any{"arn": arn}}
	}
	unlessAllowed := map[string]any{"notStatement": map[string]any{
		"statements": []any{inList("arn:aws:mock:::firewall-allow-list")}}}
	exceptAllowed := map[string]any{"scopeDownStatement": unlessAllowed}
	want := []struct {
		name string
		rule map[string]any
	}{
		{"block-list", refusing(inList("arn:aws:mock:::firewall-block-list"))},
		{"closed-paths", refusing(matching(`^(?:/index\.php)?/(?:metrics|install|installer)(?:/|$)`,
			map[string]any{"uriPath": map[string]any{}}, "URL_DECODE", "NORMALIZE_PATH", "LOWERCASE"))},
		{"request-size", refusing(matching("^0*(?:[1-9][0-9]{9,}|[2-9][0-9]{8}|1[1-9][0-9]{7}|10[5-9][0-9]{6}|"+
			"104[9-9][0-9]{5}|1048[6-9][0-9]{4}|10485[8-9][0-9]{3}|104857[7-9][0-9]{2}|1048576[1-9][0-9]{1}|"+
			"10485760[1-9][0-9]{0})$",
			map[string]any{"singleHeader": map[string]any{"name": "content-length"}}, "NONE"), 413)},
		{"rate-limit", refusing(map[string]any{"rateBasedStatement": map[string]any{"aggregateKeyType": "IP",
			"evaluationWindowSec": 300.0, "limit": 5000.0, "scopeDownStatement": unlessAllowed}}, 429)},
		{"ip-reputation", group("AWSManagedRulesAmazonIpReputationList", exceptAllowed)},
		{"anonymous-ip", group("AWSManagedRulesAnonymousIpList", exceptAllowed)},
		{"common", group("AWSManagedRulesCommonRuleSet", map[string]any{"ruleActionOverrides": []any{map[string]any{
			"name": "SizeRestrictions_BODY", "actionToUse": map[string]any{"count": map[string]any{}}}}})},
		{"known-bad-inputs", group("AWSManagedRulesKnownBadInputsRuleSet", nil)},
		{"sql-injection", group("AWSManagedRulesSQLiRuleSet", nil)},
		{"php", group("AWSManagedRulesPHPRuleSet", nil)},
	}
	r, _ := declare(t, args())
	rules := r.One(t, "aws:wafv2/webAcl:WebAcl", "firewall-acl").Input("rules").([]any)
	require.Len(t, rules, len(want))
	for priority, expected := range want {
		expected.rule["name"] = expected.name
		expected.rule["priority"] = float64(priority)
		expected.rule["visibilityConfig"] = map[string]any{"cloudwatchMetricsEnabled": true,
			"metricName": "demo-cell-" + expected.name, "sampledRequestsEnabled": false}
		assert.Equal(t, expected.rule, rules[priority], expected.name)
	}
}

func TestLogging(t *testing.T) {
	t.Parallel()
	r, _ := declare(t, args())
	header := func(name string) any { return map[string]any{"singleHeader": map[string]any{"name": name}} }
	harness.AssertInputs(t, r.One(t, "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
		"firewall-logging"), map[string]any{
		"resourceArn":           "arn:aws:mock:::firewall-acl",
		"logDestinationConfigs": []any{"arn:aws:s3:::firewall-logs-bucket-id"},
		"redactedFields": []any{header("authorization"), header("cookie"), header("x-csrf-token"),
			header("x-xsrf-token")},
		"loggingFilter": nil,
	})
	harness.AssertInputs(t, r.One(t, "aws:s3/bucketV2:BucketV2", "firewall-logs-bucket"), map[string]any{
		"bucket": "aws-waf-logs-demo-cell-123456789012", "forceDestroy": false,
		"tags.data-classification": "confidential"})
	assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [
		{
			"Sid": "DeliverLogs",
			"Effect": "Allow",
			"Principal": {"Service": ["delivery.logs.amazonaws.com"]},
			"Action": ["s3:PutObject"],
			"Resource": ["arn:aws:s3:::aws-waf-logs-demo-cell-123456789012/AWSLogs/123456789012/*"],
			"Condition": {
				"StringEquals": {
					"aws:SourceAccount": ["123456789012"],
					"s3:x-amz-acl": ["bucket-owner-full-control"]
				},
				"ArnLike": {"aws:SourceArn": ["arn:aws:logs:eu-west-1:123456789012:*"]}
			}
		},
		{
			"Sid": "CheckOwner",
			"Effect": "Allow",
			"Principal": {"Service": ["delivery.logs.amazonaws.com"]},
			"Action": ["s3:GetBucketAcl"],
			"Resource": ["arn:aws:s3:::aws-waf-logs-demo-cell-123456789012"],
			"Condition": {
				"StringEquals": {"aws:SourceAccount": ["123456789012"]},
				"ArnLike": {"aws:SourceArn": ["arn:aws:logs:eu-west-1:123456789012:*"]}
			}
		},
		{
			"Sid": "DenyPlainTransport",
			"Effect": "Deny",
			"Principal": "*",
			"Action": ["s3:*"],
			"Resource": [
				"arn:aws:s3:::aws-waf-logs-demo-cell-123456789012",
				"arn:aws:s3:::aws-waf-logs-demo-cell-123456789012/*"
			],
			"Condition": {"Bool": {"aws:SecureTransport": ["false"]}}
		}
	]}`, r.One(t, "aws:s3/bucketPolicy:BucketPolicy", "firewall-logs-policy").Input("policy").(string))
}

// TestEmptyLists: a list without addresses stands all the same, so that one can be added in place.
func TestEmptyLists(t *testing.T) {
	t.Parallel()
	open := args()
	open.BlockList, open.AllowList = nil, nil
	r, _ := declare(t, open)
	assert.Len(t, r.OfType("aws:wafv2/ipSet:IpSet"), 2)
}

// TestTeardown: only while it is torn down may the logs go.
func TestTeardown(t *testing.T) {
	t.Parallel()
	falling := args()
	falling.Protected = false
	r, _ := declare(t, falling)
	harness.AssertInputs(t, r.One(t, "aws:s3/bucketV2:BucketV2", "firewall-logs-bucket"), map[string]any{
		"forceDestroy": true})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	const counts = "; it counts the requests of one address within five minutes"
	const nothingGiven = "firewall: Scope: missing, expected a value\n" +
		"Account: missing, expected a value\n" +
		"Region: missing, expected a value\n" +
		"LoadBalancerARN: missing, expected a value\n" +
		"RateLimit: 0, expected 10 to 2000000000" + counts + "\n" +
		"LogRetentionDays: missing, expected a value"
	harness.AssertRefusals(t, firewall.New, nothingGiven, args, map[string]func(*firewall.Args){
		`firewall: BlockList[1]: "10.0.0.1/8", expected a range that begins at its first address; write "10.0.0.0/8"`: func(
			a *firewall.Args,
		) {
			a.BlockList = append(a.BlockList, "10.0.0.1/8")
		},
		`firewall: AllowList[0]: "198.51.100.7", expected a range of IPv4 addresses in CIDR notation, /1 to /32; ` +
			`write one address like "203.0.113.7/32"`: func(a *firewall.Args) {
			a.AllowList = []string{"198.51.100.7"}
		},
		"firewall: AllowList: 10001, expected 0 to 10000; join ranges into wider ones": func(a *firewall.Args) {
			a.AllowList = make([]string, 10001)
			for i := range a.AllowList {
				a.AllowList[i] = "198.51.100.7/32"
			}
		},
		"firewall: RateLimit: 9, expected 10 to 2000000000" + counts: func(a *firewall.Args) {
			a.RateLimit = 9
		},
	})
}
