package topics

import (
	"slices"
	"strings"

	"haven/policy/graph"
	"haven/policy/rules"
)

const (
	trail       = "aws:cloudtrail/trail:Trail"
	metricAlarm = "aws:cloudwatch/metricAlarm:MetricAlarm"
)

var trails = []rules.Rule{
	on("ct-multi-region", both(must("isMultiRegionTrail"), recordsManagement), trail),
	on("ct-logging-on", usuallyOn("enableLogging"), trail),
	on("ct-validation", must("enableLogFileValidation"), trail),
	on("ct-cmk", given("kmsKeyId", "the customer's own key"), trail),
	on("ct-to-cloudwatch", both(given("cloudWatchLogsGroupArn", "a log group"),
		given("cloudWatchLogsRoleArn", "the role that writes there")), trail),
	across("ct-sns", told, trail),
	across("ct-bucket-private", trailBucket(companion(bucketBlock, "bucket", "public access blocked",
		both(must("blockPublicAcls"), must("blockPublicPolicy"), must("ignorePublicAcls"),
			must("restrictPublicBuckets")))), trail),
	across("ct-bucket-logged", trailBucket(companion(bucketLogging, "bucket", "a log of who reads it", nil)), trail),
	across("ct-bucket-mfa-delete", trailBucket(companion(bucketLock, "bucket", "a lock on each object",
		among("rule.defaultRetention.mode", "COMPLIANCE"))), trail),
	on("ct-selectors-whole", wholeSelectors, trail),
	on("ct-insights", given("insightSelectors", "what is out of the ordinary"), trail),
	on("ct-lambda-invoke", recordsData("AWS::Lambda::Function", false), trail),
	on("s3-data-events-write", recordsData("AWS::S3::Object", false), trail),
	on("s3-data-events-read", recordsData("AWS::S3::Object", true), trail),
}

// usuallyOn demands that what is on where nothing is said is not switched off.
func usuallyOn(path string) func(*rules.Look) {
	return func(l *rules.Look) {
		if l.Has(path) {
			yes(l, path)
		}
	}
}

// trailBucket demands something of the bucket that a trail writes to, where it is of the same stack.
func trailBucket(check func(*rules.Look)) func(*rules.Look) {
	return func(l *rules.Look) {
		for _, b := range l.Named("s3BucketName", bucket) {
			check(b)
		}
	}
}

// selects says whether an advanced selector records what a field has as one of its values, reads and writes alike.
func selects(l *rules.Look, field, value string) bool {
	return slices.ContainsFunc(l.Each("advancedEventSelectors"), func(selector *rules.Look) bool {
		fields := selector.Each("fieldSelectors")
		named := slices.ContainsFunc(fields, func(f *rules.Look) bool {
			return f.Text("field") == field && slices.Contains(f.Texts("equals[*]"), value)
		})
		half := slices.ContainsFunc(fields, func(f *rules.Look) bool { return f.Text("field") == "readOnly" })
		return named && !half
	})
}

func recordsManagement(l *rules.Look) {
	if filled(l, "advancedEventSelectors") {
		if l.Known("advancedEventSelectors") && !selects(l, "eventCategory", "Management") {
			l.RefuseFound("advancedEventSelectors", "without all management events", "reads and writes",
				"add a selector of them")
		}
		return
	}
	for _, selector := range l.Each("eventSelectors") {
		usually("readWriteType", "All")(selector)
		usuallyOn("includeManagementEvents")(selector)
	}
}

// choosing are the fields by which a selector says what it records; by any other one it records a part of that.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html
var (
	choosing   = []string{"eventCategory", "resources.type", "resources.ARN"}
	categories = []string{"Management", "Data", "NetworkActivity"}
)

// wholeSelectors demands that each selector says what it records, and records all of it: of a category, or of a type
// of data, by the ARNs of what is meant.
func wholeSelectors(l *rules.Look) {
	for _, selector := range l.Each("advancedEventSelectors") {
		said := map[string]bool{}
		for _, f := range selector.Each("fieldSelectors") {
			name := f.Text("field")
			said[name] = true
			oneOf(f, "field", choosing...)
			switch category := f.Text("equals[*]"); {
			case name == "eventCategory" && !slices.Contains(categories, category):
				f.Refuse("equals", listed(categories), "name one")
			case name == "resources.type":
				has(f, "equals", "the type of what is recorded")
			}
			for _, but := range []string{"notEquals", "endsWiths", "notEndsWiths"} {
				if filled(f, but) {
					f.Refuse(but, "absent", "remove it: else it records a part")
				}
			}
		}
		what := slices.Contains(selector.Texts("fieldSelectors[*].equals[*]"), "Data")
		if selector.Known("fieldSelectors") && (!said["eventCategory"] || what && !said["resources.type"]) {
			selector.RefuseFound("fieldSelectors", "without eventCategory, or the resources.type of its data", "both",
				"add what is missing")
		}
	}
}

