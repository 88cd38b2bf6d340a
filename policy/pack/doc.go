// Package pack is the front of the policies that Pulumi's engine talks to: an analyzer, which `pulumi preview
// --policy-pack policy` starts.
// https://www.pulumi.com/docs/insights/policy/policy-packs/
//
// Everything is mandatory unless configuration says otherwise. In an update, rules about single resources refuse before
// the resource is made; the others, and the proofs of one stack, once the whole stack is known, so that it is the preview
// that must be gated on. A preview makes nothing, and is told everything at once at its end. Properties are decoded once,
// unknown values stay unknown, and what cannot be read, or a rule that panics, ends the operation with an error.
package pack
