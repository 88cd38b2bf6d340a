// Package provider is the sandbox as the Pulumi engine sees it: the resource-provider plugins aws and gcp, in the
// versions of the pinned SDKs, which keep their resources in one world (package world) instead of a real cloud.
//
// The engine starts one process per provider instance, each with its own region; all of them share the world. An
// operation judges and commits in one transaction, and refuses to commit once its engine is gone, so that a run that
// was killed leaves nothing behind that appears later.
//
// Quotas are those that AWS gives every account, unless HAVEN_SANDBOX_QUOTAS says otherwise for the run:
// "rds.instances=100,ec2.addresses=20". A name that the sandbox does not know, or a number that AWS would not grant, is
// refused when the provider is configured, with the names there are.
//
// What is checked before anything is made comes from package schema, what a cloud refuses, adds and keeps from package
// cloud. Preview, diff and refresh behave as in Pulumi's bridged providers
// (https://github.com/pulumi/pulumi-terraform-bridge).
package provider
