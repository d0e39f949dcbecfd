// Prints what the kubelet's getPhase says of every small pod, as data of phase-vectors.json.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	v1 "k8s.io/api/core/v1"
	"k8s.io/klog/v2"
)

var shapes = []string{"M", "MM", "MMM", "IM", "SM", "IMM", "SMM", "IIM", "ISM", "SIM", "SSM", "R", "A", "O", "NM", "MR", "OR", "SA", "IA"}
var policies = []v1.RestartPolicy{"Always", "OnFailure", "Never"}

const states = 11

func container(kind byte, index int) v1.Container {
	c := v1.Container{Name: fmt.Sprintf("c%d", index)}
	policy := func(p v1.ContainerRestartPolicy) { c.RestartPolicy = &p }
	rule := func(action v1.ContainerRestartRuleAction) {
		policy("Never")
		c.RestartPolicyRules = []v1.ContainerRestartRule{{Action: action, ExitCodes: &v1.ContainerRestartRuleOnExitCodes{Operator: "In", Values: []int32{1}}}}
	}
	switch kind {
	case 'S':
		policy("Always")
	case 'O':
		policy("OnFailure")
	case 'N':
		policy("Never")
	case 'R':
		rule("Restart")
	case 'A':
		rule("RestartAllContainers")
	}
	return c
}

func status(name string, state int) *v1.ContainerStatus {
	if state == 0 {
		return nil
	}
	s := &v1.ContainerStatus{Name: name}
	started := state == 5
	s.Started = &started
	ended := func(code int32, reason string) *v1.ContainerStateTerminated {
		return &v1.ContainerStateTerminated{ExitCode: code, Reason: reason}
	}
	switch state {
	case 1, 2, 3, 9:
		s.State.Waiting = &v1.ContainerStateWaiting{}
	case 4, 5:
		s.State.Running = &v1.ContainerStateRunning{}
	case 6:
		s.State.Terminated = ended(0, "Completed")
	case 7:
		s.State.Terminated = ended(1, "Error")
	case 8:
		s.State.Terminated = ended(137, RestartingAllContainers)
	}
	switch state {
	case 2:
		s.LastTerminationState.Terminated = ended(0, "Completed")
	case 3, 10:
		s.LastTerminationState.Terminated = ended(1, "Error")
	case 9:
		s.LastTerminationState.Terminated = ended(137, RestartingAllContainers)
	}
	return s
}

func phases(shape string, policy v1.RestartPolicy, terminal bool) string {
	total := 1
	for range shape {
		total *= states
	}
	var out strings.Builder
	last, run := byte(0), 0
	flush := func() {
		if run > 0 {
			fmt.Fprintf(&out, "%c%d", last, run)
		}
	}
	for n := 0; n < total; n++ {
		pod := &v1.Pod{Spec: v1.PodSpec{RestartPolicy: policy}}
		var all []v1.ContainerStatus
		initialized := false
		rest := n
		for i := 0; i < len(shape); i++ {
			c := container(shape[i], i)
			init := strings.IndexByte("ISN", shape[i]) >= 0
			if init {
				pod.Spec.InitContainers = append(pod.Spec.InitContainers, c)
			} else {
				pod.Spec.Containers = append(pod.Spec.Containers, c)
			}
			state := rest % states
			// What the runtime still holds of the sandbox: all that ever ran, but for what restarting everything removed.
			initialized = initialized || (!init && state >= 2 && state <= 8)
			if s := status(c.Name, state); s != nil {
				all = append(all, *s)
			}
			rest /= states
		}
		letter := getPhase(klog.Background(), pod, all, terminal, initialized)[0]
		if letter != last {
			flush()
			last, run = letter, 0
		}
		run++
	}
	flush()
	return out.String()
}

func main() {
	out := map[string]string{}
	for _, shape := range shapes {
		for _, policy := range policies {
			for _, terminal := range []bool{false, true} {
				out[fmt.Sprintf("%s %s %t", shape, policy, terminal)] = phases(shape, policy, terminal)
			}
		}
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(out); err != nil {
		panic(err)
	}
}
