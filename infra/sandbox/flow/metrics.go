package flow

import (
	"slices"
	"strings"
	"time"

	"haven/infra/sandbox/cloud"
	"haven/infra/sandbox/world"
	"haven/policy/props"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// metric is what an alarm watches.
type metric struct {
	series    world.Series
	statistic string
	period    time.Duration
}

// metricOf is that of an alarm on one metric; false of one on metric math.
func metricOf(alarm cloud.Resource) (metric, bool) {
	m := metricIn(alarm, alarm.Outputs, firstText(alarm.Text("statistic"), alarm.Text("extendedStatistic")))
	return m, m.series.Name != "" && m.period > 0
}

// metricIn is a metric as an alarm's settings state it.
func metricIn(alarm cloud.Resource, stated property.Map, statistic string) metric {
	return metric{
		series: world.Series{Provider: "aws", Account: alarm.Account, Region: alarm.Region,
			Namespace: props.Text(stated, "namespace"), Name: props.Text(stated, "metricName"),
			Dimensions: dimensionsOf(stated)},
		statistic: statistic,
		period:    time.Duration(number(stated, "period")) * time.Second,
	}
}

func dimensionsOf(m property.Map) []string {
	dimensions := []string{}
	for _, given := range props.Maps(m, "dimensions") {
		for name, value := range given.All {
			if value.IsString() {
				dimensions = append(dimensions, name+"="+value.AsString())
			}
		}
	}
	slices.Sort(dimensions)
	return dimensions
}

func (m metric) dimension(name string) string {
	for _, dimension := range m.series.Dimensions {
		if value, is := strings.CutPrefix(dimension, name+"="); is {
			return value
		}
	}
	return ""
}

// gauge is how AWS measures what moves here, by the metric's namespace and name: the value now, false where there is
// none.
func (e *engine) gauge(m metric) (func() (float64, bool), bool) {
	switch m.series.Namespace + " " + m.series.Name {
	case "AWS/RDS ReplicaLag":
		return func() (float64, bool) { return e.replicaLag(m) }, true
	case "AWS/SQS ApproximateAgeOfOldestMessage":
		return func() (float64, bool) { return e.oldestMessage(m) }, true
	case "AWS/SQS ApproximateNumberOfMessagesVisible":
		return func() (float64, bool) { return float64(len(e.messagesOf(m))), true }, true
	case "AWS/S3 ReplicationLatency":
		return func() (float64, bool) {
			return e.replicating(m, "PENDING", func(o *world.Object) float64 { return e.now.Sub(o.Made).Seconds() })
		}, true
	case "AWS/S3 OperationsPendingReplication":
		return func() (float64, bool) { return e.replicating(m, "PENDING", func(*world.Object) float64 { return 1 }) }, true
	case "AWS/S3 BytesPendingReplication":
		return func() (float64, bool) {
			return e.replicating(m, "PENDING", func(o *world.Object) float64 { return float64(o.Size) })
		}, true
	case "AWS/S3 OperationsFailedReplication":
		return func() (float64, bool) { return e.replicating(m, "FAILED", func(*world.Object) float64 { return 1 }) }, true
	case "AWS/S3 PutRequests":
		return func() (float64, bool) { return e.written(m) }, true
	case "AWS/SQS NumberOfMessagesSent": // counted as they are sent
		return func() (float64, bool) { return 0, false }, true
	}
	return e.symptom(m)
}

// written are the objects written to a bucket within the period; only a bucket whose requests are counted has any.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/metrics-dimensions.html
func (e *engine) written(m metric) (float64, bool) {
	bucket, found := e.bucket(m.dimension("BucketName"))
	counted, _ := e.ofBucket(bucketMetricType, bucket)
	if !found || counted.Text("name") != m.dimension("FilterId") {
		return 0, false
	}
	count := 0
	for object := range e.recent(bucket.ID, e.now.Add(-m.period)) {
		if !object.DeleteMarker && object.Made.Before(e.now) {
			count++
		}
	}
	return float64(count), count > 0
}

// replicaLag is in seconds, -1 of a replica that stands still.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.Monitoring.html
func (e *engine) replicaLag(m metric) (float64, bool) {
	replica, found := e.find(databaseType, m.series.Region, "identifier", m.dimension("DBInstanceIdentifier"))
	if !found || replica.Text("replicateSourceDb") == "" {
		return 0, false
	}
	h := e.replica(replica)
	if h.moves != nil {
		return -1, true
	}
	reached := e.reachOf(h)
	return e.now.Sub(reached).Seconds(), !reached.IsZero()
}

func (e *engine) messagesOf(m metric) []world.Message {
	queue, _ := e.find(queueType, m.series.Region, "name", m.dimension("QueueName"))
	return slices.DeleteFunc(slices.Clone(e.data.messages), func(message world.Message) bool {
		return message.Queue != queue.Text("arn")
	})
}

// oldestMessage is its age in seconds, 0 of an empty queue.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
func (e *engine) oldestMessage(m metric) (float64, bool) {
	oldest := e.now
	for _, message := range e.messagesOf(m) {
		if message.Sent.Before(oldest) {
			oldest = message.Sent
		}
	}
	return e.now.Sub(oldest).Seconds(), true
}

// replicating sums a measure of the objects of a state: those that wait, and those that failed within the alarm's
// period. A latency is that of the one that waits longest. Only a rule that publishes metrics has any.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
func (e *engine) replicating(m metric, state string, measure func(*world.Object) float64) (float64, bool) {
	bucket, found := e.bucket(m.dimension("SourceBucket"))
	if !found {
		return 0, false
	}
	config, _ := e.ofBucket(bucketReplication, bucket)
	published := slices.ContainsFunc(props.Maps(config.Outputs, "rules[*]"), func(rule property.Map) bool {
		return props.Text(rule, "id") == m.dimension("RuleId") && props.Text(rule, "destination.metrics.status") == "Enabled" &&
			strings.HasSuffix(props.Text(rule, "destination.bucket"), ":::"+m.dimension("DestinationBucket"))
	})
	value := 0.0
	for object := range e.recent(bucket.ID, e.now.Add(-m.period-time.Hour)) {
		late := !object.Replicated.IsZero() && !object.Replicated.After(e.now.Add(-m.period))
		if object.Replication != state || late {
			continue
		}
		if measured := measure(object); m.series.Name == "ReplicationLatency" {
			value = max(value, measured)
		} else {
			value += measured
		}
	}
	return value, published
}

// recent are the objects made since a time.
func (e *engine) recent(bucket string, since time.Time) func(func(*world.Object) bool) {
	return func(yield func(*world.Object) bool) {
		made := e.data.bucket(bucket).made
		from, _ := slices.BinarySearchFunc(made, since, func(o *world.Object, t time.Time) int { return o.Made.Compare(t) })
		for _, object := range made[from:] {
			if !yield(object) {
				return
			}
		}
	}
}
