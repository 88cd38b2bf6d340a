package flow

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"
	"haven/policy/access"
	"haven/policy/props"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// AWS Backup: https://docs.aws.amazon.com/aws-backup/latest/devguide/creating-a-backup-plan.html.
const (
	backupJob     = "backup"
	copyJob       = "copy"
	backupService = "backup.amazonaws.com"
)

// backing is a backup under way.
type backing struct {
	ID       string
	Plan     string
	Rule     string
	Resource string // the ARN of what is backed up
	Role     string
	Begun    time.Time
}

// copying is a recovery point on its way to another vault.
type copying struct {
	ID          string
	Point       string
	Destination string
	Role        string
	Keeps       int // days; 0 is for ever
	Begun       time.Time
}

// backupRules are the schedules of the plans.
func (e *engine) backupRules() []event {
	var all []event
	for _, plan := range e.all(backupPlanType) {
		for _, rule := range props.Maps(plan.Outputs, "rules[*]") {
			zone := firstText(props.Text(rule, "scheduleExpressionTimezone"), "UTC")
			due, err := parseExpression(props.Text(rule, "schedule"), zone, e.madeAt(plan))
			if err != nil {
				continue // a rule without a schedule starts nothing
			}
			name := props.Text(rule, "ruleName")
			all = append(all, event{rank: beginning, id: "backup|" + plan.ID + "|" + name, again: due, do: func() {
				e.back(plan, name)
			}})
		}
	}
	return all
}

// back starts a backup of each resource that the plan selects. AWS Backup starts within an hour; the sandbox within a
// few minutes.
func (e *engine) back(plan cloud.Resource, rule string) {
	for _, selection := range e.all(backupSelectionType) {
		if selection.Text("planId") != plan.ID {
			continue
		}
		for _, r := range e.selected(selection) {
			arn := r.Text("arn")
			id := hexOf(plan.ID, rule, arn, e.now.Format(time.RFC3339))[:32]
			begun := e.now.Add(e.between(time.Minute, 10*time.Minute, "backup begins", id))
			e.later(backupJob, id, begun.Add(e.between(2*time.Minute, 12*time.Minute, "backup", id)), backing{
				ID: id, Plan: plan.ID, Rule: rule, Resource: arn, Role: selection.Text("iamRoleArn"), Begun: begun,
			})
		}
	}
}

// selected are the databases and file systems of a selection: those that it names and those that have its tags.
func (e *engine) selected(selection cloud.Resource) []cloud.Resource {
	var found []cloud.Resource
	for _, token := range []string{databaseType, fileSystemType} {
		for _, r := range e.all(token) {
			if r.Account == selection.Account && r.Region == selection.Region && e.selects(selection, r) {
				found = append(found, r)
			}
		}
	}
	return found
}

func (e *engine) selects(selection, r cloud.Resource) bool {
	arn := r.Text("arn")
	of := func(patterns []string) bool {
		return slices.ContainsFunc(patterns, func(pattern string) bool { return matches(pattern, arn) })
	}
	if of(texts(selection, "notResources[*]")) {
		return false
	}
	tagged := slices.ContainsFunc(props.Maps(selection.Outputs, "selectionTags[*]"), func(t property.Map) bool {
		return tag(r, props.Text(t, "key")) == props.Text(t, "value")
	})
	for _, required := range props.Maps(selection.Outputs, "conditions[*].stringEquals[*]") {
		key := strings.TrimPrefix(props.Text(required, "key"), "aws:ResourceTag/")
		if tag(r, key) != props.Text(required, "value") {
			return false
		}
	}
	return of(texts(selection, "resources[*]")) || tagged
}

// matches compares with *, which is any text.
func matches(pattern, text string) bool {
	before, after, wild := strings.Cut(pattern, "*")
	if !wild {
		return pattern == text
	}
	rest, begins := strings.CutPrefix(text, before)
	if !begins {
		return false
	}
	for i := 0; i <= len(rest); i++ {
		if matches(after, rest[i:]) {
			return true
		}
	}
	return false
}

