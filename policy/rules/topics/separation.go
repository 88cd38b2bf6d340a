package topics

import (
	"slices"
	"strings"

	"haven/policy/access"
	"haven/policy/graph"
	"haven/policy/rules"
)

// separation are the rules on what keeps one tenant's files and logs, and what is recorded of all, from others.
var separation = []rules.Rule{
	grants("iam-any-file-system", tendsAnyFileSystem),
	on("iam-readers-write-nothing", readersWriteNothing, policy, rolePolicy, userPolicy, groupPolicy, role),
	on("ecs-dump-reads-only", dumpsReadOnly, taskDefinition),
	across("ecs-own-log-group", logsToOwnGroup, taskDefinition),
	across("ct-own-objects", recordsOwnObjects, trail),
	across("eb-global-events", heardGlobally, eventRule),
}

// tending are the actions that change a file system that is there, or what lies in it.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticfilesystem.html
var tending = []string{
	"elasticfilesystem:Backup", "elasticfilesystem:DeleteFileSystem", "elasticfilesystem:PutFileSystemPolicy",
	"elasticfilesystem:Restore", "elasticfilesystem:TagResource", "elasticfilesystem:UntagResource",
	"elasticfilesystem:UpdateFileSystem",
}

// tendsAnyFileSystem refuses to let anybody tend any file system whatever its tags are.
func tendsAnyFileSystem(c access.Clause) (found, want string) {
	if !slices.ContainsFunc(c.Resources, everything) && c.NotResources == nil || byTag(c) {
		return "", ""
	}
	for _, action := range tending {
		if includes(c, action) {
			return action + " on every file system", "a condition on a tag of it, aws:ResourceTag"
		}
	}
	return "", ""
}

// byTag says whether a statement is about resources with some tag, or without it.
func byTag(c access.Clause) bool {
	return slices.ContainsFunc(c.Conditions, func(r access.Restriction) bool {
		return strings.HasPrefix(strings.ToLower(r.Key), "aws:resourcetag/") && !r.IfExists
	})
}

// readersWriteNothing demands that whoever is let mount file systems, and not write to them, is denied to: else it is
// enough that the file system's own policy lets him.
// https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html
func readersWriteNothing(l *rules.Look) {
	for _, path := range []string{"policy", "inlinePolicies[*].policy"} {
		all := clauses(l, path)
		some := func(deny bool, action string) bool {
			return slices.ContainsFunc(all, func(c access.Clause) bool {
				return c.Deny == deny && includes(c, action) && (!deny || len(c.Conditions) == 0)
			})
		}
		if !some(false, "elasticfilesystem:ClientMount") || some(false, "elasticfilesystem:ClientWrite") {
			continue
		}
		for _, action := range []string{"elasticfilesystem:ClientWrite", "elasticfilesystem:ClientRootAccess"} {
			if !some(true, action) {
				l.RefuseFound(path, "that mounts files to read them, and does not deny "+action, "a statement that denies it",
					"deny it: what is only not allowed here, the policy of the file system may allow")
			}
		}
	}
}

// dumpsReadOnly demands that what makes dumps cannot write to the file systems that it dumps.
func dumpsReadOnly(l *rules.Look) {
	var files []string
	for _, volume := range l.Each("volumes") {
		if volume.Has("efsVolumeConfiguration") {
			files = append(files, volume.Text("name"))
		}
	}
	for _, c := range containers(l) {
		for _, m := range c.MountPoints {
			if c.makesDumps() && slices.Contains(files, m.SourceVolume) && !m.ReadOnly {
				l.RefuseFound("containerDefinitions", "of a container "+c.Name+" that makes dumps, with mountPoints of "+
					m.SourceVolume+" that it may write to", "readOnly: true", "set it")
			}
		}
	}
}

// logsToOwnGroup demands that a container logs to a group of its own stack.
func logsToOwnGroup(l *rules.Look) {
	for _, c := range containers(l) {
		name := c.LogConfiguration.Options["awslogs-group"]
		own := func(r *graph.Resource) bool {
			group := l.At(r)
			return !group.Known("name") || group.Text("name") == name
		}
		if name != "" && !slices.ContainsFunc(inStack(l, logGroup), own) && l.Sure() {
			l.RefuseFound("containerDefinitions", "of a container "+c.Name+" with awslogs-group = "+name,
				"a LogGroup of the stack", "name it: others read that one")
		}
	}
}

// recordsOwnObjects demands that a trail that selects objects by how their ARNs begin records those of each bucket, but
// of those that it leaves out itself, and of those for logs of firewalls, whose names AWS begins.
// https://docs.aws.amazon.com/waf/latest/developerguide/logging-s3.html
func recordsOwnObjects(l *rules.Look) {
	if !l.Known("advancedEventSelectors") {
		return
	}
	var recorded, leftOut []string
	for _, selector := range l.Each("advancedEventSelectors") {
		fields := selector.Each("fieldSelectors")
		objects := slices.ContainsFunc(fields, func(f *rules.Look) bool {
			return f.Text("field") == "resources.type" && slices.Contains(f.Texts("equals[*]"), "AWS::S3::Object")
		})
		for _, f := range fields {
			if objects && f.Text("field") == "resources.ARN" {
				recorded = append(recorded, f.Texts("startsWiths[*]")...)
				leftOut = append(leftOut, f.Texts("notStartsWiths[*]")...)
			}
		}
	}
	if len(recorded) == 0 {
		return
	}
	for _, b := range l.Graph().OfType(bucket) {
		name := l.At(b).Text("bucket")
		begins := func(with string) bool { return strings.HasPrefix("arn:aws:s3:::"+name+"/", with) }
		if name == "" || strings.HasPrefix(name, "aws-waf-logs-") || slices.ContainsFunc(leftOut, begins) ||
			slices.ContainsFunc(recorded, begins) {
			continue
		}
		l.RefuseFound("advancedEventSelectors", "without the objects of "+name, "startsWiths of the ARN of each bucket",
			"add arn:aws:s3:::"+name+"/", b)
	}
}

// global are the sources of events about the account that are told of in one region, whichever they are asked from.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html#cloudtrail-concepts-global-service-events
var global = []string{"aws.iam", "aws.signin", "aws.sts"}

// heardGlobally demands that what a rule hears of such a source in its region is heard in us-east-1, too.
func heardGlobally(l *rules.Look) {
	const region = "us-east-1"
	p, is := patternOf(l)
	if !is || l.Resource.Region == region ||
		!slices.ContainsFunc(p.Source, func(source string) bool { return slices.Contains(global, source) }) {
		return
	}
	same := func(r *graph.Resource) bool {
		other := l.At(r)
		return r.Region == region && (!other.Known("eventPattern") || other.Text("eventPattern") == l.Text("eventPattern"))
	}
	if !slices.ContainsFunc(inStack(l, eventRule), same) {
		lacks(l, "no EventRule has its eventPattern in "+region+", where "+strings.Join(p.Source, " and ")+
			" tells of what is asked of it without a region", "one there", "declare one, and forward what it hears")
	}
}
