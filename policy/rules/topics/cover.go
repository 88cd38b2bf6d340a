package topics

import (
	"encoding/json"
	"slices"
	"strings"

	"haven/policy/access"
	"haven/policy/graph"
	"haven/policy/rules"
)

var covers = []rules.Rule{
	across("bk-archive-denies", archiveDenies, bucketPolicy),
	grants("iam-kms-through-services", keysBeyondServices),
	grants("iam-resource-named", anyResource),
	on("eb-known-events", knownEvents, eventRule),
	account("eb-events-told", eventsTold),
	account("cfg-rules-cover", configRules),
	account("bk-region-settings-set", inEachRegion("aws:backup/regionSettings:RegionSettings", nil)),
	account("imds-defaults-set", inEachRegion("aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults", nil)),
	account("ssm-sessions-set", inEachRegion("aws:ssm/document:Document", nil)),
	across("alb-authenticates", authenticates, listenerRule),
}

const listenerRule = "aws:lb/listenerRule:ListenerRule"

// denial is something that the policy of a store of backups must deny everybody: on what condition, where there is one.
// An operator "Null=true" is that the key is not there, "Null=false" that it is.
type denial struct{ action, operator, key string }

var (
	ofStores = []denial{{"s3:DeleteObjectVersion", "", ""}, {"s3:BypassGovernanceRetention", "", ""}}
	ofSource = []denial{
		{"s3:PutObject", "StringNotEquals", "s3:object-lock-mode"},
		{"s3:PutObjectRetention", "StringNotEquals", "s3:object-lock-mode"},
		{"s3:PutObject", "NumericLessThan", "s3:object-lock-remaining-retention-days"},
		{"s3:PutObjectRetention", "NumericLessThan", "s3:object-lock-remaining-retention-days"},
		{"s3:PutObject", "NumericGreaterThan", "s3:object-lock-remaining-retention-days"},
		{"s3:PutObjectRetention", "NumericGreaterThan", "s3:object-lock-remaining-retention-days"},
		{"s3:PutObject", "StringNotEquals", "s3:x-amz-server-side-encryption"},
		{"s3:PutObject", "StringNotEquals", "s3:x-amz-server-side-encryption-aws-kms-key-id"},
		{"s3:PutObject", "Null=true", "s3:x-amz-server-side-encryption-aws-kms-key-id"},
		{"s3:PutObject", "Null=false", "s3:x-amz-server-side-encryption-customer-algorithm"},
		{"s3:PutBucketPolicy", "Null=false", "aws:PrincipalTag/tenant"},
		{"s3:PutReplicationConfiguration", "Null=false", "aws:PrincipalTag/tenant"},
		{"s3:DeleteBucket", "Null=false", "aws:PrincipalTag/tenant"},
	}
	ofReplica = []denial{
		{"s3:PutObject", "", ""}, {"s3:DeleteObject", "", ""},
		{"s3:PutBucketPolicy", "Null=false", "aws:PrincipalTag/tenant"},
		{"s3:PutReplicationConfiguration", "Null=false", "aws:PrincipalTag/tenant"},
		{"s3:DeleteBucket", "Null=false", "aws:PrincipalTag/tenant"},
	}
)

// archiveDenies demands of the policy of a store of backups that it denies what would end or weaken a backup.
func archiveDenies(l *rules.Look) {
	for _, b := range l.Named("bucket", bucket) {
		source := len(near(b, bucketReplication, "bucket")) > 0
		replica := receives(b)
		if !l.Sure() || !source && !replica || recordsTrail(b) {
			continue
		}
		wanted := slices.Clone(ofStores)
		if source {
			wanted = append(wanted, ofSource...)
		}
		if replica {
			wanted = append(wanted, ofReplica...)
		}
		all := clauses(l, "policy")
		for _, d := range wanted {
			if l.Known("policy") && !slices.ContainsFunc(all, d.isIn) {
				l.RefuseFound("policy", "without a Deny of "+strings.TrimSpace(d.action+" "+d.key)+" for everybody", "one",
					"add it")
			}
		}
	}
}

