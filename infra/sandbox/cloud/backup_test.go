package cloud

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// keptWorld knows when resources were made and what vaults hold, as the sandbox's own does.
type keptWorld struct {
	*fakeWorld
	made time.Time
	held int
}

func (w keptWorld) MadeAt(Resource) time.Time { return w.made }
func (w keptWorld) PointsIn(string) int       { return w.held }

// deleteIn asks for the deletion of a resource in that world.
func deleteIn(w World, f *fakeWorld, r Resource) error {
	c := f.call(r.Type, nil, &r)
	c.World, c.ID, c.Inputs = w, r.ID, r.Inputs
	return c.Type.RefuseDelete(c)
}

const vaultPolicy = `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*",` +
	`"Action":["backup:DeleteRecoveryPoint"],"Resource":["*"]}]}`

func TestVaults(t *testing.T) {
	each(t, full, func(s *site) []attempt {
		s.make(backupVault, settings{"name": "taken"})
		base := settings{"name": "acme-backup", "kmsKeyArn": s.key.Text("arn")}
		vault := func(name string, changes settings, want string) attempt {
			return attempt{name, backupVault, with(base, changes), want}
		}
		gap := func(name string, changes settings, want string) attempt {
			given := settings{"name": "gap", "minRetentionDays": 7, "maxRetentionDays": 400}
			return attempt{"air gap: " + name, backupAirGappedVault, with(given, changes), want}
		}
		lock := func(name string, changes settings, want string) attempt {
			given := settings{"backupVaultName": "taken", "changeableForDays": 3, "minRetentionDays": 35, "maxRetentionDays": 400}
			return attempt{"lock: " + name, backupVaultLock, with(given, changes), want}
		}
		policy := func(name, text, want string) attempt {
			return attempt{"policy: " + name, backupVaultPolicy, settings{"backupVaultName": "taken", "policy": text}, want}
		}
		return []attempt{
			vault("vault", nil, ""),
			vault("AWS's key", settings{"kmsKeyArn": nil}, ""),
			vault("odd name", settings{"name": "a.b"}, "must consist of 2 to 50 letters"),
			vault("taken", settings{"name": "taken"}, "api error AlreadyExistsException: Backup vault with the same name"),
			vault("no such key", settings{"kmsKeyArn": "arn:aws:kms:eu-west-1:123456789012:key/none"},
				"api error InvalidParameterValueException: The KMS key arn:aws:kms:eu-west-1:123456789012:key/none"),
			gap("vault", nil, ""),
			gap("taken by a vault", settings{"name": "taken"}, "api error AlreadyExistsException"),
			gap("six days", settings{"minRetentionDays": 6}, "MinRetentionDays must be between 7 and 36500, got 6."),
			gap("upside down", settings{"maxRetentionDays": 7, "minRetentionDays": 8}, "MinRetentionDays 8 is more than"),
			lock("compliance", nil, ""),
			lock("governance", settings{"changeableForDays": nil}, ""),
			lock("two days of grace", settings{"changeableForDays": 2}, "expected changeable_for_days to be at least (3), got 2"),
			lock("no day", settings{"minRetentionDays": 0}, "MinRetentionDays must be between 1 and 36500, got 0."),
			lock("for ever", settings{"maxRetentionDays": 36501}, "MaxRetentionDays must be between 1 and 36500, got 36501."),
			lock("no such vault", settings{"backupVaultName": "none"},
				"api error ResourceNotFoundException: Backup vault with name none does not exist."),
			policy("denial", vaultPolicy, ""),
			policy("no JSON", "{", "Policy document is invalid"),
			policy("nobody", `{"Statement":[{"Effect":"Deny","Action":"backup:*","Resource":"*"}]}`, "must contain a principal"),
			policy("another service", `{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]}`,
				"an action of another service than backup"),
			policy("stranger", `{"Statement":[{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::123456789012:role/none"},`+
				`"Action":"backup:*","Resource":"*"}]}`, "Invalid principal in policy: arn:aws:iam::123456789012:role/none"),
		}
	})
}

