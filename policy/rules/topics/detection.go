package topics

import (
	"slices"
	"strings"

	"haven/policy/graph"
	"haven/policy/rules"
)

const (
	detector         = "aws:guardduty/detector:Detector"
	detectorFeature  = "aws:guardduty/detectorFeature:DetectorFeature"
	recorder         = "aws:cfg/recorder:Recorder"
	recorderStatus   = "aws:cfg/recorderStatus:RecorderStatus"
	hub              = "aws:securityhub/account:Account"
	hubStandard      = "aws:securityhub/standardsSubscription:StandardsSubscription"
	inspector        = "aws:inspector2/enabler:Enabler"
	analyzer         = "aws:accessanalyzer/analyzer:Analyzer"
	volumeEncryption = "aws:ebs/encryptionByDefault:EncryptionByDefault"
	snapshotBlock    = "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess"
	imageBlock       = "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess"
	passwordPolicy   = "aws:iam/accountPasswordPolicy:AccountPasswordPolicy"
)

var detection = []rules.Rule{
	account("gd-enabled", inEachRegion(detector, must("enable"))),
	account("gd-s3", feature("S3_DATA_EVENTS")),
	account("gd-rds", feature("RDS_LOGIN_EVENTS")),
	account("gd-lambda", feature("LAMBDA_NETWORK_LOGS")),
	account("gd-ecs-runtime", feature("RUNTIME_MONITORING", "ECS_FARGATE_AGENT_MANAGEMENT")),
	account("gd-malware", feature("EBS_MALWARE_PROTECTION")),
	account("cfg-recorder-on", both(inEachRegion(recorder, nil), inEachRegion(recorderStatus, must("isEnabled")))),
	on("cfg-all-resources", recordsAll, recorder),
	across("cfg-slr", serviceRole, recorder),
	account("sh-enabled", both(inEachRegion(hub, nil), standards)),
	account("inspector-on", inEachRegion(inspector, inspects)),
	account("access-analyzer-on", inEachRegion(analyzer, nil)),
	account("ebs-default-encryption", both(inEachRegion(volumeEncryption, usuallyOn("enabled")),
		inEachRegion(snapshotBlock, among("state", "block-all-sharing")), inEachRegion(imageBlock, among("state",
			"block-new-sharing")))),
	account("rds-events-instance", hears("RDS DB Instance Event", "db-instance")),
	account("rds-events-parameter-group", hears("RDS DB Parameter Group Event", "db-parameter-group")),
}

// account is a rule on the stacks that set an account up. What such a stack has one of, it must have all of.
func account(id string, check func(*rules.Look)) rules.Rule {
	return across(id, func(l *rules.Look) {
		if setsUp(l) {
			check(l)
		}
	}, rules.Stack)
}

func setsUp(l *rules.Look) bool {
	return slices.ContainsFunc([]string{passwordPolicy, accountBlock, trail, detector, recorder, hub},
		func(token string) bool {
			return len(inStack(l, token)) > 0
		})
}

// inStack are a stack's own resources of a type.
func inStack(l *rules.Look, token string) []*graph.Resource {
	var own []*graph.Resource
	for _, r := range l.Graph().OfType(token) {
		if r.Stack == l.Resource.Stack {
			own = append(own, r)
		}
	}
	return own
}

// regions are those in which a stack that sets an account up has anything that guards a region.
func regions(l *rules.Look) []string {
	var all []string
	for _, token := range []string{detector, recorder, hub, volumeEncryption, analyzer, inspector} {
		for _, r := range inStack(l, token) {
			if !slices.Contains(all, r.Region) {
				all = append(all, r.Region)
			}
		}
	}
	return all
}

// inEachRegion demands a resource of a type in each region of the account, and that check finds nothing wrong with any.
func inEachRegion(token string, check func(*rules.Look)) func(*rules.Look) {
	return func(l *rules.Look) {
		there := inStack(l, token)
		for _, region := range regions(l) {
			if !slices.ContainsFunc(there, func(r *graph.Resource) bool { return r.Region == region }) {
				lacks(l, "no "+kind(token)+" in "+region, "one in each region", "declare it")
			}
		}
		for _, r := range there {
			if check != nil {
				check(l.At(r))
			}
		}
	}
}