// recordsTrail says whether a bucket is a trail's, or the replica of one: nobody writes there but CloudTrail and S3.
func recordsTrail(b *rules.Look) bool {
	if len(near(b, trail, "s3BucketName")) > 0 {
		return true
	}
	for _, replication := range b.Naming(bucketReplication, "rules[*].destination.bucket") {
		for _, source := range replication.Named("bucket", bucket) {
			if len(near(source, trail, "s3BucketName")) > 0 {
				return true
			}
		}
	}
	return false
}

func (d denial) isIn(c access.Clause) bool {
	if !c.Deny || !includes(c, d.action) || !slices.Contains(c.Principals[access.AWS], "*") {
		return false
	}
	if d.key == "" {
		return len(c.Conditions) == 0
	}
	return slices.ContainsFunc(c.Conditions, func(r access.Restriction) bool {
		name := r.Operator
		if r.Negated && !strings.Contains(name, "Not") {
			name = strings.Replace(name, "String", "StringNot", 1)
		}
		if name == "Null" {
			name += "=" + strings.Join(r.Values, ",")
		}
		return strings.EqualFold(r.Key, d.key) && name == d.operator && !slices.Contains(r.Values, "*")
	})
}

// keysBeyondServices is what is wrong with a statement that lets a key be used by other ways than the services that
// need it, or for all that it encrypts.
func keysBeyondServices(c access.Clause) (string, string) {
	for _, action := range using {
		if includes(c, action) && !conditionOn(c, "kms:viaservice") {
			return action + " beyond the services that need it", "a condition on kms:ViaService"
		}
	}
	if includes(c, "kms:CreateGrant") && !conditionOn(c, "kms:grantisforawsresource") {
		return "kms:CreateGrant for anybody", "a condition on kms:GrantIsForAWSResource"
	}
	return "", ""
}

// bounding are the conditions that say of which resources a statement is, in place of their names.
var bounding = []string{"aws:resourcetag/", "cloudwatch:namespace", "ecs:cluster", "ecs:task-definition", "events:",
	"kms:viaservice", "kms:encryptioncontext:", "kms:requestalias"}

func anyResource(c access.Clause) (string, string) {
	bounded := slices.ContainsFunc(c.Conditions, func(r access.Restriction) bool {
		return slices.ContainsFunc(bounding, func(b string) bool { return strings.HasPrefix(strings.ToLower(r.Key), b) })
	})
	for _, action := range c.Actions {
		usual := slices.ContainsFunc(unscoped, func(pattern string) bool { return access.MatchesAction(pattern, action) })
		if slices.Contains(c.Resources, "*") && !bounded && !usual {
			return action + " on every resource", "the resources that are meant"
		}
		if action == "cloudwatch:PutMetricData" && !conditionOn(c, "cloudwatch:namespace") {
			return action + " of every namespace", "a condition on cloudwatch:namespace"
		}
	}
	return "", ""
}

// event is a kind of event as services send it.
type event struct {
	source, kind string
	// detail are the values that what is known of it has, by path; a rule names one of these sets.
	detail map[string][][]string
	// told says that somebody must be told of each of the sets, in each region of the account.
	told string
}

