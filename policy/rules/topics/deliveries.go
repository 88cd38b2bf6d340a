package topics

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"haven/policy/graph"
	"haven/policy/rules"
)

// deliveries are the rules on what goes from one service to another.
var deliveries = []rules.Rule{
	across("gtransfer-both-ways", bothWays, transferJob),
	across("gtransfer-events", announced, transferJob),
	across("gcs-key-location", besideKey, store),
	across("gcs-arrivals-counted", countedStore, store),
	across("sqs-dead-letters", deadLetters, queue),
	across("sns-subscribed", companion(topicSubscription, "topic", "somebody who is told", nil), topic),
	across("cog-client-providers", knownProviders, client),
	across("ecr-replicated", replicatedImages, repository),
	on("waf-blocks", blocks, webACL),
	on("bk-points-tagged", taggedPoints, plan),
}

// source is the bucket that a transfer copies from.
func source(job *rules.Look) string { return job.Text("transferSpec.awsS3DataSource.bucketName") }

// bothWays demands two transfers from each bucket: one for each new object, and one by the clock for what events
// missed.
// https://cloud.google.com/storage-transfer/docs/event-driven-transfers
func bothWays(l *rules.Look) {
	here := l.Has("schedule")
	other := slices.ContainsFunc(inStack(l, transferJob), func(r *graph.Resource) bool {
		job := l.At(r)
		return source(job) == source(l) && job.Has("schedule") != here && job.Has("eventStream") == here
	})
	if !other {
		lacks(l, "no other transfer is from "+source(l), "one on events and one by the clock", "declare the other")
	}
}

const created = "s3:ObjectCreated:*"

// announced demands of a transfer on events that its bucket tells the queue of each object.
func announced(l *rules.Look) {
	queueARN := l.Text("eventStream.name")
	buckets := l.Named("transferSpec.awsS3DataSource.bucketName", bucket)
	if queueARN == "" || len(buckets) == 0 || !l.Sure() {
		return
	}
	for _, n := range near(buckets[0], bucketEvents, "bucket") {
		for _, q := range n.Each("queues") {
			if q.Text("queueArn") == queueARN && slices.Contains(q.Texts("events[*]"), created) {
				return
			}
		}
	}
	lacks(l, "its bucket does not tell "+queueARN+" of "+created, "a queue of the BucketNotification", "declare it",
		buckets[0].Resource)
}

// besideKey demands that a bucket is where its key is, as Cloud Storage does.
// https://cloud.google.com/storage/docs/encryption/customer-managed-keys#restrictions
func besideKey(l *rules.Look) {
	if !l.Known("location") {
		return
	}
	if path := "encryption.defaultKmsKeyName"; !l.MadeFrom(path, cryptoKey) {
		_, after, is := strings.Cut(l.Text(path), "/locations/")
		if at, _, _ := strings.Cut(after, "/"); is && !strings.EqualFold(at, l.Text("location")) {
			l.Refuse("location", strings.ToUpper(at)+", where its key is", "set it")
		}
	}
	for _, r := range inStack(l, keyRing) {
		ring := l.At(r)
		if place := ring.Text("location"); place != "" && !strings.EqualFold(place, l.Text("location")) {
			ring.Refuse("location", strings.ToLower(l.Text("location"))+", where the bucket is", "set it")
		}
	}
}

const keyRing = "gcp:kms/keyRing:KeyRing"

// countedStore demands that what arrives in a bucket of copies is counted, so that somebody can be told of silence.
func countedStore(l *rules.Look) {
	words := []string{`"` + l.Text("name") + `"`, `"storage.objects.create"`}
	if l.Text("name") == "" || slices.ContainsFunc(inStack(l, logMetric), func(r *graph.Resource) bool {
		return !l.At(r).Known("filter") || watches(l.At(r).Text("filter"), words)
	}) {
		return
	}
	lacks(l, "nothing counts what arrives in it", "a Metric on storage.objects.create in it", "declare it")
}

// deadLetters demands of a queue that a bucket tells of each object that what cannot be handled is kept apart, in a
// queue that takes it from this one only.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
func deadLetters(l *rules.Look) {
	read := slices.ContainsFunc(l.Naming(bucketEvents, "queues[*].queueArn"), func(n *rules.Look) bool {
		return slices.ContainsFunc(n.Each("queues"), func(q *rules.Look) bool {
			return q.Text("queueArn") == l.Output().Text("arn") && slices.Contains(q.Texts("events[*]"), created)
		})
	})
	if read && !l.Has("redrivePolicy") && l.Sure() {
		l.Refuse("redrivePolicy", "a queue for what cannot be handled", "name it as deadLetterTargetArn")
	}
	arn := l.Output().Text("arn")
	kept := slices.ContainsFunc(inStack(l, queue), func(r *graph.Resource) bool {
		return arn != "" && strings.Contains(l.At(r).Text("redrivePolicy"), `"`+arn+`"`)
	})
	if kept && !l.Has("redriveAllowPolicy") {
		l.Refuse("redriveAllowPolicy", "the queues that it takes letters from", "set redrivePermission to byQueue")
	}
}