// recordsData demands the events of a type of data; reads or else writes.
func recordsData(kind string, reads bool) func(*rules.Look) {
	half := "WriteOnly"
	if reads {
		half = "ReadOnly"
	}
	return func(l *rules.Look) {
		if !l.Known("advancedEventSelectors") || !l.Known("eventSelectors") || selects(l, "resources.type", kind) {
			return
		}
		basic := slices.ContainsFunc(l.Each("eventSelectors"), func(selector *rules.Look) bool {
			recorded := selector.Text("readWriteType")
			return slices.Contains(selector.Texts("dataResources[*].type"), kind) && slices.Contains([]string{"", "All",
				half}, recorded)
		})
		if !basic {
			l.RefuseFound("advancedEventSelectors", "without the events of "+kind, "them",
				"add a selector of category Data for them")
		}
	}
}

// told demands that somebody is told of what the trail records: by its own topic, or by filters on its log group.
func told(l *rules.Look) {
	if filled(l, "snsTopicName") || filled(l, "snsTopicArn") {
		return
	}
	if len(filtersOn(l)) == 0 {
		l.RefuseFound("snsTopicName", "absent, and no filter is on its log group", "a topic or filters", "set snsTopicName")
	}
}

const (
	metricFilter      = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
	topic             = "aws:sns/topic:Topic"
	topicPolicy       = "aws:sns/topicPolicy:TopicPolicy"
	topicSubscription = "aws:sns/topicSubscription:TopicSubscription"
	eventRule         = "aws:cloudwatch/eventRule:EventRule"
)

// trailGroups are the log groups of a trail, whose ARN it names with ":*" at the end.
func trailGroups(l *rules.Look) []*rules.Look {
	found := l.Named("cloudWatchLogsGroupArn", logGroup)
	if len(found) > 0 {
		return found
	}
	arn := strings.TrimSuffix(l.Text("cloudWatchLogsGroupArn"), ":*")
	for _, g := range l.Graph().OfType(logGroup) {
		if arn != "" && g.IsCalled(arn) {
			found = append(found, l.At(g))
		}
	}
	return found
}

func filtersOn(l *rules.Look) []*rules.Look {
	var found []*rules.Look
	for _, g := range trailGroups(l) {
		found = append(found, near(g, metricFilter, "logGroupName")...)
	}
	return found
}

var logs = []rules.Rule{
	on("cw-retention-set", least("retentionInDays", 1), logGroup),
	across("cw-retention-1y", keptForAudits, logGroup),
	on("cw-cmk", given("kmsKeyId", "the customer's own key"), logGroup),
	on("cw-alarm-actions", both(usuallyOn("actionsEnabled"), given("alarmActions", "somebody who is told")), metricAlarm),
}

// keptForAudits demands a year of what says who did what: the trail's, the flow logs' and the sessions' groups.
func keptForAudits(l *rules.Look) {
	audited := len(near(l, flowLog, "logDestination")) > 0 ||
		len(near(l, cluster, "configuration.executeCommandConfiguration.logConfiguration.cloudWatchLogGroupName")) > 0 ||
		slices.ContainsFunc(l.Graph().OfType(trail), func(t *graph.Resource) bool {
			return slices.ContainsFunc(trailGroups(l.At(t)), func(g *rules.Look) bool { return g.Resource == l.Resource })
		})
	if audited {
		least("retentionInDays", 365)(l)
	}
}

// tripwire demands, for each trail with a log group of this stack, a filter on it with all these words in its pattern,
// an alarm on its metric, and a topic of the alarm that somebody is subscribed to.
func tripwire(id string, words ...string) rules.Rule {
	return across(id, func(l *rules.Look) {
		if len(trailGroups(l)) == 0 {
			return
		}
		what := "a filter on " + strings.Join(words, ", ") + " with an alarm that somebody gets"
		for _, filter := range filtersOn(l) {
			if !filter.Known("pattern") || !watches(filter.Text("pattern"), words) {
				continue
			}
			if !alarmed(filter) {
				lacks(l, filter.Resource.Name()+" counts it, and no MetricAlarm with its metric as metricName reaches anybody",
					what, "declare one, with a topic that somebody is subscribed to", filter.Resource)
			}
			return
		}
		lacks(l, "nobody is told of it", what, "declare a LogMetricFilter on the trail's log group")
	}, trail)
}

// watches says whether a pattern has all these words, and not only others that they are a part of.
func watches(pattern string, words []string) bool {
	return !slices.ContainsFunc(words, func(word string) bool { return !hasWord(pattern, word) })
}

