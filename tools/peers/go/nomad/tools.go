//go:build tools

// Package tools pins the Nomad agent that the end-to-end suites build.
package tools

import _ "github.com/hashicorp/nomad"