// events are those that are listened to here.
// https://docs.aws.amazon.com/eventbridge/latest/ref/welcome.html
var events = []event{
	{"aws.guardduty", "GuardDuty Finding", nil, ""},
	{"aws.securityhub", "Security Hub Findings - Imported", map[string][][]string{
		"findings.Compliance.Status": {{"FAILED"}}, "findings.ProductName": {{"Security Hub"}},
		"findings.RecordState": {{"ACTIVE"}}, "findings.Severity.Label": {{"CRITICAL"}, {"HIGH"}, {"MEDIUM"}},
		"findings.Workflow.Status": {{"NEW"}},
	}, "findings.Severity.Label"},
	{"aws.inspector2", "Inspector2 Finding", map[string][][]string{
		"severity": {{"CRITICAL"}, {"HIGH"}, {"MEDIUM"}}, "status": {{"ACTIVE"}},
	}, "severity"},
	{"aws.access-analyzer", "Access Analyzer Finding", map[string][][]string{
		"isPublic": {{"true"}, {"false"}}, "status": {{"ACTIVE"}},
	}, "isPublic"},
	{"aws.access-analyzer", "Unused Access Finding for IAM entities", map[string][][]string{"status": {{"ACTIVE"}}}, "status"},
	{"aws.rds", "RDS DB Instance Event", map[string][][]string{
		"EventCategories": {{"failure", "low storage"}, {"failover"}, {"configuration change", "maintenance"}},
	}, "EventCategories"},
	{"aws.rds", "RDS DB Parameter Group Event", map[string][][]string{
		"EventCategories": {{"configuration change"}},
	}, "EventCategories"},
	{"aws.rds", "RDS DB Snapshot Event", map[string][][]string{"EventID": {{"RDS-EVENT-0091"}}}, ""},
	{"aws.health", "AWS Health Event", map[string][][]string{
		"eventTypeCategory": {{"issue"}, {"scheduledChange"}, {"accountNotification"}},
		"eventScopeCode":    {{"ACCOUNT_SPECIFIC"}},
	}, "eventTypeCategory"},
	{"aws.signin", "AWS Console Sign In via CloudTrail", map[string][][]string{"userIdentity.type": {{"Root"}}},
		"userIdentity.type"},
	{"aws.sts", "AWS API Call via CloudTrail", map[string][][]string{"eventSource": {{"sts.amazonaws.com"}}}, "eventSource"},
	{"aws.backup", "Backup Job State Change", map[string][][]string{
		"state": {{"COMPLETED"}, unfinished}, "status": {{"COMPLETED"}, unfinished},
	}, ""},
	{"aws.backup", "Copy Job State Change", nil, ""},
	{"aws.backup", "Restore Job State Change", map[string][][]string{
		"state": {{"COMPLETED"}, unfinished}, "status": {{"COMPLETED"}, unfinished},
	}, ""},
	{"aws.states", "Step Functions Execution Status Change", map[string][][]string{
		"status": {{"ABORTED", "FAILED", "TIMED_OUT"}},
	}, ""},
	{"aws.ecs", "ECS Task State Change", map[string][][]string{
		"lastStatus": {{"STOPPED"}}, "stopCode": {{"TaskFailedToStart"}},
	}, ""},
	{"aws.secretsmanager", "AWS Service Event via CloudTrail", map[string][][]string{
		"eventSource": {{"secretsmanager.amazonaws.com"}}, "eventName": {{"RotationFailed"}, {"RotationSucceeded"}},
	}, ""},
}

var unfinished = []string{"ABORTED", "EXPIRED", "FAILED", "PARTIAL"}

// pattern is that of a rule, as far as is asked here.
type pattern struct {
	Source []string
	Kinds  []string `json:"detail-type"`
	Detail map[string]any
}

func patternOf(l *rules.Look) (pattern, bool) {
	var p pattern
	text := l.Text("eventPattern")
	return p, text != "" && json.Unmarshal([]byte(text), &p) == nil
}

// knownEvents demands that a rule listens for what services send: for anything else nothing ever comes.
func knownEvents(l *rules.Look) {
	p, is := patternOf(l)
	if !is {
		return
	}
	for _, source := range p.Source {
		if !slices.ContainsFunc(events, func(e event) bool { return e.source == source }) {
			continue // a service of which nothing is known here
		}
		for _, kind := range p.Kinds {
			at := slices.IndexFunc(events, func(e event) bool { return e.source == source && e.kind == kind })
			if at < 0 {
				l.RefuseFound("eventPattern", "for "+kind+" of "+source, "a detail-type that it sends", "correct it")
				continue
			}
			events[at].judge(l, "", p.Detail)
		}
	}
	for _, kind := range p.Kinds {
		if len(p.Source) == 1 && !slices.ContainsFunc(events, func(e event) bool { return e.source == p.Source[0] }) &&
			slices.ContainsFunc(events, func(e event) bool { return e.kind == kind }) {
			l.RefuseFound("eventPattern", "for "+kind+" of "+p.Source[0], "the source that sends it", "correct it")
		}
	}
}