// rule is that of a plan, as it is when a job ends.
func (e *engine) rule(planID, name string) (property.Map, cloud.Resource, bool) {
	for _, plan := range e.all(backupPlanType) {
		for _, rule := range props.Maps(plan.Outputs, "rules[*]") {
			if plan.ID == planID && props.Text(rule, "ruleName") == name {
				return rule, plan, true
			}
		}
	}
	return property.Map{}, cloud.Resource{}, false
}

// finishBackup puts the recovery point into the vault and starts its copies, or says in an event that it failed.
func (e *engine) finishBackup(job backing) {
	rule, plan, found := e.rule(job.Plan, job.Rule)
	if !found {
		return
	}
	vault, there := e.find(backupVaultType, plan.Region, "name", props.Text(rule, "targetVaultName"))
	resource := e.byARN[job.Resource]
	if err := e.mayBackUp(job.Role, resource, vault, there); err != nil {
		e.tellBackup(plan.Region, "Backup Job State Change", "FAILED", job.Resource, vault.Text("arn"), err.Error())
		return
	}
	point, err := e.keep(vault, number(rule, "lifecycle.deleteAfter"), world.Point{
		ID: pointARN(resource, job.ID), Resource: job.Resource, ResourceType: kindOf(resource), Source: resource.ID,
		DataTime: job.Begun, Created: job.Begun, Plan: plan.ID,
	})
	if err != nil {
		e.tellBackup(plan.Region, "Backup Job State Change", "FAILED", job.Resource, vault.Text("arn"), err.Error())
		return
	}
	e.tellBackup(plan.Region, "Backup Job State Change", "COMPLETED", job.Resource, vault.Text("arn"), "")
	for i, action := range props.Maps(rule, "copyActions[*]") {
		id := hexOf(job.ID, "copy", fmt.Sprint(i))[:32]
		e.later(copyJob, id, e.now.Add(e.between(5*time.Minute, 25*time.Minute, "copy", id)), copying{
			ID: id, Point: point.ID, Destination: props.Text(action, "destinationVaultArn"), Role: job.Role,
			Keeps: number(action, "lifecycle.deleteAfter"), Begun: e.now,
		})
	}
}

func kindOf(r cloud.Resource) string {
	if r.Type == fileSystemType {
		return "EFS"
	}
	return "RDS"
}

// pointARN is a recovery point's: a snapshot of a database is one of RDS.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/recovery-points.html
func pointARN(r cloud.Resource, id string) string {
	if r.Type == fileSystemType {
		return fmt.Sprintf("arn:aws:backup:%s:%s:recovery-point:%s", r.Region, r.Account, id)
	}
	return fmt.Sprintf("arn:aws:rds:%s:%s:snapshot:awsbackup:job-%s", r.Region, r.Account, id)
}

// mayBackUp says whether a role may do a backup into a vault.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/iam-service-roles.html
func (e *engine) mayBackUp(role string, r, vault cloud.Resource, there bool) error {
	if r.Type == "" || !there {
		return fmt.Errorf("there is no such resource or vault")
	}
	action := "rds:CreateDBSnapshot"
	if r.Type == fileSystemType {
		action = "elasticfilesystem:Backup"
	}
	return firstOf(
		func() error { return e.assumed(role, backupService, vault.Text("arn")) },
		func() error { return e.may(role, action, r.Text("arn"), nil, tagsAs("aws:ResourceTag/", r)) },
		func() error { return e.usable(r.Text("kmsKeyId")) },
		func() error { return e.intoVault(role, r, vault) },
	)
}

// intoVault says whether a role may put what is encrypted into a vault. RDS snapshots stay under their own key in the
// vault of their region; all else, and every copy, is under the vault's.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
func (e *engine) intoVault(role string, r, vault cloud.Resource) error {
	if r.Type == databaseType && r.Region == vault.Region {
		return nil
	}
	key := vault.Text("kmsKeyArn")
	service := "backup"
	if r.Type == databaseType {
		service = "rds"
	}
	return firstOf(
		func() error { return e.mayUseKey(role, "kms:GenerateDataKey", key, service, nil) },
		func() error { return e.mayUseKey(role, "kms:CreateGrant", key, service, nil) },
	)
}

