// Package environment brings the stacks of one environment up and down through Pulumi's Automation API, in the sandbox.
//
// It guarantees that a stack is touched only after all it refers to are done, that independent ones run side by side,
// that no stack file is ever written to, and that a run which was killed at any point is completed by the next one:
// what the cloud had made and the state had not yet noted is adopted, never made twice.
// https://www.pulumi.com/docs/iac/automation-api/
package environment
