// Package schema says what a resource type of the pinned aws and gcp SDKs accepts and returns.
//
// Names and types of inputs and outputs are read by reflection from the SDK itself, so that the sandbox cannot differ
// from what a program compiles against; what the SDK does not say (values allowed, what conflicts, what a change
// replaces) comes from package facts. A type is known once it stands in aws.go or gcp.go: the sandbox refuses any
// other, because it would have no rules for it either.
//
// Check, Diff and defaults behave as in Pulumi's bridge to the Terraform providers
// (https://pkg.go.dev/github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema#Schema), and failures are worded as
// there, with Pulumi's property names.
package schema