func TestVaultOutputs(t *testing.T) {
	s := full(t)
	vault := s.make(backupVault, settings{"name": "acme-backup"})
	assert.Equal(t, "acme-backup", vault.ID)
	assert.Equal(t, "arn:aws:backup:eu-west-1:123456789012:backup-vault:acme-backup", vault.Text("arn"))
	assert.Contains(t, vault.Text("kmsKeyArn"), "arn:aws:kms:eu-west-1:123456789012:key/")
	assert.Equal(t, num(0), vault.Outputs.Get("recoveryPoints"))
	lock := s.make(backupVaultLock, settings{"backupVaultName": "acme-backup"})
	assert.Equal(t, "acme-backup", lock.ID)
	assert.Equal(t, vault.Text("arn"), lock.Text("backupVaultArn"))
}

// TestWhatAVaultHoldsStays: a vault goes when it is empty, or when its points may be deleted first, which a lock
// forbids.
func TestWhatAVaultHoldsStays(t *testing.T) {
	s := full(t)
	vault := s.make(backupVault, settings{"name": "acme-backup"})
	forced := s.make(backupVault, settings{"name": "forced", "forceDestroy": true})
	for _, test := range []struct {
		held  int
		vault Resource
		want  string
	}{
		{0, vault, ""},
		{2, vault, "api error InvalidRequestException: Backup vault cannot be deleted (contains 2 recovery points)"},
		{2, forced, ""},
	} {
		expect(t, deleteIn(keptWorld{s.fakeWorld, noon, test.held}, s.fakeWorld, test.vault), test.want)
	}
	s.make(backupVaultLock, settings{"backupVaultName": "forced"})
	expect(t, deleteIn(keptWorld{s.fakeWorld, noon, 2}, s.fakeWorld, forced), "contains 2 recovery points")
	expect(t, deleteIn(s.fakeWorld, s.fakeWorld, vault), "")
}

// TestLocksSetInCompliance: until the grace time is over they can be taken back, and never again.
func TestLocksSetInCompliance(t *testing.T) {
	s := full(t)
	s.make(backupVault, settings{"name": "acme-backup"})
	lock := s.make(backupVaultLock, settings{"backupVaultName": "acme-backup", "changeableForDays": 3})
	for _, test := range []struct {
		days int
		want string
	}{
		{2, ""},
		{3, "api error InvalidRequestException: Backup vault lock configuration of acme-backup is immutable"},
	} {
		world := keptWorld{s.fakeWorld, noon.AddDate(0, 0, -test.days), 0}
		expect(t, deleteIn(world, s.fakeWorld, lock), test.want)
		again := s.call(backupVaultLock, settings{"backupVaultName": "acme-backup", "minRetentionDays": 1}, nil)
		again.World, again.ID = world, "acme-backup"
		expect(t, again.Type.Refuse(again), test.want)
	}
}

// backups is a site with vaults in both regions and roles that AWS Backup may assume.
type backups struct {
	*site
	near, far, gap, role, deaf Resource
}

func vaulted(t *testing.T) *backups {
	b := &backups{site: full(t)}
	b.near = b.make(backupVault, settings{"name": "acme-backup"})
	b.in(germany, func() {
		b.far = b.make(backupVault, settings{"name": "acme-backup"})
		b.gap = b.make(backupAirGappedVault, settings{"name": "gap", "minRetentionDays": 7, "maxRetentionDays": 400})
	})
	b.role = b.make(iamRole, settings{"name": "backup", "assumeRolePolicy": trust(backupService)})
	b.make(iamRolePolicy, settings{"name": "backup", "role": "backup",
		"policy": identity(`"Action":["tag:GetResources"],"Resource":["*"]`)})
	b.deaf = b.make(iamRole, settings{"name": "deaf", "assumeRolePolicy": trust(backupService)})
	return b
}

func (b *backups) plan() Resource {
	return b.make(backupPlan, settings{"name": "acme", "rules": []settings{b.rule(nil)}})
}

func (b *backups) rule(changes settings) settings {
	return with(settings{
		"ruleName": "daily", "targetVaultName": "acme-backup", "schedule": "cron(5 4,16 * * ? *)",
		"startWindow": 60, "completionWindow": 180, "lifecycle": settings{"deleteAfter": 35},
		"copyActions": []settings{{"destinationVaultArn": b.far.Text("arn"), "lifecycle": settings{"deleteAfter": 35}},
			{"destinationVaultArn": b.gap.Text("arn")}},
	}, changes)
}

