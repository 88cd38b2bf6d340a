// Package provider is the sandbox as the Pulumi engine sees it: the resource-provider plugins aws and gcp, in the
// versions of the pinned SDKs, which keep their resources in one world (package world) instead of a real cloud.
//
// The engine starts one process per provider instance, each with its own region; all of them share the world. An
// operation judges and commits in one transaction, and refuses to commit once its engine is gone, so that a run that
// was killed leaves nothing behind that appears later.
//
// What is checked before anything is made comes from package schema, what a cloud refuses, adds and keeps from package
// cloud. Preview, diff and refresh behave as in Pulumi's bridged providers
// (https://github.com/pulumi/pulumi-terraform-bridge).
package provider
