package cloud

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

const backupService = "backup.amazonaws.com"

// Vaults of AWS Backup: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html.
func backupTypes() []*Type {
	return slices.Concat(backupVaultTypes(), backupPlanTypes(), backupTestingTypes(), backupAuditTypes())
}

func backupVaultTypes() []*Type {
	return []*Type{
		{
			Token: backupVault, ID: func(c *Call) string { return c.text("name") },
			References: []Reference{toKey("kmsKeyArn", backup.says("CreateBackupVault", "InvalidParameterValueException",
				"The KMS key %s does not exist or cannot be used."))},
			Refuse: firstOf(refuseVaultName, onCreate(refuseVaultTaken("CreateBackupVault")),
				tooManyVaults("CreateBackupVault")),
			Computed: vaultOutputs, RefuseDelete: refuseVaultDelete,
		},
		{
			Token: backupAirGappedVault, ID: func(c *Call) string { return c.text("name") },
			Refuse: firstOf(refuseVaultName, onCreate(refuseVaultTaken("CreateLogicallyAirGappedBackupVault")),
				tooManyVaults("CreateLogicallyAirGappedBackupVault"), refuseRetentions("CreateLogicallyAirGappedBackupVault", 7)),
			Computed: vaultOutputs, RefuseDelete: refuseVaultDelete,
		},
		{
			Token: backupVaultLock, ID: func(c *Call) string { return c.text("backupVaultName") },
			References: []Reference{toVault("backupVaultName", "PutBackupVaultLockConfiguration")},
			Refuse: firstOf(refuseGraceTime, refuseRetentions("PutBackupVaultLockConfiguration", 1),
				onCreate(refuseSecondLock)),
			Computed: ofVaultOutputs, RefuseDelete: refuseLockDelete,
		},
		{
			Token: backupVaultPolicy, ID: func(c *Call) string { return c.text("backupVaultName") },
			References: []Reference{toVault("backupVaultName", "PutBackupVaultAccessPolicy")},
			Refuse:     refuseVaultPolicy, Computed: ofVaultOutputs,
		},
	}
}

func toVault(property, operation string) Reference {
	return Reference{Property: property, To: backupVault, By: "name", NotFound: backup.says(operation,
		"ResourceNotFoundException", "Backup vault with name %s does not exist.")}
}

var vaultName = regexp.MustCompile(`^[A-Za-z0-9_-]{2,50}$`)

func refuseVaultName(c *Call) error {
	if name := c.text("name"); name != "" && !vaultName.MatchString(name) {
		return fmt.Errorf("invalid value for name (must consist of 2 to 50 letters, numbers, hyphens and underscores): %q",
			name)
	}
	return nil
}

// refuseVaultTaken: vaults of both kinds share their names.
func refuseVaultTaken(operation string) check {
	return func(c *Call) error {
		for _, token := range []string{backupVault, backupAirGappedVault} {
			if _, taken := c.find(token, "id", c.ID); taken {
				return backup.says(operation, "AlreadyExistsException", "Backup vault with the same name already exists")
			}
		}
		return nil
	}
}

// tooManyVaults: vaults of both kinds share a quota.
func tooManyVaults(operation string) check {
	return onCreate(func(c *Call) error {
		wanted := len(c.list(backupVault)) + len(c.list(backupAirGappedVault)) + 1
		return c.within(vaultsPerRegion, wanted, tooManyOf(operation, "vaults"))
	})
}

func tooManyOf(operation, things string) Error {
	return backup.says(operation, "LimitExceededException", "The account has at most %s "+things+" in a region.")
}

// longestRetention is in days: a hundred years.
const longestRetention = 36500

// refuseRetentions: https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html, and for the seven days of
// an air-gapped vault https://docs.aws.amazon.com/aws-backup/latest/devguide/logicallyairgappedvault.html. A job whose
// recovery point would be kept for less or more fails when it runs, not before.
func refuseRetentions(operation string, least int) check {
	return func(c *Call) error {
		refused := func(format string, args ...any) error {
			return backup.refuses(operation, "InvalidParameterValueException", format, args...)
		}
		shortest, hasLeast := c.number("minRetentionDays")
		longest, hasMost := c.number("maxRetentionDays")
		switch {
		case hasLeast && (shortest < least || shortest > longestRetention):
			return refused("MinRetentionDays must be between %d and %d, got %d.", least, longestRetention, shortest)
		case hasMost && (longest < least || longest > longestRetention):
			return refused("MaxRetentionDays must be between %d and %d, got %d.", least, longestRetention, longest)
		case hasLeast && hasMost && shortest > longest:
			return refused("MinRetentionDays %d is more than MaxRetentionDays %d.", shortest, longest)
		}
		return nil
	}
}