func TestBackupPlans(t *testing.T) {
	each(t, vaulted, func(b *backups) []attempt {
		ruled := func(name string, changes settings, want string) attempt {
			return attempt{name, backupPlan, settings{"name": "acme", "rules": []settings{b.rule(changes)}}, want}
		}
		kept := func(name string, lifecycle settings, want string) attempt {
			return ruled(name, settings{"lifecycle": lifecycle}, want)
		}
		copied := func(name, vault, want string) attempt {
			return ruled(name, settings{"copyActions": []settings{{"destinationVaultArn": vault}}}, want)
		}
		return []attempt{
			ruled("plan", nil, ""),
			{"odd name", backupPlan, settings{"name": "a b", "rules": []settings{b.rule(nil)}}, "Backup plan name must contain"},
			{"same rule twice", backupPlan, settings{"name": "a", "rules": []settings{b.rule(nil), b.rule(nil)}},
				"Duplicate rule name daily."},
			ruled("odd rule", settings{"ruleName": "a b"}, "invalid value for rule_name"),
			ruled("no such vault", settings{"targetVaultName": "none"}, "Backup vault with name none does not exist."),
			copied("no such copy", "arn:aws:backup:eu-central-1:123456789012:backup-vault:none",
				"Backup vault arn:aws:backup:eu-central-1:123456789012:backup-vault:none does not exist."),
			ruled("no schedule of AWS's", settings{"schedule": "5 4 * * *"}, "Invalid schedule expression: 5 4 * * *"),
			ruled("impatient", settings{"startWindow": 59}, "Start window must be at least 60 minutes, got 59."),
			ruled("no time to end", settings{"completionWindow": 119}, "Completion window must be at least 60 minutes longer"),
			kept("no day", settings{"deleteAfter": 0}, "DeleteAfterDays must be at least 1, got 0."),
			kept("cold for 90 days", settings{"deleteAfter": 125, "coldStorageAfter": 35}, ""),
			kept("cold for 89 days", settings{"deleteAfter": 124, "coldStorageAfter": 35},
				"DeleteAfterDays cannot be less than 90 days from MoveToColdStorageAfterDays"),
			ruled("copy cold for 89 days", settings{"copyActions": []settings{{"destinationVaultArn": b.far.Text("arn"),
				"lifecycle": settings{"deleteAfter": 124, "coldStorageAfter": 35}}}}, "DeleteAfterDays cannot be less than 90 days"),
			ruled("continuous for 36 days", settings{"enableContinuousBackup": true, "lifecycle": settings{"deleteAfter": 36}},
				"Continuous backups are kept for 1 to 35 days"),
		}
	})
}

func TestBackupSelections(t *testing.T) {
	each(t, vaulted, func(b *backups) []attempt {
		base := settings{"name": "database", "planId": b.plan().ID, "iamRoleArn": b.backupRole(),
			"resources": []string{"arn:aws:rds:eu-west-1:123456789012:db:acme"}}
		try := func(name string, changes settings, want string) attempt {
			return attempt{name, backupSelection, with(base, changes), want}
		}
		return []attempt{
			try("selection", nil, ""),
			try("odd name", settings{"name": "a b"}, "invalid value for name"),
			try("nothing", settings{"resources": nil}, "Either ListOfTags or Resources section must be non-empty"),
			try("no such plan", settings{"planId": "none"}, "Cannot find Backup plan with ID none"),
			try("no such role", settings{"iamRoleArn": "arn:aws:iam::123456789012:role/none"},
				"IAM Role arn:aws:iam::123456789012:role/none cannot be assumed by AWS Backup"),
			try("role of others", settings{"iamRoleArn": b.site.role.Text("arn")}, "cannot be assumed by AWS Backup"),
			try("role that may not look", settings{"iamRoleArn": b.deaf.Text("arn")},
				"IAM Role arn:aws:iam::123456789012:role/deaf is not authorized to call tag:GetResources"),
		}
	})
}

func (b *backups) backupRole() string { return b.role.Text("arn") }

