// Package facts holds what the real aws and gcp providers say of their resource types and the SDK's types do not: what
// they require, refuse together, accept as values, fill in, default, compare as sets, keep secret and replace on
// change.
//
// The facts were read from the providers' own resource schemas as of 2026-06, which is newer than the pinned SDKs: a
// property that an SDK lacks is left out where the sandbox registers the type (a test of package schema holds each
// against its SDK). aws.json and gcp.json hold one type a line, sorted by token, so that a change of one type is a
// change of one line.
//
// To add a type, add its line: the Pulumi token and the properties, named as the SDK names them, each with the keys of
// [Property] that differ from their zero value. Properties of nested blocks are under "fields"; a path in a list such
// as conflictsWith starts at the resource, with dots and without indices. "set" marks the lists that the provider's
// schema declares as sets (https://developer.hashicorp.com/terraform/plugin/sdkv2/schemas/schema-types#typeset).
package facts
