package config

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"haven/components/database/limits"
	"haven/components/dump/manifest"
	"haven/components/limit"
)

const restorePath = "tenant.restore."

// restore checks what a restoring stack says by itself.
func (c *checker) restore(tenant *Tenant) {
	if !c.given["tenant.restore"] {
		return
	}
	of := tenant.Restore
	if of.Of == "" {
		c.refuse(restorePath+"of", "", "the stack name of the tenant whose data it is", `name it, like "demo-acme"`)
	}
	if !slices.Contains(restoreModes, of.Mode) {
		c.refuse(restorePath+"mode", string(of.Mode), "one of "+limit.List(restoreModes), suggest(of.Mode, restoreModes))
		return
	}
	c.restoredPlace(tenant)
	c.restoredDatabase(of)
	c.manifestKey(restorePath+"files.dump", of.Files.Dump, of.Mode != Ready)
	if !bucketName.MatchString(of.Archive.Bucket) {
		c.refuse(restorePath+"archive.bucket", of.Archive.Bucket, "the name of the bucket of dumps",
			"write the one in this region, an archive or the replica of one")
	}
	c.restoredARN("archive.keyARN", of.Archive.KeyARN, keyARN, true)
	c.restoredARN("secrets.keyARN", of.Secrets.KeyARN, keyARN, true)
	c.restoredARN("secrets.applicationKeyARN", of.Secrets.ApplicationKeyARN, secretARN, true)
	c.restoredARN("secrets.databaseARN", of.Secrets.DatabaseARN, secretARN, of.Database.Replica != "")
}

// restoredPlace checks what a restoring stack has of a tenant's life, host and neighbours.
func (c *checker) restoredPlace(tenant *Tenant) {
	of := tenant.Restore
	takes := of.TakesOver()
	c.restoredARN("certificateARN", of.CertificateARN, certificateARN, takes)
	if takes && tenant.Host == "" {
		c.refuse("tenant.host", "", "the tenant's own host, in the mode "+string(of.Mode), "write that of "+of.Of)
	}
	if of.Copies && of.Mode != Taken {
		c.refuse(restorePath+"copies", true, "false in the mode "+string(of.Mode), "remove it")
	}
	for _, field := range []struct{ path, value string }{
		{"tenant.standby", tenant.Standby}, {"tenant.mirror", tenant.Mirror},
	} {
		if field.value != "" {
			c.refuse(field.path, field.value, "none for a tenant that is brought back: it needs no other region and no "+
				"other cloud", "remove it")
		}
	}
	if tenant.State == Leaving || tenant.State == Gone {
		c.refuse("tenant.state", string(tenant.State), "active or suspended for a tenant that is brought back",
			"change the state of "+of.Of+"; this stack is torn down")
	}
}

func (c *checker) restoredDatabase(of Restore) {
	const field = "database."
	database, named := of.Database, slices.Sorted(maps.Keys(of.Database.sources()))
	want := "exactly one of snapshot, automatedBackup, instance, replica and dump"
	switch {
	case of.Mode == Ready && (len(named) > 1 || len(named) == 1 && database.Replica == ""):
		c.refuse(restorePath+"database", words(limit.List(named)), "a replica or none in the mode ready",
			"name the source in the take-over")
	case of.Mode != Ready && len(named) != 1:
		c.refuse(restorePath+"database", words(firstOr(limit.List(named), "none of them")), want, "name one source")
	case of.Mode == Drill && database.Replica != "":
		c.refuse(restorePath+field+"replica", database.Replica, "none in a drill, which promotes nothing",
			"name it as the instance, to bring it back from its own backups")
	}
	c.restoredARN(field+"snapshot", database.Snapshot, snapshotARN, database.Snapshot != "")
	c.restoredARN(field+"automatedBackup", database.AutomatedBackup, automatedBackupARN, database.AutomatedBackup != "")
	c.restoredARN(field+"replica", database.Replica, instanceARN, database.Replica != "")
	c.restoredARN(field+"keyARN", database.KeyARN, keyARN, len(named) == 1 && database.Dump == "")
	if database.Instance != "" {
		c.limit(restorePath+field+"instance", limits.Identifier(database.Instance))
	}
	c.manifestKey(restorePath+field+"dump", database.Dump, false)
	c.promoted(database)
	c.restoredTime(database)
}