// refuseGraceTime: a lock in compliance mode can be taken back for three days at least.
func refuseGraceTime(c *Call) error {
	days, given := c.number("changeableForDays")
	if given && days < 3 {
		return fmt.Errorf("expected changeable_for_days to be at least (3), got %d", days)
	}
	return nil
}

// refuseSecondLock: what is locked for good is not locked in another way.
func refuseSecondLock(c *Call) error {
	lock, found := c.find(backupVaultLock, "backupVaultName", c.text("backupVaultName"))
	if found && c.isImmutable(lock) {
		return lockedForGood("PutBackupVaultLockConfiguration", lock)
	}
	return nil
}

func refuseLockDelete(c *Call) error {
	if c.isImmutable(*c.Old) {
		return lockedForGood("DeleteBackupVaultLockConfiguration", *c.Old)
	}
	return nil
}

func lockedForGood(operation string, lock Resource) error {
	return backup.refuses(operation, "InvalidRequestException",
		"Backup vault lock configuration of %s is immutable and cannot be changed or deleted.", lock.ID)
}

// Chronicle is a world that knows when each resource was made.
type Chronicle interface{ MadeAt(Resource) time.Time }

// isImmutable says whether the grace time of a lock in compliance mode is over. In a world without dates it never is.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DeleteBackupVaultLockConfiguration.html
func (c *Call) isImmutable(lock Resource) bool {
	days, compliance := numberAt(lock.Inputs, "changeableForDays")
	dates, known := c.World.(Chronicle)
	return compliance && known && !c.Now.Before(dates.MadeAt(lock).AddDate(0, 0, days))
}

// VaultKeeper is a world that knows how many recovery points each vault holds, by the vault's ARN.
type VaultKeeper interface{ PointsIn(vault string) int }

// refuseVaultDelete: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DeleteBackupVault.html. The provider
// deletes the recovery points first where it is told to, which no lock and no air gap lets it.
func refuseVaultDelete(c *Call) error {
	keeper, known := c.World.(VaultKeeper)
	if !known {
		return nil
	}
	held := keeper.PointsIn(c.Old.Text("arn"))
	_, locked := c.find(backupVaultLock, "backupVaultName", c.ID)
	if held == 0 || c.flag("forceDestroy") && !locked {
		return nil
	}
	return backup.refuses("DeleteBackupVault", "InvalidRequestException",
		"Backup vault cannot be deleted (contains %d recovery points)", held)
}

// refuseVaultPolicy: https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html.
func refuseVaultPolicy(c *Call) error {
	refused := func(reason string) error {
		return backup.says("PutBackupVaultAccessPolicy", "InvalidParameterValueException", reason)
	}
	text := c.text("policy")
	if text == "" {
		return nil
	}
	document, err := parsePolicy(text)
	if err != nil || len(document.Statement) == 0 {
		return refused("Policy document is invalid")
	}
	for _, s := range document.Statement {
		other := func(action string) bool { return !strings.HasPrefix(strings.ToLower(action), "backup:") }
		switch {
		case s.Principal == nil && s.NotPrincipal == nil:
			return refused("Policy statement must contain a principal")
		case slices.ContainsFunc(slices.Concat(s.Action, s.NotAction), other):
			return refused("Policy statement has an action of another service than backup")
		}
	}
	if missing := document.strangers(c); len(missing) > 0 {
		return refused("Invalid principal in policy: " + missing[0])
	}
	return nil
}

func vaultARN(c *Call, name string) string { return c.arn("backup", "backup-vault:"+name) }

func vaultOutputs(c *Call) map[string]property.Value {
	out := c.outputs().text("arn", vaultARN(c, c.ID))
	if c.Type.Token == backupVault {
		out.keep("recoveryPoints", num(0)).fillText("kmsKeyArn", awsManagedKey(c, "backup"))
	}
	return out.values
}

func ofVaultOutputs(c *Call) map[string]property.Value {
	return c.outputs().text("backupVaultArn", vaultARN(c, c.ID)).values
}
