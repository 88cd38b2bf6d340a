package topics

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"haven/policy/access"
	"haven/policy/graph"
	"haven/policy/rules"
)

// ends are the rules on where a way ends that goes over several resources, and on what documents may be at most.
var ends = []rules.Rule{
	across("w-log-bucket-not-self", logsEnd, bucketLogging),
	across("w-alarm-reaches-human", topicsByKey, topic),
	on("w-policy-size-valid", sized, slices.Concat([]string{role, policy, rolePolicy, userPolicy, groupPolicy}, withPolicies)...),
	on("w-image-from-own-ecr-digest", imagesByDigest, taskDefinition),
}

// logsEnd demands that a bucket's log of who reads it goes to another one, and comes back over none.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
func logsEnd(l *rules.Look) {
	path := []*graph.Resource{l.Resource}
	first, next := called(l, "bucket", bucket), called(l, "targetBucket", bucket)
	for next != "" && next != first && len(path) <= len(l.Graph().OfType(bucketLogging)) {
		at := slices.IndexFunc(l.Graph().OfType(bucketLogging), func(r *graph.Resource) bool {
			return called(l.At(r), "bucket", bucket) == next
		})
		if at < 0 {
			return
		}
		path = append(path, l.Graph().OfType(bucketLogging)[at])
		next = called(l.At(path[len(path)-1]), "targetBucket", bucket)
	}
	if next == first && next != "" && l.Sure() {
		l.RefuseFound("targetBucket", "a bucket whose own log comes back to this one", "one that is only written to",
			"log to another bucket", path...)
	}
}

// topicsByKey demands that each service that may publish to an encrypted topic may use its key, where that is of the same
// stack: else what it tells is lost.
// https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
func topicsByKey(l *rules.Look) {
	keys := l.Named("kmsMasterKeyId", key)
	if len(keys) != 1 {
		return
	}
	admitted := allowing(keys[0], "policy")
	for _, p := range near(l, topicPolicy, "arn") {
		for _, c := range allowing(p, "policy") {
			for _, service := range c.Principals[access.Service] {
				for _, action := range []string{"kms:Decrypt", "kms:GenerateDataKey"} {
					may := slices.ContainsFunc(admitted, func(k access.Clause) bool {
						return slices.Contains(k.Principals[access.Service], service) && includes(k, action)
					})
					if !may {
						lacks(l, "the policy of its key does not allow "+action+" to "+service+", which may publish to it",
							"a statement that does", "add one to the key's policy", keys[0].Resource, p.Resource)
					}
				}
			}
		}
	}
}

// largest are how many characters documents may have: those of IAM without what stands between them for people.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
// https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html
var largest = map[string]int{
	policy: 6144, rolePolicy: 10240, groupPolicy: 5120, userPolicy: 2048, key: 32768, replicaKey: 32768,
	bucketPolicy: 20480, repositoryPolicy: 10240,
}

// largestTrust is how many the policy may have that says who may become a role, before a quota is raised.
const largestTrust = 2048

func sized(l *rules.Look) {
	for path, most := range map[string]int{"policy": largest[l.Resource.Type], "assumeRolePolicy": largestTrust} {
		clauses(l, path) // refuses what is none
		size := len(strings.Join(strings.Fields(l.Text(path)), ""))
		if most > 0 && size > most {
			l.RefuseFound(path, strconv.Itoa(size)+" characters", strconv.Itoa(most)+" at most",
				"name fewer things in it, or have another document for some")
		}
	}
}

// ownImage is one of a registry of an account, by what is in it.
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
var ownImage = regexp.MustCompile(`^[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/[^@]+@sha256:[0-9a-f]{64}$`)

func imagesByDigest(l *rules.Look) {
	for _, c := range containers(l) {
		if !ownImage.MatchString(c.Image) {
			l.RefuseFound("containerDefinitions", "of a container "+c.Name+" with the image "+c.Image,
				"one of an account's registry by its digest", "copy it there, and name it with @sha256:…")
		}
	}
}