func TestPlansWithSelectionsStay(t *testing.T) {
	b := vaulted(t)
	plan := b.plan()
	assert.Regexp(t, `^[0-9a-f-]{36}$`, plan.ID)
	assert.Equal(t, "arn:aws:backup:eu-west-1:123456789012:backup-plan:"+plan.ID, plan.Text("arn"))
	selection := b.make(backupSelection, settings{"name": "database", "planId": plan.ID, "iamRoleArn": b.backupRole(),
		"resources": []string{"*"}})
	expect(t, b.delete(plan), "api error InvalidRequestException: Related backup plan selections must be deleted prior")
	expect(t, b.delete(selection), "")
	expect(t, b.delete(plan), "")
	changed, err := b.update(b.plan(), settings{"name": "acme", "rules": []settings{b.rule(settings{"ruleName": "other"})}})
	expect(t, err, "")
	assert.NotEqual(t, plan.Text("version"), changed.Text("version"))
}

func testingPlan(changes settings) settings {
	return with(settings{"name": "acme", "scheduleExpression": "cron(5 4 ? * MON *)", "startWindowHours": 1,
		"recoveryPointSelection": settings{"algorithm": "LATEST_WITHIN_WINDOW", "recoveryPointTypes": []string{"SNAPSHOT"},
			"includeVaults": []string{"*"}, "selectionWindowDays": 7}}, changes)
}

func TestRestoreTestingPlans(t *testing.T) {
	selecting := func(changes settings) settings {
		selection := testingPlan(nil)["recoveryPointSelection"].(settings)
		return testingPlan(settings{"recoveryPointSelection": with(selection, changes)})
	}
	each(t, vaulted, func(b *backups) []attempt {
		b.make(backupTestingPlan, testingPlan(settings{"name": "taken"}))
		vault := b.near.Text("arn")
		return []attempt{
			{"plan", backupTestingPlan, testingPlan(nil), ""},
			{"vault", backupTestingPlan, selecting(settings{"includeVaults": []string{vault}}), ""},
			{"taken", backupTestingPlan, testingPlan(settings{"name": "taken"}), "api error AlreadyExistsException"},
			{"odd name", backupTestingPlan, testingPlan(settings{"name": "a-b"}), "must contain only alphanumeric characters"},
			{"no day", backupTestingPlan, testingPlan(settings{"scheduleExpression": "cron(5 4 * * * *)"}),
				"Invalid schedule expression: cron(5 4 * * * *)"},
			{"no hour to start", backupTestingPlan, testingPlan(settings{"startWindowHours": 0}), "start_window_hours"},
			{"odd choice", backupTestingPlan, selecting(settings{"algorithm": "BEST"}), "selection algorithm: BEST"},
			{"odd kind", backupTestingPlan, selecting(settings{"recoveryPointTypes": []string{"ALL"}}), "CONTINUOUS or SNAPSHOT"},
			{"vault's name", backupTestingPlan, selecting(settings{"includeVaults": []string{"acme"}}), "named by its ARN"},
			{"two years", backupTestingPlan, selecting(settings{"selectionWindowDays": 366}), "selection_window_days"},
		}
	})
}

