// Package topics are the rules on the resources of AWS and Google Cloud, a file for each topic. Each is what a row of
// the checklist demands, and bears its name; what others call the same demand, how bad a failure is and which promises
// rest on it stand there.
package topics

import "haven/policy/rules"

// Rules are all of them, without what the checklist says of them.
func Rules() []rules.Rule {
	var all []rules.Rule
	for _, topic := range [][]rules.Rule{
		network, groups, balancers, names, tags, alarms, resourcePolicies, spread,
		environments, failover, bounds, guarded, listening, passages, deliveries, separation, asked, ends,
		covers, databases, buckets, bucketPolicies, keys, secrets, tasks, images, trails, logs,
		tripwires, detection, permissions, trust, accounts, backups, messages, users, watched, logGroups, google, googleAlerts,
	} {
		all = append(all, topic...)
	}
	return all
}