// promoted checks how a replica is reached.
func (c *checker) promoted(database RestoredDatabase) {
	const field = restorePath + "database."
	if database.Replica == "" {
		for name, value := range map[string]string{
			"address": database.Address, "clientsGroupID": database.ClientsGroupID,
		} {
			if value != "" {
				c.refuse(field+name, value, "none without a replica", "remove it")
			}
		}
		return
	}
	if !dnsName(database.Address) {
		c.refuse(field+"address", database.Address, "the host name of the replica's endpoint", "write it as RDS shows it")
	}
	if !groupID.MatchString(database.ClientsGroupID) {
		c.refuse(field+"clientsGroupID", database.ClientsGroupID, "the ID of the security group that reaches the replica",
			`write it like "sg-0123456789abcdef0"`)
	}
}

func (c *checker) restoredTime(database RestoredDatabase) {
	const at = restorePath + "database.at"
	switch {
	case database.At == "":
	case database.AutomatedBackup == "" && database.Instance == "":
		c.refuse(at, database.At, "none: only automated backups and an instance have a choice of times", "remove it")
	default:
		c.time(at, database.At)
	}
}

// manifestKey is the key of an object that completes a dump.
func (c *checker) manifestKey(at, key string, required bool) {
	if (key != "" || required) && (path.Base(key) != manifest.Name || strings.HasPrefix(key, "/") || !strings.Contains(key, "/")) {
		c.refuse(at, key, "the key of a dump's "+manifest.Name+" in the archive", "write it as `haven status` shows it")
	}
}

// The names of what a restoring stack starts from.
var (
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	groupID    = regexp.MustCompile(`^sg-[0-9a-f]{8,17}$`)

	arnForm = regexp.MustCompile(`^arn:aws:([a-z-]+):([a-z0-9-]+):(\d{12}):(.+)$`)
)

// arnKind is a kind of thing that has an ARN.
type arnKind struct {
	service  string
	resource *regexp.Regexp
	what     string
}

var (
	keyARN             = arnKind{"kms", regexp.MustCompile(`^key/[0-9a-z-]+$`), "a key of KMS"}
	secretARN          = arnKind{"secretsmanager", regexp.MustCompile(`^secret:\S+-[A-Za-z0-9]{6}$`), "a secret"}
	certificateARN     = arnKind{"acm", regexp.MustCompile(`^certificate/[0-9a-f-]+$`), "a certificate"}
	instanceARN        = arnKind{"rds", regexp.MustCompile(`^db:[a-z][a-z0-9-]*$`), "an instance of RDS"}
	snapshotARN        = arnKind{"rds", regexp.MustCompile(`^snapshot:\S+$`), "a snapshot of RDS"}
	automatedBackupARN = arnKind{"rds", regexp.MustCompile(`^auto-backup:ab-[a-z0-9]+$`), "replicated automated backups"}
)

// restoredARN checks one of the ARNs. One that is not wanted must not be there.
func (c *checker) restoredARN(field, arn string, kind arnKind, wanted bool) {
	switch {
	case wanted:
		c.namedARN(restorePath+field, arn, kind)
	case arn != "":
		c.refuse(restorePath+field, arn, "none here", "remove it")
	}
}

// namedARN checks an ARN that has to be there.
func (c *checker) namedARN(path, arn string, kind arnKind) {
	part := arnForm.FindStringSubmatch(arn)
	if part == nil || part[1] != kind.service || !kind.resource.MatchString(part[4]) {
		c.refuse(path, arn, "the ARN of "+kind.what, fmt.Sprintf("write it like %q",
			"arn:aws:"+kind.service+":eu-central-1:123456789012:…"))
	}
}

