package authority

import (
	"fmt"
	"slices"
	"strings"

	"haven/policy/access"
	"haven/policy/graph"
	"haven/policy/props"
)

// end is something that takes away what a restore needs, or what tells of it.
type end struct {
	action string
	// people says that those who act in an emergency may not do it either. What they may do is held by locks, in the
	// sight of alarms.
	people bool
	// by is the one service whose own roles may: it does so when the time of a copy is over, and at nobody's order.
	by string
}

// loss is a target, and what would be its end.
type loss struct {
	part string
	*store
	target
	ends []end
}

func ends(people bool, service string, names ...string) []end {
	all := make([]end, len(names))
	for i, name := range names {
		all[i] = end{action: service + ":" + name, people: people}
	}
	return all
}

const (
	awsBackup  = "backup.amazonaws.com"
	bucketLock = "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2"
)

// What ends what.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
// https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
var (
	keyEnds   = ends(true, "kms", "ScheduleKeyDeletion", "DisableKey", "PutKeyPolicy", "DeleteImportedKeyMaterial")
	pointEnds = ends(true, "backup", "DeleteRecoveryPoint", "UpdateRecoveryPointLifecycle", "DisassociateRecoveryPoint",
		"DisassociateRecoveryPointFromParent")
	vaultEnds = append(ends(true, "backup", "DeleteBackupVaultLockConfiguration", "PutBackupVaultLockConfiguration"),
		ends(false, "backup", "DeleteBackupVault", "DeleteBackupVaultAccessPolicy", "PutBackupVaultAccessPolicy")...)
	versionEnds = append(ends(true, "s3", "BypassGovernanceRetention"), ends(false, "s3", "DeleteObjectVersion")...)
	bucketEnds  = ends(false, "s3", "DeleteBucket", "DeleteBucketPolicy", "PutBucketPolicy", "PutBucketVersioning",
		"PutBucketObjectLockConfiguration", "PutLifecycleConfiguration")
	snapshotEnds = ends(false, "rds", "DeleteDBSnapshot")
	expiryEnds   = []end{{action: "rds:DeleteDBSnapshot", by: awsBackup}}
	retainedEnds = ends(false, "rds", "DeleteDBInstanceAutomatedBackup")
	databaseEnds = ends(false, "rds", "DeleteDBInstance")
	fileEnds     = ends(false, "elasticfilesystem", "DeleteFileSystem")
	trailEnds    = ends(true, "cloudtrail", "DeleteTrail", "StopLogging", "UpdateTrail", "PutEventSelectors")
)

// Deletion is each way in which a role can take away a copy, a lock, a key or a record. Roles that people take on with a
// second factor are held against what no lock would keep.
func Deletion(g *graph.Graph) []graph.Finding {
	m := modelOf(g)
	i := &isolation{model: m, told: map[string]bool{}}
	losses := m.losses()
	for _, p := range m.principals {
		people := p.forPeople()
		for _, l := range losses {
			for _, e := range l.ends {
				if people && !e.people || e.by != "" && p.onlyFor(e.by) {
					continue
				}
				if d := m.may(p, e.action, l.store, l.target); d.Allowed {
					i.ends(p, e.action, l, d)
				}
			}
		}
	}
	i.google()
	return append(i.findings, m.doubts("deletion")...)
}

func (i *isolation) ends(p *principal, action string, l loss, d access.Decision) {
	witness := []string{p.URN, d.By.Policy}
	if l.URN != d.By.Policy {
		witness = append(witness, l.URN)
	}
	i.tell("deletion/"+l.part, p.URN, d.By, witness, fmt.Sprintf("the role %s may %s on %s, and so end what a restore or a "+
		"record of what happened needs: allowed by %s%s: allow it to nobody", nameOf(p.Resource), action, l.resource, by(d.By),
		with(d)))
}