func TestRestoreTestingSelections(t *testing.T) {
	each(t, vaulted, func(b *backups) []attempt {
		b.make(backupTestingPlan, testingPlan(nil))
		base := settings{"name": "acme_database", "restoreTestingPlanName": "acme", "protectedResourceType": "RDS",
			"iamRoleArn": b.backupRole(), "protectedResourceArns": []string{"arn:aws:rds:eu-west-1:123456789012:db:acme"},
			"restoreMetadataOverrides": settings{"dbSubnetGroupName": "acme", "vpcSecurityGroupIds": `["sg-1"]`},
			"validationWindowHours":    2}
		try := func(name string, changes settings, want string) attempt {
			return attempt{name, backupTestingSelection, with(base, changes), want}
		}
		return []attempt{
			try("selection", nil, ""),
			try("odd name", settings{"name": "a-b"}, "must contain only alphanumeric characters"),
			try("no such plan", settings{"restoreTestingPlanName": "none"}, "The restore testing plan none does not exist."),
			try("no such role", settings{"iamRoleArn": "arn:aws:iam::123456789012:role/none"}, "cannot be assumed by AWS Backup"),
			try("role of others", settings{"iamRoleArn": b.site.role.Text("arn")}, "cannot be assumed by AWS Backup"),
			try("nothing", settings{"protectedResourceArns": nil}, "exactly one of these attributes must be configured"),
			try("odd type", settings{"protectedResourceType": "Tape"}, "Tape is not a type of resources"),
			try("a week and a day", settings{"validationWindowHours": 169}, "validation_window_hours"),
			try("odd override", settings{"restoreMetadataOverrides": settings{"encrypted": "true"}},
				"The restore metadata encrypted of RDS cannot be overridden."),
			try("group without list", settings{"restoreMetadataOverrides": settings{"vpcSecurityGroupIds": "sg-1"}},
				"The restore metadata vpcSecurityGroupIds is a JSON array of texts."),
			try("key of a database", settings{"restoreMetadataOverrides": settings{"kmsKeyId": "k"}},
				"The restore metadata kmsKeyId of RDS cannot be overridden."),
			try("key of files", settings{"protectedResourceType": "EFS", "restoreMetadataOverrides": settings{"kmsKeyId": "k"}}, ""),
		}
	})
}

// TestATestKeepsItsResources: AWS Backup takes a change of what is protected and does nothing.
func TestATestKeepsItsResources(t *testing.T) {
	b := vaulted(t)
	plan := b.make(backupTestingPlan, testingPlan(nil))
	assert.Contains(t, plan.Text("arn"), "arn:aws:backup:eu-west-1:123456789012:restore-testing-plan:acme-")
	given := settings{"name": "acme_database", "restoreTestingPlanName": "acme", "protectedResourceType": "RDS",
		"iamRoleArn": b.backupRole(), "protectedResourceArns": []string{"arn:aws:rds:::db:old"}}
	made := b.make(backupTestingSelection, given)
	changed, err := b.update(made, with(given, settings{"protectedResourceArns": []string{"arn:aws:rds:::db:new"}}))
	expect(t, err, "")
	assert.Equal(t, strs("arn:aws:rds:::db:old"), changed.Outputs.Get("protectedResourceArns"))
	expect(t, b.delete(plan), "The restore testing plan acme has selections: delete them first.")
}

func control(name string, parameters ...string) settings {
	var given []settings
	for i := 0; i < len(parameters); i += 2 {
		given = append(given, settings{"name": parameters[i], "value": parameters[i+1]})
	}
	return settings{"name": name, "inputParameters": given}
}

func TestFrameworks(t *testing.T) {
	framework := func(controls ...settings) settings { return settings{"name": "demo_cell", "controls": controls} }
	const age, frequency = "BACKUP_LAST_RECOVERY_POINT_CREATED", "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK"
	each(t, full, func(s *site) []attempt {
		s.make(backupFramework, with(framework(control(age)), settings{"name": "taken"}))
		return []attempt{
			{"framework", backupFramework, framework(control(age, "recoveryPointAgeUnit", "hours",
				"recoveryPointAgeValue", "24")), ""},
			{"taken", backupFramework, with(framework(control(age)), settings{"name": "taken"}), "AlreadyExistsException"},
			{"odd name", backupFramework, with(framework(control(age)), settings{"name": "demo-cell"}), "letters, digits and"},
			{"odd control", backupFramework, framework(control("BACKUP_EVERYTHING")), "Invalid control name BACKUP_EVERYTHING."},
			{"odd parameter", backupFramework, framework(control(age, "maxRestoreTime", "1")),
				"has no parameter maxRestoreTime, only [recoveryPointAgeUnit recoveryPointAgeValue]"},
			{"odd unit", backupFramework, framework(control(frequency, "requiredFrequencyUnit", "minutes")),
				"is hours or days, got minutes"},
			{"too rare", backupFramework, framework(control(frequency, "requiredFrequencyValue", "32")), "a number of 1 to 31"},
			{"two tags", backupFramework, framework(settings{"name": age, "scope": settings{"tags": settings{"a": "1", "b": "2"}}}),
				"has more than one tag"},
			{"types", backupFramework, framework(settings{"name": age, "scope": settings{
				"complianceResourceTypes": []string{"RDS", "EFS"}}}), ""},
			{"tag and types", backupFramework, framework(settings{"name": age, "scope": settings{"tags": settings{"a": "1"},
				"complianceResourceTypes": []string{"RDS"}}}), "has a tag and resources"},
			{"IDs of any type", backupFramework, framework(settings{"name": age, "scope": settings{
				"complianceResourceIds": []string{"acme"}}}), "has IDs of other than one type"},
		}
	})
}