// arns are all that a restoring stack names, by field.
func (r Restore) arns() map[string]string {
	return map[string]string{
		"certificateARN":            r.CertificateARN,
		"database.snapshot":         r.Database.Snapshot,
		"database.automatedBackup":  r.Database.AutomatedBackup,
		"database.replica":          r.Database.Replica,
		"database.keyARN":           r.Database.KeyARN,
		"archive.keyARN":            r.Archive.KeyARN,
		"secrets.keyARN":            r.Secrets.KeyARN,
		"secrets.applicationKeyARN": r.Secrets.ApplicationKeyARN,
		"secrets.databaseARN":       r.Secrets.DatabaseARN,
	}
}

// joinRestore keeps a restoring stack within the region and the account of its cell, and a take-over where it belongs.
func (c *checker) joinRestore(tenant *Tenant, cell CellFacts) {
	of := tenant.Restore
	if !tenant.Restores() {
		return
	}
	for _, field := range slices.Sorted(maps.Keys(of.arns())) {
		part := arnForm.FindStringSubmatch(of.arns()[field])
		if part == nil || cell.Region == "" || cell.Account == "" {
			continue
		}
		if part[2] != cell.Region || part[3] != cell.Account {
			c.refuse(restorePath+field, of.arns()[field],
				fmt.Sprintf("one in %s and the account %s, where %s is", cell.Region, cell.Account, tenant.Cell),
				"name the copy that lies there: nothing on the way to recovery needs another region")
		}
	}
	const at = restorePath + "database.address"
	if address := of.Database.Address; c.sound(at) && address != "" && cell.Region != "" &&
		!strings.Contains(address, "."+cell.Region+".") {
		c.refuse(at, address, "a host name in "+cell.Region, "write it as RDS shows it there")
	}
	if of.TakesOver() && !cell.Standby && cell.Region != "" {
		c.refuse("tenant.cell", tenant.Cell, "a cell that stands by, in the mode "+string(of.Mode),
			"name the cell that stands by for that of "+of.Of+", or make it a drill")
	}
}

func firstOr(text, or string) string {
	if text == "" {
		return or
	}
	return text
}

// joinOriginal checks a restoring stack against the tenant whose data it is.
func (s *fileSet) joinOriginal(restoring *file) {
	tenant := restoring.stack.Tenant
	of := tenant.Restore
	if !tenant.Restores() || of.Of == "" {
		return
	}
	original := s.named(of.Of)
	if original == nil || original.stack.Role != RoleTenant || original.stack.Tenant.Restores() {
		restoring.refuse(restorePath+"of", of.Of, "the stack name of a tenant that has a file", s.otherTenant(of.Of))
		return
	}
	own, cell := original.stack.Tenant, s.named(tenant.Cell)
	if tenant.Name != own.Name && restoring.sound("tenant.name") {
		restoring.refuse("tenant.name", tenant.Name, fmt.Sprintf("%q, the name of %s", own.Name, of.Of),
			"write the same name: it is the same tenant")
	}
	if of.TakesOver() && tenant.Host != own.Host && tenant.Host != "" {
		restoring.refuse("tenant.host", tenant.Host, fmt.Sprintf("%q, the host of %s", own.Host, of.Of),
			"write the same host, or make it a drill")
	}
	beside := of.Mode == Drill && tenant.Cell == own.Cell
	if !beside && cell != nil && cell.stack.Role == RoleCell && cell.stack.Cell.Primary != own.Cell &&
		restoring.sound("tenant.cell") {
		restoring.refuse("tenant.cell", tenant.Cell, "the cell of "+of.Of+" in a drill, or one that stands by for it",
			"name another cell")
	}
}

// otherTenant is advice where a tenant of that name is missing.
func (s *fileSet) otherTenant(wanted string) string {
	var tenants []string
	for _, tenant := range s.ofRole(RoleTenant) {
		if !tenant.stack.Tenant.Restores() {
			tenants = append(tenants, tenant.stack.Name)
		}
	}
	return suggest(wanted, tenants)
}
