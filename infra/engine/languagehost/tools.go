//go:build tools

// Package tools names the Go language host's command, so that `go mod tidy` keeps what it takes to build it.
package tools

import _ "github.com/pulumi/pulumi/sdk/v3/go/pulumi-language-go"
