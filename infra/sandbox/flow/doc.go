// Package flow moves the data of the sandbox as its clock runs: transactions into databases, from there into backups,
// replicas, dumps and exports, from bucket to bucket and from cloud to cloud.
//
// Whether something moves follows from the resources of the world alone, as it does in the clouds: a mechanism whose
// role, key, policy, schedule or versioning is missing stands still, silently, and only the age of its copies tells.
// The rules are those of IAM (package access) and of the pages that each file cites.
//
// An advance steps from event to event and is one transaction: it happens as a whole or not at all. It is
// deterministic: the same world, seed and time give the same world, in however many steps the time is reached.
// Resources do not change during an advance; what changed before it counts from where the last one ended.
package flow