// judge looks at what a pattern asks of the detail, at each path of which the values are known.
func (e event) judge(l *rules.Look, path string, detail map[string]any) {
	for name, v := range detail {
		at := strings.TrimPrefix(path+"."+name, ".")
		if name == "$or" {
			list, _ := v.([]any)
			for _, one := range list {
				inner, _ := one.(map[string]any)
				e.judge(l, path, inner)
			}
			continue
		}
		if inner, is := v.(map[string]any); is {
			e.judge(l, at, inner)
			continue
		}
		values, known := e.detail[at], plainTexts(v)
		if len(values) > 0 && !slices.ContainsFunc(values, func(set []string) bool { return slices.Equal(set, known) }) {
			l.RefuseFound("eventPattern", "for "+at+" of "+strings.Join(known, ", "), "what the service sends together",
				"correct it")
		}
	}
}

// plainTexts are the values of a pattern, sorted.
func plainTexts(v any) []string {
	list, _ := v.([]any)
	var all []string
	for _, one := range list {
		switch one := one.(type) {
		case string:
			all = append(all, one)
		case bool:
			all = append(all, map[bool]string{true: "true", false: "false"}[one])
		}
	}
	slices.Sort(all)
	return all
}

// eventsTold demands that somebody is told of what detectors and services find, in each region of the account.
func eventsTold(l *rules.Look) {
	for _, region := range regions(l) {
		for _, e := range events {
			for _, set := range e.detail[e.told] {
				if !heard(l, region, e, set) && l.Sure() {
					lacks(l, "nobody is told of "+e.kind+" with "+strings.Join(set, ", ")+" in "+region, "an EventRule for it",
						"declare one whose target is a topic")
				}
			}
		}
		finding := event{source: "aws.guardduty", kind: "GuardDuty Finding"}
		if !heard(l, region, finding, nil) {
			lacks(l, "nobody is told of findings of GuardDuty in "+region, "an EventRule for them", "declare one")
		}
	}
}

func heard(l *rules.Look, region string, e event, set []string) bool {
	return slices.ContainsFunc(inStack(l, eventRule), func(r *graph.Resource) bool {
		look := l.At(r)
		p, is := patternOf(look)
		if r.Region != region || !is || look.Text("state") == "DISABLED" || !slices.Contains(p.Source, e.source) ||
			!slices.Contains(p.Kinds, e.kind) {
			return !look.Known("eventPattern")
		}
		var v any = p.Detail
		for step := range strings.SplitSeq(e.told, ".") {
			m, _ := v.(map[string]any)
			v = m[step]
		}
		return set == nil || v == nil || slices.Equal(plainTexts(v), set)
	})
}

