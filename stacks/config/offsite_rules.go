package config

import (
	"fmt"
	"slices"
	"strings"

	"haven/components/limit"
	mirror "haven/components/mirror/limits"
	"haven/components/naming"
	"haven/components/offsite/limits"
	"haven/components/tiers"
)

// offsiteSuffix ends the name of an off-site stack, after its tenant.
const offsiteSuffix = "-offsite"

// maxOffsiteStack is longer than other stacks' names by what is added to a tenant's: the names that it begins are
// Google's, which take 63 characters.
const maxOffsiteStack = naming.MaxStack + len(offsiteSuffix)

// offsiteStack checks what an off-site stack says of itself.
func (c *checker) offsiteStack(stack *Stack) {
	offsite := stack.Offsite
	c.environment(RoleOffsite, stack.Name, offsite.Environment)
	c.owner(RoleOffsite, offsite.Owner)
	if c.sound("offsite.environment") {
		c.offsiteName(stack)
	}
	if !slices.Contains(tiers.All, offsite.Tier) {
		c.refuse("offsite.tier", string(offsite.Tier), "one of "+limit.List(tiers.All), "write the tenant's own")
	}
	c.limit("offsite.project", mirror.Project(offsite.Project))
	c.limit("offsite.region", limits.Region(offsite.Region))
	c.publicName("offsite.host", offsite.Host)
	c.limit("offsite.mirror.project", mirror.Project(offsite.Mirror.Project))
	if c.sound("offsite.project") && offsite.Project == offsite.Mirror.Project {
		c.refuse("offsite.project", offsite.Project, "another project than the mirror's", "give the tenant one of its own")
	}
	c.limit("offsite.mirror.bucket", limits.Bucket(offsite.Mirror.Bucket))
	if offsite.Tenant != "" {
		c.limit("offsite.dump", limits.Dump(offsite.Dump, offsite.Tenant))
	}
	c.limit("offsite.dumpImage", limits.Image(offsite.DumpImage))
	c.limit("offsite.application.image", limits.Image(offsite.Application.Image))
	c.between("offsite.database.storageGiB", offsite.Database.StorageGiB, limits.MinStorageGiB, limits.MaxStorageGiB,
		"leave it out for 100")
	c.onCall("offsite.alerts.critical", offsite.Alerts.Critical)
	if c.given["offsite.alerts.warning"] {
		c.addresses("offsite.alerts.warning", offsite.Alerts.Warning)
	}
}

// offsiteName has the stack named after its environment and its tenant.
func (c *checker) offsiteName(stack *Stack) {
	offsite := stack.Offsite
	if !plainName.MatchString(offsite.Tenant) || len(offsite.Tenant) > maxLabel {
		c.refuse("offsite.tenant", offsite.Tenant, fmt.Sprintf("%s, at most %d characters", plainWant, maxLabel), plainFix)
		return
	}
	if want := offsite.Environment + "-" + offsite.Tenant + offsiteSuffix; stack.Name != want && c.sound(pathStackName) {
		c.refuse(pathStackName, stack.Name, fmt.Sprintf("%q, for it brings %s back", want, offsite.Tenant),
			fmt.Sprintf("rename the file to %q, or change the tenant", fileName(want)))
	}
}

// defaultOffsiteTenant is what the stack's name has between its environment and its end.
func defaultOffsiteTenant(stack, environment string) string {
	tenant, _ := strings.CutPrefix(strings.TrimSuffix(stack, offsiteSuffix), environment+"-")
	return tenant
}

// offsiteClaim: a project is one tenant's.
func offsiteClaim(_ *fileSet, file *file) claim {
	offsite := file.stack.Offsite
	if offsite == nil || !file.sound("offsite.project") {
		return claim{}
	}
	return claim{"offsite.project", offsite.Project, offsite.Project, "a Google Cloud project",
		"give each tenant a project of its own"}
}