// keep puts a recovery point into a vault for some days, as the vault's lock allows. What a lock covers nobody deletes
// before its time.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
func (e *engine) keep(vault cloud.Resource, keeps int, point world.Point) (*world.Point, error) {
	point.Vault, point.Completed = vault.Text("arn"), e.now
	if point.Key = vault.Text("kmsKeyArn"); point.ResourceType == "RDS" && arnPart(point.Resource, 3) == vault.Region {
		point.Key = e.byARN[point.Resource].Text("kmsKeyId")
	}
	if keeps > 0 {
		point.Expires = point.Created.AddDate(0, 0, keeps)
	}
	least, most, locked := e.lock(vault)
	switch {
	case locked && keeps > 0 && keeps < least, locked && most > 0 && (keeps == 0 || keeps > most):
		return nil, fmt.Errorf("retention of %d days is not within the lock's %d to %d of the vault %s",
			keeps, least, most, vault.ID)
	case locked && keeps == 0:
		point.LockedUntil = time.Unix(1<<40, 0).UTC()
	case locked:
		point.LockedUntil = point.Expires
	}
	e.data.points = append(e.data.points, &point)
	return &point, nil
}

// lock are the days that a vault's lock demands. A logically air-gapped vault is always locked.
func (e *engine) lock(vault cloud.Resource) (least, most int, locked bool) {
	if vault.Type == airGappedVaultType {
		return number(vault.Outputs, "minRetentionDays"), number(vault.Outputs, "maxRetentionDays"), true
	}
	lock, found := e.find(backupLockType, vault.Region, "backupVaultName", vault.Text("name"))
	return number(lock.Outputs, "minRetentionDays"), number(lock.Outputs, "maxRetentionDays"), found
}

func (e *engine) vault(arn string) (cloud.Resource, bool) {
	if vault, found := e.arn(backupVaultType, arn); found {
		return vault, true
	}
	return e.arn(airGappedVaultType, arn)
}

// finishCopy puts a copy into another vault, most often of another region.
func (e *engine) finishCopy(job copying) {
	at := slices.IndexFunc(e.data.points, func(p *world.Point) bool { return p.ID == job.Point })
	vault, there := e.vault(job.Destination)
	if at < 0 {
		return
	}
	point := *e.data.points[at]
	err := fmt.Errorf("there is no vault %s", job.Destination)
	if there {
		err = e.mayCopy(job.Role, point, vault)
	}
	if err == nil {
		copied := point
		copied.ID = strings.Replace(pointARNIn(vault.Region, point, job.ID), "job-", "copyjob-", 1)
		copied.Created = job.Begun
		_, err = e.keep(vault, job.Keeps, copied)
	}
	state, why := "COMPLETED", ""
	if err != nil {
		state, why = "FAILED", err.Error()
	}
	e.tellBackup(arnPart(point.Vault, 3), "Copy Job State Change", state, point.Resource, job.Destination, why)
}

func pointARNIn(region string, p world.Point, id string) string {
	return pointARN(cloud.Resource{
		Type: map[string]string{"EFS": fileSystemType, "RDS": databaseType}[p.ResourceType], Region: region,
		Account: arnPart(p.Resource, 4),
	}, id)
}

func (e *engine) mayCopy(role string, point world.Point, vault cloud.Resource) error {
	source, _ := e.vault(point.Vault)
	own := func(v cloud.Resource) []access.Document {
		policy, _ := e.find(backupPolicyType, v.Region, "backupVaultName", v.Text("name"))
		return e.document("the policy of vault "+v.ID, policy.Text("policy"))
	}
	resource := e.byARN[point.Resource]
	resource.Region = arnPart(point.Resource, 3)
	return firstOf(
		func() error { return e.assumed(role, backupService, source.Text("arn")) },
		func() error { return e.may(role, "backup:CopyFromBackupVault", point.ID, own(source), nil) },
		func() error { return e.may(role, "backup:CopyIntoBackupVault", vault.Text("arn"), own(vault), nil) },
		func() error { return e.usable(point.Key) },
		func() error { return e.intoVault(role, resource, vault) },
	)
}

func (e *engine) tellBackup(region, what, state, resource, vault, why string) {
	e.publish(region, "aws.backup", what, map[string]any{
		"state": state, "resourceArn": resource, "backupVaultArn": vault, "destinationBackupVaultArn": vault,
		"statusMessage": why,
	})
}
