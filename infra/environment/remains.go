package environment

import (
	"path"
	"strings"
	"time"

	"haven/infra/evidence"
	"haven/infra/sandbox/world"
)

// left are what deletions leave behind, by type; everything else keeps the name of its type.
var left = map[string]string{
	"aws:rds/snapshot:Snapshot":             "final snapshot of the database",
	"aws:elasticache/snapshot:Snapshot":     "final snapshot of the cache",
	"aws:kms/key:Key":                       "key pending deletion",
	"aws:kms/replicaKey:ReplicaKey":         "replica key pending deletion",
	"aws:secretsmanager/secret:Secret":      "secret pending deletion",
	"aws:ecs/taskDefinition:TaskDefinition": "inactive task definition, which holds no data",
}

func leftBehind(token string) string {
	if name, known := left[token]; known {
		return name
	}
	return token
}

const (
	backupVault    = "aws:backup/vault:Vault"
	airGappedVault = "aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault"
)

// recoveryPoints are those of the tenant's data: in vaults that are still there, and the snapshots that a database made
// of itself.
func recoveryPoints(tx *world.Tx, sources map[string]bool) []evidence.Remains {
	vaults := map[string]bool{"": true}
	for _, token := range []string{backupVault, airGappedVault} {
		for _, vault := range tx.List(token, "", "") {
			vaults[vault.Text("arn")] = true
		}
	}
	var order []string
	held := map[string]*evidence.Remains{}
	for _, point := range world.Points.All(tx) {
		if !sources[point.Source] || !vaults[point.Vault] {
			continue
		}
		if held[point.Vault] == nil {
			order = append(order, point.Vault)
			held[point.Vault] = &evidence.Remains{What: "recovery points", Where: point.Vault, Region: regionOf(point.ID)}
		}
		add(held[point.Vault], later(point.Expires, point.LockedUntil))
	}
	var found []evidence.Remains
	for _, vault := range order {
		if vault == "" {
			held[vault].What, held[vault].Where = "automated snapshots", "RDS"
		}
		found = append(found, *held[vault])
	}
	return found
}

// dumps are the tenant's in the archive, in its replica and in the mirror.
func dumps(tx *world.Tx, prefix string) []evidence.Remains {
	var order []string
	held := map[string]*evidence.Remains{}
	for _, object := range world.Objects.All(tx) {
		if !strings.HasPrefix(object.Key, prefix) || object.DeleteMarker {
			continue
		}
		if held[object.Bucket] == nil {
			order = append(order, object.Bucket)
			held[object.Bucket] = &evidence.Remains{What: "locked objects: dumps, and exports of snapshots",
				Where: path.Join(object.Bucket, prefix)}
		}
		add(held[object.Bucket], object.RetainUntil)
	}
	var found []evidence.Remains
	for _, bucket := range order {
		found = append(found, *held[bucket])
	}
	return found
}

func add(to *evidence.Remains, until time.Time) {
	to.Count++
	to.Until = later(to.Until, until)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// regionOf is the region in an ARN.
func regionOf(arn string) string {
	if parts := strings.Split(arn, ":"); len(parts) > 3 {
		return parts[3]
	}
	return ""
}
