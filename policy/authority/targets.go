package authority

import (
	"strings"

	"haven/policy/access"
	"haven/policy/graph"
	"haven/policy/props"
)

// itsARN are these uses of the resource itself.
func itsARN(uses []act) func(*model, *graph.Resource) []target {
	return func(_ *model, r *graph.Resource) []target { return targetsAt(uses, r.Text("arn")) }
}

// targetsAt are these uses of what has these ARNs. One that is not known yet cannot be named by a policy that is.
func targetsAt(uses []act, arns ...string) []target {
	var all []target
	for _, arn := range arns {
		if arn != "" {
			all = append(all, target{resource: arn, acts: uses})
		}
	}
	return all
}

func masterSecret(_ *model, r *graph.Resource) []target {
	return targetsAt(secretUses, props.Texts(r.Outputs, "masterUserSecrets[*].secretArn")...)
}

// filesTargets are the file system by itself, and through each of its access points.
func filesTargets(m *model, r *graph.Resource) []target {
	all := filesThrough(r.Text("arn"), "")
	for _, point := range m.Where(accessPoint, "fileSystemId", r.ID) {
		all = append(all, filesThrough(r.Text("arn"), point.Text("arn"))...)
	}
	return all
}

func filesThrough(arn, point string) []target {
	all := targetsAt(fileUses, arn)
	for i := range all {
		all[i].context = access.Context{"elasticfilesystem:AccessPointArn": nil}
		if point != "" {
			all[i].context["elasticfilesystem:AccessPointArn"] = []string{point}
		}
	}
	return all
}

// logTargets are a log group, as the actions on it and those on its streams call it.
func logTargets(_ *model, r *graph.Resource) []target {
	arn := strings.TrimSuffix(r.Text("arn"), ":*")
	if arn == "" {
		return nil
	}
	return targetsAt(logUses, arn, arn+":*", arn+":log-stream:stream")
}

// vaultTargets are a vault, a recovery point in it, and a snapshot that was copied to its region.
func vaultTargets(_ *model, r *graph.Resource) []target {
	arn := r.Text("arn")
	if arn == "" {
		return nil
	}
	opened := r.Text("kmsKeyArn")
	at := part(arn, regionPart) + ":" + part(arn, accountPart)
	return append(targetsAt(vaultUses, arn),
		target{resource: "arn:aws:backup:" + at + ":recovery-point:" + somePoint, acts: pointUses, key: opened},
		target{resource: "arn:aws:rds:" + at + ":snapshot:awsbackup:copyjob-" + somePoint, acts: snapshotUses, key: opened})
}

const somePoint = "0f0e0d0c-0b0a-4900-8807-060504030201"

// snapshotTargets are the snapshots of a database: its own, and those of AWS Backup.
func snapshotTargets(_ *model, r *graph.Resource) []target {
	arn := r.Text("arn")
	if arn == "" {
		return nil
	}
	before := "arn:aws:rds:" + part(arn, regionPart) + ":" + part(arn, accountPart) + ":snapshot:"
	var all []target
	for _, name := range []string{"rds:" + r.Text("identifier") + "-2026-11-22-01-07", r.Text("identifier") + "-final",
		"awsbackup:job-" + somePoint} {
		all = append(all, target{resource: before + name, acts: snapshotUses, key: r.Text("kmsKeyId")})
	}
	return all
}

// databaseTargets are a database, and whoever signs in to it.
func databaseTargets(_ *model, r *graph.Resource) []target {
	arn := r.Text("arn")
	all := targetsAt(databaseUses, arn)
	for i := range all {
		all[i].key = r.Text("kmsKeyId")
	}
	if id := r.Text("resourceId"); id != "" && arn != "" {
		all = append(all, target{acts: connects, resource: "arn:aws:rds-db:" + part(arn, regionPart) + ":" +
			part(arn, accountPart) + ":dbuser:" + id + "/admin"})
	}
	return all
}

// serviceTargets are a service, and its tasks.
func serviceTargets(_ *model, r *graph.Resource) []target {
	arn := r.Text("id")
	if arn == "" {
		arn = r.ID
	}
	before, within, is := strings.Cut(arn, ":service/")
	if !is {
		return nil
	}
	cluster, _, _ := strings.Cut(within, "/")
	return append(targetsAt(serviceUses, arn),
		target{resource: before + ":task/" + cluster + "/0f0e0d0c0b0a09080706050403020100", acts: runningUses})
}