// feature demands that each detector has a feature, with these parts of it.
func feature(name string, parts ...string) func(*rules.Look) {
	return func(l *rules.Look) {
		for _, d := range inStack(l, detector) {
			found := slices.DeleteFunc(l.At(d).Naming(detectorFeature, "detectorId"), func(f *rules.Look) bool {
				return f.Text("name") != name
			})
			if len(found) == 0 {
				lacks(l, d.Name()+" has no feature "+name, "it", "declare a DetectorFeature", d)
			}
			for _, f := range found {
				oneOf(f, "status", "ENABLED")
				partsEnabled(f, parts)
			}
		}
	}
}

func partsEnabled(f *rules.Look, parts []string) {
	for _, part := range parts {
		enabled := slices.ContainsFunc(f.Each("additionalConfigurations"), func(c *rules.Look) bool {
			return c.Text("name") == part && c.Text("status") == "ENABLED"
		})
		if !enabled {
			f.Refuse("additionalConfigurations", part+" to be ENABLED", "enable it")
		}
	}
}

func recordsAll(l *rules.Look) {
	if strategy := l.Text("recordingGroup.recordingStrategies[*].useOnly"); strategy == "ALL_SUPPORTED_RESOURCE_TYPES" {
		return
	}
	yes(l, "recordingGroup.allSupported")
	if filled(l, "recordingGroup.exclusionByResourceTypes") {
		l.Refuse("recordingGroup.exclusionByResourceTypes", "absent", "remove it")
	}
}

const (
	serviceLinkedRole = "aws:iam/serviceLinkedRole:ServiceLinkedRole"
	configRole        = "AWSServiceRoleForConfig"
)

func serviceRole(l *rules.Look) {
	if len(l.Named("roleArn", serviceLinkedRole)) > 0 || strings.HasSuffix(l.Text("roleArn"), "/"+configRole) {
		return
	}
	l.Refuse("roleArn", configRole, "let it use the role that is linked to the service")
}

// standards demands the two standards in each region with a hub.
func standards(l *rules.Look) {
	for _, h := range inStack(l, hub) {
		for _, name := range []string{"aws-foundational-security-best-practices", "cis-aws-foundations-benchmark"} {
			subscribed := slices.ContainsFunc(inStack(l, hubStandard), func(s *graph.Resource) bool {
				look := l.At(s)
				return s.Region == h.Region && (!look.Known("standardsArn") || strings.Contains(look.Text("standardsArn"), name))
			})
			if !subscribed {
				lacks(l, "no subscription to "+name+" in "+h.Region, "one", "declare a StandardsSubscription", h)
			}
		}
	}
}

func inspects(l *rules.Look) {
	for _, kind := range []string{"ECR", "LAMBDA"} {
		if !slices.Contains(l.Texts("resourceTypes[*]"), kind) {
			l.Refuse("resourceTypes", "with "+kind, "add it")
		}
	}
}

// hears demands that events of RDS are subscribed to, be it by RDS or by a rule of EventBridge.
func hears(detail, source string) func(*rules.Look) {
	return func(l *rules.Look) {
		heard := slices.ContainsFunc(inStack(l, eventRule), func(r *graph.Resource) bool {
			rule := l.At(r)
			return !rule.Known("eventPattern") || strings.Contains(rule.Text("eventPattern"), detail)
		})
		for _, s := range inStack(l, "aws:rds/eventSubscription:EventSubscription") {
			heard = heard || l.At(s).Text("sourceType") == source
		}
		if !heard {
			lacks(l, "nobody is told of what RDS calls "+detail, "a rule that forwards it",
				"declare an EventRule of the source aws.rds with it as detail-type")
		}
	}
}
