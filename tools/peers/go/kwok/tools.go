//go:build tools

// Package tools pins the kwok controller that the benchmarks of the runtime build.
package tools

import _ "sigs.k8s.io/kwok/cmd/kwok"
