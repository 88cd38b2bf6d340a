// Package languagehost is the engine's Go language host: it compiles Haven's program and runs it for the engine, and it
// says which provider plugins the program needs. The engine finds it beside itself, as a link to haven.
//
// A program is compiled into .haven/program and nowhere else, so that one that is up to date starts without being
// linked again; what a program needs is read out of its go.mod, which nothing here ever writes.
//
// https://www.pulumi.com/docs/iac/concepts/how-pulumi-works/#language-hosts
package languagehost
