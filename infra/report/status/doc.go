// Package status says how old the newest copy of each kind of each tenant's data is, against what the tenant's tier
// promises (package tiers).
//
// In the sandbox the ages are those of the copies themselves, which are simulated. Of a real account they are what the
// tenants' own state machines measured last, as CloudWatch has it in both regions; the mirror in Google Cloud is
// watched there, and is not asked.
package status
