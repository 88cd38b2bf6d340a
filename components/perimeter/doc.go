// Package perimeter declares who may talk to whom within a tenant: its security groups and every rule on them.
//
// It guarantees that the application is reached by the cell's load balancer alone, and the database, the cache and the
// files by this tenant's application alone; they open no connection of their own. Security groups are closed except for
// what a rule lets through; the default rule by which AWS lets everything out of a new group is removed by the provider
// when the group is made without inline rules. No rule is added to a group that somebody else owns.
//
// What lies in quarantine is in a group of its own, in which nothing is let in or out.
//
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
// https://www.pulumi.com/registry/packages/aws/api-docs/ec2/securitygroup/ ("NOTE on Egress rules")
package perimeter
