// Package requests owns what answers questions about the requests that a cell received: tables over the logs of its
// load balancer and its firewall, saved queries, and the Athena workgroup they run in.
//
// It guarantees that a day of logs can be queried as soon as it is written, without anything to be run first: the
// tables know by themselves which days there are (partition projection). Answers are encrypted, kept for 30 days, and
// written nowhere else, whatever the person who asks says; a query that would read more than 100 GB is cancelled.
// Nothing here can change a log.
//
// https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html
// https://docs.aws.amazon.com/athena/latest/ug/workgroups-settings-override.html
package requests