// configured are the rules of AWS Config by which what is refused here is found where somebody changed it by hand: in
// each region, and once for what is global.
var (
	configured = []string{
		"ALB_HTTP_DROP_INVALID_HEADER_ENABLED", "ALB_HTTP_TO_HTTPS_REDIRECTION_CHECK", "ALB_WAF_ENABLED",
		"CLOUDWATCH_LOG_GROUP_ENCRYPTED", "CMK_BACKING_KEY_ROTATION_ENABLED", "DB_INSTANCE_BACKUP_ENABLED",
		"EC2_EBS_ENCRYPTION_BY_DEFAULT", "EC2_IMDSV2_CHECK", "ECR_PRIVATE_IMAGE_SCANNING_ENABLED",
		"ECR_PRIVATE_TAG_IMMUTABILITY_ENABLED", "ECS_CONTAINERS_NONPRIVILEGED", "ECS_NO_ENVIRONMENT_SECRETS",
		"ECS_TASK_DEFINITION_LOG_CONFIGURATION", "EFS_ENCRYPTED_CHECK", "ELB_DELETION_PROTECTION_ENABLED",
		"ELB_LOGGING_ENABLED", "ENCRYPTED_VOLUMES", "GUARDDUTY_ENABLED_CENTRALIZED", "INCOMING_SSH_DISABLED",
		"KMS_CMK_NOT_SCHEDULED_FOR_DELETION", "RDS_AUTOMATIC_MINOR_VERSION_UPGRADE_ENABLED",
		"RDS_INSTANCE_DELETION_PROTECTION_ENABLED", "RDS_INSTANCE_PUBLIC_ACCESS_CHECK", "RDS_MULTI_AZ_SUPPORT",
		"RDS_SNAPSHOTS_PUBLIC_PROHIBITED", "RDS_STORAGE_ENCRYPTED", "REQUIRED_TAGS", "S3_BUCKET_ACL_PROHIBITED",
		"S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED", "S3_BUCKET_PUBLIC_READ_PROHIBITED",
		"S3_BUCKET_PUBLIC_WRITE_PROHIBITED", "S3_BUCKET_SSL_REQUESTS_ONLY", "S3_BUCKET_VERSIONING_ENABLED",
		"SECRETSMANAGER_USING_CMK", "SECURITYHUB_ENABLED", "SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED",
		"VPC_DEFAULT_SECURITY_GROUP_CLOSED", "VPC_FLOW_LOGS_ENABLED", "VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS",
	}
	configuredOnce = []string{
		"ACCESS_KEYS_ROTATED", "CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED", "CLOUD_TRAIL_ENCRYPTION_ENABLED",
		"CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED", "IAM_PASSWORD_POLICY", "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",
		"IAM_ROOT_ACCESS_KEY_CHECK", "IAM_USER_NO_POLICIES_CHECK", "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS",
		"MULTI_REGION_CLOUD_TRAIL_ENABLED", "ROOT_ACCOUNT_MFA_ENABLED", "S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS_PERIODIC",
	}
)

const configRule = "aws:cfg/rule:Rule"

func configRules(l *rules.Look) {
	found := map[string]int{}
	for _, r := range inStack(l, configRule) {
		found[l.At(r).Text("source.sourceIdentifier")]++
	}
	recorders := len(inStack(l, recorder))
	for _, name := range configured {
		if found[name] < recorders {
			lacks(l, "AWS Config does not look for "+name+" in each region", "a Rule of it in each",
				"declare one with it as source.sourceIdentifier")
		}
	}
	for _, name := range configuredOnce {
		if recorders > 0 && found[name] == 0 {
			lacks(l, "AWS Config does not look for "+name, "a Rule of it", "declare one with it as source.sourceIdentifier")
		}
	}
}

// authenticates demands, of a rule for a host on which people sign in, that it sends them to do so, or is for what comes
// with a token on paths for programs.
func authenticates(l *rules.Look) {
	hosts := l.Texts("conditions[*].hostHeader.values[*]")
	if len(hosts) == 0 && l.Known("conditions") {
		l.RefuseFound("conditions", "without hostHeader", "the host that it is for", "add it: else it is for every host")
		return
	}
	if signsIn(l) || !forwards(l) || !l.Known("actions[*].type") {
		return
	}
	elsewhere := slices.ContainsFunc(l.Graph().OfType(listenerRule), func(r *graph.Resource) bool {
		other := l.At(r)
		return r != l.Resource && signsIn(other) && slices.ContainsFunc(other.Texts("conditions[*].hostHeader.values[*]"),
			func(h string) bool { return slices.Contains(hosts, h) })
	})
	header := l.Text("conditions[*].httpHeader.httpHeaderName") == "Authorization" &&
		slices.Equal(l.Texts("conditions[*].httpHeader.values[*]"), []string{"Bearer *"})
	path := slices.Equal(l.Texts("conditions[*].pathPattern.values[*]"), []string{"/api/*"})
	if elsewhere && !(header && path) && l.Known("conditions") {
		l.RefuseFound("conditions", "without a httpHeader Authorization and a pathPattern for programs",
			"both, or an action that authenticates", "add an authenticateCognito action")
	}
}

func signsIn(l *rules.Look) bool {
	return slices.Contains(l.Texts("actions[*].type"), "authenticate-cognito")
}

func forwards(l *rules.Look) bool { return slices.Contains(l.Texts("actions[*].type"), "forward") }