const identityProvider = "aws:cognito/identityProvider:IdentityProvider"

// knownProviders demands that a client signs people in by its pool, or by a provider that is declared for it.
func knownProviders(l *rules.Look) {
	known := []string{"COGNITO"}
	for _, r := range inStack(l, identityProvider) {
		provider := l.At(r)
		if !provider.Known("providerName") {
			return
		}
		known = append(known, provider.Text("providerName"))
	}
	for _, name := range l.Texts("supportedIdentityProviders[*]") {
		if !slices.Contains(known, name) {
			l.RefuseFound("supportedIdentityProviders[*]", name, listed(known), "declare it, or name another")
		}
	}
}

const imageReplication = "aws:ecr/replicationConfiguration:ReplicationConfiguration"

// replicatedImages demands of a repository that has another of its name in another region that images go there.
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html
func replicatedImages(l *rules.Look) {
	name := l.Text("name")
	elsewhere := slices.ContainsFunc(inStack(l, repository), func(r *graph.Resource) bool {
		return l.At(r).Text("name") == name && r.Region != l.Resource.Region
	})
	all := l.Graph().OfType(imageReplication)
	if !elsewhere || name == "" || len(all) == 0 && len(l.Graph().Stacks()) == 1 {
		return // the account's stack says where images go
	}
	for _, r := range all {
		for _, filter := range l.At(r).Texts("replicationConfiguration.rules[*].repositoryFilters[*].filter") {
			if strings.HasPrefix(name, filter) {
				return
			}
		}
	}
	lacks(l, "no ReplicationConfiguration has a filter of it", "one", "declare it, with a prefix of "+name)
}

// blocks demands that a firewall refuses what the product says that it does: listed addresses, floods, more than may be
// uploaded, and the paths that are nobody's business.
func blocks(l *rules.Look) {
	if !l.Known("rules") {
		return
	}
	blocking := slices.DeleteFunc(l.Each("rules"), func(r *rules.Look) bool { return !r.Has("action.block") })
	demand := func(what, how string, does func(*rules.Look) bool) {
		if !slices.ContainsFunc(blocking, does) {
			l.RefuseFound("rules", "without one that blocks "+what, how, "add it")
		}
	}
	demand("listed addresses", "an ipSetReferenceStatement", func(r *rules.Look) bool {
		return r.Has("statement.ipSetReferenceStatement")
	})
	demand("floods", "a rateBasedStatement", func(r *rules.Look) bool { return r.Has("statement.rateBasedStatement") })
	demand("more than 100 MB, and no less", "a regexMatchStatement on the header content-length",
		func(r *rules.Look) bool {
			return r.Text(matching+"fieldToMatch.singleHeader.name") == "content-length" &&
				matchesAll(r, mostUploaded+1, 999999999999) && matchesNone(r, "0", "1000", strconv.Itoa(mostUploaded))
		})
	demand("the installer and the metrics", "a regexMatchStatement on uriPath", func(r *rules.Look) bool {
		return r.Has(matching+"fieldToMatch.uriPath") && matchesNone(r, "/", "/login", "/api/1.0/users") &&
			matchesPaths(r, "/install", "/installer/", "/metrics", "/index.php/metrics")
	})
}

const (
	matching     = "statement.regexMatchStatement."
	mostUploaded = 100 << 20 // bytes
)

func expression(r *rules.Look) *regexp.Regexp {
	if re, err := regexp.Compile(r.Text(matching + "regexString")); err == nil {
		return re
	}
	return regexp.MustCompile(`$^x`)
}

func matchesAll(r *rules.Look, sizes ...int) bool {
	return !slices.ContainsFunc(sizes, func(n int) bool { return !expression(r).MatchString(strconv.Itoa(n)) })
}

func matchesPaths(r *rules.Look, paths ...string) bool {
	return !slices.ContainsFunc(paths, func(path string) bool { return !expression(r).MatchString(path) })
}

func matchesNone(r *rules.Look, texts ...string) bool {
	return !slices.ContainsFunc(texts, expression(r).MatchString)
}

// taggedPoints demands that recovery points are said to be whose the plan is.
func taggedPoints(l *rules.Look) {
	for _, rule := range l.Each("rules") {
		for _, tag := range []string{"environment", "tenant"} {
			if want := l.Text("tags." + tag); want != "" && rule.Text("recoveryPointTags."+tag) != want {
				rule.Refuse("recoveryPointTags."+tag, want+", as of the plan", "set it")
			}
		}
	}
}
