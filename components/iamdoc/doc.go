// Package iamdoc writes IAM policy documents from typed values.
//
// It is pure: no Pulumi, no cloud SDK. A document is rendered for the one use it has, as an identity, a trust or a
// resource policy, and only when it is valid for that use. The rendering depends on what a document means and not on
// the order in which its actions, resources, principals and condition values were listed, so that no reordering ever
// shows as a change.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
package iamdoc