// hasWord says whether a word stands in a text between characters that no word has.
func hasWord(text, word string) bool {
	for at := range len(text) {
		rest, here := strings.CutPrefix(text[at:], word)
		if here && !(at > 0 && inWord(text[at-1])) && !(rest != "" && inWord(rest[0])) {
			return true
		}
	}
	return false
}

func inWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

func alarmed(filter *rules.Look) bool {
	name, space := filter.Text("metricTransformation.name"), filter.Text("metricTransformation.namespace")
	if !filter.Known("metricTransformation") {
		return true
	}
	return slices.ContainsFunc(filter.Graph().OfType(metricAlarm), func(r *graph.Resource) bool {
		alarm := filter.At(r)
		return alarm.Text("metricName") == name && alarm.Text("namespace") == space && reaches(alarm)
	})
}

func reaches(alarm *rules.Look) bool {
	return slices.ContainsFunc(alarm.Named("alarmActions[*]", topic), func(t *rules.Look) bool {
		return len(t.Naming(topicSubscription, "topic")) > 0
	})
}

// tripwires are the ones that CIS asks for.
var tripwires = []rules.Rule{
	tripwire("alarm-unauthorized-api", "UnauthorizedOperation", "AccessDenied"),
	tripwire("alarm-signin-no-mfa", "ConsoleLogin", "MFAUsed"),
	tripwire("alarm-root-usage", "userIdentity.type", "Root", "invokedBy NOT EXISTS"),
	tripwire("alarm-iam-policy-change", "DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy", "PutGroupPolicy",
		"PutRolePolicy", "PutUserPolicy", "CreatePolicy", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion",
		"AttachRolePolicy", "DetachRolePolicy", "AttachUserPolicy", "DetachUserPolicy", "AttachGroupPolicy",
		"DetachGroupPolicy"),
	tripwire("alarm-cloudtrail-change", "CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"),
	tripwire("alarm-console-auth-failures", "ConsoleLogin", "Failed authentication"),
	tripwire("alarm-cmk-disable-delete", "kms.amazonaws.com", "DisableKey", "ScheduleKeyDeletion"),
	tripwire("alarm-s3-policy-change", "s3.amazonaws.com", "PutBucketAcl", "PutBucketPolicy", "PutBucketCors",
		"PutBucketLifecycle", "PutBucketReplication", "DeleteBucketPolicy", "DeleteBucketCors", "DeleteBucketLifecycle",
		"DeleteBucketReplication"),
	tripwire("alarm-config-change", "config.amazonaws.com", "StopConfigurationRecorder", "DeleteDeliveryChannel",
		"PutDeliveryChannel", "PutConfigurationRecorder"),
	tripwire("alarm-sg-change", "AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress",
		"RevokeSecurityGroupIngress",
		"RevokeSecurityGroupEgress", "CreateSecurityGroup", "DeleteSecurityGroup"),
	tripwire("alarm-nacl-change", "CreateNetworkAcl", "CreateNetworkAclEntry", "DeleteNetworkAcl", "DeleteNetworkAclEntry",
		"ReplaceNetworkAclEntry", "ReplaceNetworkAclAssociation"),
	tripwire("alarm-gateway-change", "CreateCustomerGateway", "DeleteCustomerGateway", "AttachInternetGateway",
		"CreateInternetGateway", "DeleteInternetGateway", "DetachInternetGateway"),
	tripwire("alarm-route-table-change", "ec2.amazonaws.com", "CreateRoute", "CreateRouteTable", "ReplaceRoute",
		"ReplaceRouteTableAssociation", "DeleteRouteTable", "DeleteRoute", "DisassociateRouteTable"),
	tripwire("alarm-vpc-change", "CreateVpc", "DeleteVpc", "ModifyVpcAttribute", "AcceptVpcPeeringConnection",
		"CreateVpcPeeringConnection", "DeleteVpcPeeringConnection", "RejectVpcPeeringConnection", "AttachClassicLinkVpc",
		"DetachClassicLinkVpc", "DisableVpcClassicLink", "EnableVpcClassicLink"),
	tripwire("alarm-organizations-change", "organizations.amazonaws.com", "AcceptHandshake", "AttachPolicy",
		"CreateAccount", "CreateOrganizationalUnit", "CreatePolicy", "DeclineHandshake", "DeleteOrganization",
		"DeleteOrganizationalUnit", "DeletePolicy", "DetachPolicy", "DisablePolicyType", "EnablePolicyType",
		"InviteAccountToOrganization", "LeaveOrganization", "MoveAccount", "RemoveAccountFromOrganization", "UpdatePolicy",
		"UpdateOrganizationalUnit"),
}
