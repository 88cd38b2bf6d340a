// Package engine gives the rest of Haven a Pulumi engine that is the checkout's own: it finds a recent one or builds
// the pinned one from source, and gives it a home, a state folder and plugins under .haven/, so that nothing a person
// has of Pulumi or of a cloud is ever read, used or changed.
//
// Building from source is what makes a first `make up` possible on a machine that has Go and nothing else; see
// https://www.pulumi.com/docs/iac/concepts/how-pulumi-works/ for the parts: engine, language host, provider plugins.
package engine