// losses are all that there are.
func (m *model) losses() []loss {
	var all []loss
	add := func(part string, s *store, ends []end, arns ...string) {
		for _, arn := range arns {
			if arn != "" {
				all = append(all, loss{part, s, target{resource: arn}, ends})
			}
		}
	}
	for _, s := range m.stores {
		arn := s.Text("arn")
		at := part(arn, regionPart) + ":" + part(arn, accountPart)
		switch {
		case arn == "":
		case s.kind.sovereign:
			add("keys", s, keyEnds, arn)
		case s.kind.token == vault:
			add("vaults", s, vaultEnds, arn)
			add("recovery-points", s, pointEnds, "arn:aws:backup:"+at+":recovery-point:"+somePoint)
			add("snapshots", s, expiryEnds, "arn:aws:rds:"+at+":snapshot:awsbackup:copyjob-"+somePoint)
		case s.kind.token == fileSystem:
			add("stores", s, fileEnds, arn)
		case s.kind.token == instance && s.kind.part == "databases":
			own := "arn:aws:rds:" + at + ":snapshot:"
			add("stores", s, databaseEnds, arn)
			add("snapshots", s, retainedEnds, arn, "arn:aws:rds:"+at+":auto-backup:ab-0f0e0d0c0b0a09080706050403020100")
			add("snapshots", s, snapshotEnds, own+"rds:"+s.Text("identifier")+"-2026-11-22-01-07", own+s.Text("identifier")+
				"-final")
			add("snapshots", s, expiryEnds, own+"awsbackup:job-"+somePoint)
		}
	}
	for _, lock := range m.sorted(bucketLock) {
		for _, b := range m.OfType(bucket) {
			if m.means(lock, "bucket", b) {
				s := m.bucketStore(b.ID)
				add("locked-versions", s, versionEnds, objectARN(b.ID, "any"))
				add("locked-versions", s, bucketEnds, s3ARN+b.ID)
			}
		}
	}
	for _, r := range m.sorted(trail) {
		add("trail", &store{Resource: r, kind: &kind{}, tags: tagsOf(r), about: map[string][]access.Document{}}, trailEnds,
			r.Text("arn"))
	}
	return all
}

// keeping are what at Google keeps copies and opens them, by the property of the members of its roles that names it.
var keeping = []struct{ token, member, path string }{
	{"gcp:storage/bucket:Bucket", "gcp:storage/bucketIAMMember:BucketIAMMember", "bucket"},
	{"gcp:storage/bucket:Bucket", "gcp:storage/bucketIAMBinding:BucketIAMBinding", "bucket"},
	{"gcp:kms/cryptoKey:CryptoKey", "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember", "cryptoKeyId"},
	{"gcp:kms/cryptoKey:CryptoKey", "gcp:kms/cryptoKeyIAMBinding:CryptoKeyIAMBinding", "cryptoKeyId"},
}

// removing are Google's roles that delete objects or versions of keys, or say who may.
// https://cloud.google.com/storage/docs/access-control/iam-roles
// https://cloud.google.com/kms/docs/reference/permissions-and-roles
var removing = []string{"roles/owner", "roles/editor", "roles/storage.admin", "roles/storage.objectAdmin",
	"roles/storage.objectUser", "roles/storage.legacyBucketOwner", "roles/storage.legacyBucketWriter",
	"roles/storage.folderAdmin", "roles/cloudkms.admin"}

// google tells of whoever may delete what a bucket there has to retain, or the key of it.
func (i *isolation) google() {
	for _, k := range keeping {
		for _, r := range i.OfType(k.token) {
			retained := len(props.At(r.Declared(), "retentionPolicy")) > 0 || k.token == "gcp:kms/cryptoKey:CryptoKey"
			for _, member := range i.OfType(k.member) {
				given := props.Text(member.Declared(), "role")
				if !retained || !slices.Contains(removing, given) || !i.means(member, k.path, r) {
					continue
				}
				who := append(props.Texts(member.Declared(), "member"), props.Texts(member.Declared(), "members[*]")...)
				i.tell("deletion/mirror", member.URN, access.Statement{Policy: member.URN}, []string{member.URN, r.URN},
					fmt.Sprintf("it gives %s to %s, who can then end what %s keeps: give a role that creates and reads only", given,
						strings.Join(who, ", "), r.Name()))
			}
		}
	}
}