func TestFrameworksShareTheControlsOfARegion(t *testing.T) {
	s := full(t)
	s.quotas = Quotas{"backup.framework-controls": 3}
	for i, want := range []string{"", "", "LimitExceededException: The account has at most 3 controls in a region."} {
		controls := []settings{control("BACKUP_RECOVERY_POINT_ENCRYPTED")}
		if i > 0 {
			controls = append(controls, control("BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK"))
		}
		made, err := s.try(backupFramework, settings{"name": fmt.Sprintf("cell_%d", i), "controls": controls})
		expect(t, err, want)
		if want == "" {
			assert.Equal(t, "FAILED", made.Text("deploymentStatus"), "nothing is recorded here")
		}
	}
}

func TestReportPlans(t *testing.T) {
	each(t, full, func(s *site) []attempt {
		s.make(s3Bucket, settings{"bucket": "reports-123456789012"})
		framework := s.make(backupFramework, settings{"name": "demo", "controls": []settings{
			control("BACKUP_RECOVERY_POINT_ENCRYPTED")}})
		report := func(name, template, bucket, want string, frameworks ...string) attempt {
			setting := settings{"reportTemplate": template}
			if len(frameworks) > 0 {
				setting["frameworkArns"] = frameworks
			}
			return attempt{name, backupReportPlan, settings{"name": "jobs", "reportSetting": setting,
				"reportDeliveryChannel": settings{"s3BucketName": bucket}}, want}
		}
		const bucket = "reports-123456789012"
		return []attempt{
			report("jobs", "BACKUP_JOB_REPORT", bucket, ""),
			report("compliance", "RESOURCE_COMPLIANCE_REPORT", bucket, "", framework.Text("arn")),
			report("compliance of nothing", "CONTROL_COMPLIANCE_REPORT", bucket, "CONTROL_COMPLIANCE_REPORT names 0."),
			report("jobs of a framework", "COPY_JOB_REPORT", bucket, "COPY_JOB_REPORT names 1.", framework.Text("arn")),
			report("no such framework", "RESOURCE_COMPLIANCE_REPORT", bucket, "Framework arn:f does not exist.", "arn:f"),
			report("no such bucket", "BACKUP_JOB_REPORT", "none", "The bucket none does not exist."),
		}
	})
}

func TestRegionSettings(t *testing.T) {
	s := full(t)
	made := s.make(backupRegionSettings, settings{"resourceTypeOptInPreference": settings{"RDS": true, "EFS": true}})
	assert.Equal(t, ireland, made.ID)
	assert.True(t, made.Outputs.Get("resourceTypeManagementPreference").IsMap())
	_, err := s.try(backupRegionSettings, settings{"resourceTypeOptInPreference": settings{"Tape": true}})
	expect(t, err, "api error InvalidParameterValueException: Invalid resource type: Tape")
}

// TestLinkedRolesAreNoStrangers: a policy may name a role that a service made for itself.
func TestLinkedRolesAreNoStrangers(t *testing.T) {
	s := full(t)
	policy := func(role string) settings {
		return settings{"policy": keyPolicy(account, `,{"Effect":"Allow","Principal":{"AWS":"`+role+`"},`+
			`"Action":["kms:GenerateDataKey"],"Resource":"*"}`)}
	}
	linked := s.make(iamServiceLinkedRole, settings{"awsServiceName": backupReportsService})
	assert.Equal(t, "arn:aws:iam::123456789012:role/aws-service-role/reports.backup.amazonaws.com/"+
		"AWSServiceRoleForBackupReports", linked.Text("arn"))
	s.make(kmsKey, policy(linked.Text("arn")))
	_, err := s.try(kmsKey, policy("arn:aws:iam::123456789012:role/aws-service-role/none/None"))
	expect(t, err, "one or more invalid principals")
}
