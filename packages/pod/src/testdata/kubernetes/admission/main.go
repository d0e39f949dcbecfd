// Prints random pods and nodes with what the kubelet's predicate admission says of them, as admission-vectors.json.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"strconv"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
	"k8s.io/kubernetes/pkg/kubelet/lifecycle"
	"k8s.io/kubernetes/pkg/kubelet/types"
	"k8s.io/kubernetes/pkg/scheduler/framework"
)

var random = rand.New(rand.NewSource(36))

func chance(n int) bool       { return random.Intn(n) == 0 }
func pick[T any](from ...T) T { return from[random.Intn(len(from))] }
func some[T any](n int, f func() T) []T {
	out := []T{}
	for i := random.Intn(n + 1); i > 0; i-- {
		out = append(out, f())
	}
	return out
}

func requirement() v1.NodeSelectorRequirement {
	op := pick(v1.NodeSelectorOpIn, v1.NodeSelectorOpNotIn, v1.NodeSelectorOpExists, v1.NodeSelectorOpDoesNotExist, v1.NodeSelectorOpGt, v1.NodeSelectorOpLt)
	r := v1.NodeSelectorRequirement{Key: pick("zone", "size", "missing"), Operator: op}
	switch op {
	case v1.NodeSelectorOpIn, v1.NodeSelectorOpNotIn:
		r.Values = append(some(2, func() string { return pick("a", "b", "5") }), pick("a", "b", "5"))
		if chance(12) {
			r.Values = nil
		}
	case v1.NodeSelectorOpGt, v1.NodeSelectorOpLt:
		r.Key = pick("size", "size", "zone")
		r.Values = []string{pick("3", "5", "7", "-1", "+4", "05", "x")}
	default:
		if chance(10) {
			r.Values = []string{"a"}
		}
	}
	return r
}

func field() v1.NodeSelectorRequirement {
	r := v1.NodeSelectorRequirement{Key: "metadata.name", Operator: pick(v1.NodeSelectorOpIn, v1.NodeSelectorOpNotIn), Values: []string{pick("node", "other")}}
	if chance(10) {
		r.Values = []string{"node", "other"}
	}
	if chance(12) {
		r.Operator = v1.NodeSelectorOpExists
	}
	return r
}

func term() v1.NodeSelectorTerm {
	t := v1.NodeSelectorTerm{MatchExpressions: some(2, requirement)}
	if chance(3) {
		t.MatchFields = some(1, field)
	}
	return t
}

func toleration() v1.Toleration {
	t := v1.Toleration{
		Key:      pick("k", "dedicated", "n", ""),
		Operator: pick(v1.TolerationOpEqual, v1.TolerationOpExists, v1.TolerationOpLt, v1.TolerationOpGt, v1.TolerationOperator("")),
		Effect:   pick(v1.TaintEffectNoSchedule, v1.TaintEffectNoExecute, v1.TaintEffect("")),
	}
	if t.Operator != v1.TolerationOpExists {
		t.Value = pick("v", "w", "5", "10", "007", "-3", "")
	}
	return t
}

func resources(small bool) v1.ResourceList {
	list := v1.ResourceList{}
	add := func(name v1.ResourceName, values ...string) {
		if chance(2) {
			list[name] = resource.MustParse(pick(values...))
		}
	}
	if small {
		add("cpu", "100m", "1", "1500m", "0", "2m")
		add("memory", "64Mi", "1Gi", "1500M", "1k")
		if chance(3) {
			add("ephemeral-storage", "1Gi", "100k")
		}
		if chance(3) {
			add("example.com/gpu", "1", "2")
		}
		if chance(6) {
			add("example.com/unknown", "1")
		}
		if chance(6) {
			add("hugepages-2Mi", "2Mi", "4Mi")
		}
	} else {
		list["cpu"] = resource.MustParse(pick("2", "4", "1900m"))
		list["memory"] = resource.MustParse(pick("2Gi", "4Gi", "2G"))
		list["pods"] = resource.MustParse(pick("3", "110", "110", "110"))
		add("ephemeral-storage", "2Gi")
		add("example.com/gpu", "1", "2")
		add("hugepages-2Mi", "4Mi")
	}
	return list
}

func container(name string) v1.Container {
	c := v1.Container{Name: name, Image: "i", Resources: v1.ResourceRequirements{Requests: resources(true)}}
	if chance(3) {
		c.Ports = []v1.ContainerPort{{ContainerPort: 80, HostPort: pick(int32(0), 80, 81), HostIP: pick("", "", "10.0.0.1", "0.0.0.0"), Protocol: pick(v1.ProtocolTCP, v1.ProtocolTCP, v1.ProtocolUDP)}}
	}
	return c
}

func newPod(name string) *v1.Pod {
	pod := &v1.Pod{}
	pod.Name, pod.Namespace = name, "ns"
	pod.Spec.NodeName = "node"
	for i := 0; i < pick(1, 1, 2); i++ {
		pod.Spec.Containers = append(pod.Spec.Containers, container(fmt.Sprintf("c%d", i)))
	}
	for i := 0; i < pick(0, 0, 1, 2); i++ {
		c := container(fmt.Sprintf("i%d", i))
		if chance(2) {
			always := v1.ContainerRestartPolicyAlways
			c.RestartPolicy = &always
		}
		pod.Spec.InitContainers = append(pod.Spec.InitContainers, c)
	}
	if chance(8) {
		pod.Spec.Overhead = v1.ResourceList{"cpu": resource.MustParse("250m")}
	}
	return pod
}

func subject() *v1.Pod {
	pod := newPod("p")
	if chance(3) {
		pod.Spec.NodeSelector = map[string]string{pick("zone", "size"): pick("a", "a", "5", "b")}
	}
	if chance(3) {
		affinity := &v1.NodeAffinity{}
		if !chance(6) {
			affinity.RequiredDuringSchedulingIgnoredDuringExecution = &v1.NodeSelector{NodeSelectorTerms: append(some(2, term), term())}
		}
		if chance(2) {
			affinity.PreferredDuringSchedulingIgnoredDuringExecution = some(3, func() v1.PreferredSchedulingTerm {
				return v1.PreferredSchedulingTerm{Weight: int32(random.Intn(100)), Preference: term()}
			})
		}
		pod.Spec.Affinity = &v1.Affinity{NodeAffinity: affinity}
	}
	pod.Spec.Tolerations = some(2, toleration)
	if chance(15) {
		pod.Spec.NodeName = "elsewhere"
	}
	if chance(20) {
		pod.Labels = map[string]string{"kubernetes.io/os": pick("linux", "windows")}
	}
	if chance(20) {
		pod.Spec.OS = &v1.PodOS{Name: pick(v1.Linux, v1.Windows)}
	}
	if chance(15) {
		policy := pick(v1.SupplementalGroupsPolicyStrict, v1.SupplementalGroupsPolicyMerge)
		pod.Spec.SecurityContext = &v1.PodSecurityContext{SupplementalGroupsPolicy: &policy}
	}
	if chance(10) {
		pod.Annotations = map[string]string{pick("kubernetes.io/config.source", "kubernetes.io/config.mirror"): pick("api", "file", "x")}
	}
	if chance(6) {
		priority := pick(int32(0), 1999999999, 2000000000, 2000001000)
		pod.Spec.Priority = &priority
	}
	return pod
}

func newNode() *v1.Node {
	node := &v1.Node{}
	node.Name = "node"
	node.Labels = map[string]string{"kubernetes.io/os": "linux"}
	if chance(2) {
		node.Labels["zone"] = pick("a", "b")
	}
	if chance(2) {
		node.Labels["size"] = pick("5", "4", "big")
	}
	node.Spec.Taints = some(2, func() v1.Taint {
		return v1.Taint{Key: pick("k", "dedicated", "n"), Value: pick("v", "5", "10", "007", ""), Effect: pick(v1.TaintEffectNoSchedule, v1.TaintEffectNoExecute, v1.TaintEffectNoExecute, v1.TaintEffectPreferNoSchedule)}
	})
	node.Status.Allocatable = resources(false)
	if chance(3) {
		supported := chance(2)
		node.Status.Features = &v1.NodeFeatures{SupplementalGroupsPolicy: &supported}
	}
	return node
}

// As the kubelet's handler, but that nothing is preempted: a critical pod is refused for want of resources last.
type noPreemption struct{}

func (noPreemption) HandleAdmissionFailure(_ context.Context, pod *v1.Pod, reasons []lifecycle.PredicateFailureReason) ([]lifecycle.PredicateFailureReason, error) {
	if !types.IsCriticalPod(pod) {
		return reasons, nil
	}
	others := []lifecycle.PredicateFailureReason{}
	for _, reason := range reasons {
		if _, ok := reason.(*lifecycle.InsufficientResourceError); !ok {
			others = append(others, reason)
		}
	}
	if len(others) > 0 {
		return others, nil
	}
	return reasons, nil
}

func main() {
	total, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	if err := utilfeature.DefaultMutableFeatureGate.Set("TaintTolerationComparisonOperators=true"); err != nil {
		panic(err)
	}
	encoder := json.NewEncoder(os.Stdout)
	fmt.Println("[")
	for i := 0; i < total; i++ {
		pod, node := subject(), newNode()
		n := 0
		others := some(3, func() *v1.Pod { n++; return newPod(fmt.Sprintf("o%d", n)) })
		handler := lifecycle.NewPredicateAdmitHandler(
			func(context.Context, bool) (*v1.Node, error) { return node.DeepCopy(), nil },
			noPreemption{},
			func(*framework.NodeInfo, *lifecycle.PodAdmitAttributes) error { return nil },
		)
		result := handler.Admit(&lifecycle.PodAdmitAttributes{Pod: pod, OtherPods: others, Operation: lifecycle.AddOperation})
		score := int64(-1)
		if pod.Spec.Affinity != nil && pod.Spec.Affinity.NodeAffinity != nil {
			if terms, err := nodeaffinity.NewPreferredSchedulingTerms(pod.Spec.Affinity.NodeAffinity.PreferredDuringSchedulingIgnoredDuringExecution); err == nil {
				score = terms.Score(node)
			}
		}
		out := map[string]any{"pod": slim(pod), "node": slim(node), "others": slim(others), "score": score, "critical": types.IsCriticalPod(pod), "static": types.IsStaticPod(pod), "mirror": types.IsMirrorPod(pod)}
		if !result.Admit {
			out["reason"], out["message"] = result.Reason, result.Message
		}
		if err := encoder.Encode(out); err != nil {
			panic(err)
		}
		if i < total-1 {
			fmt.Print(",")
		}
	}
	fmt.Println("]")
}

// The object without what is empty.
func slim(object any) any {
	text, err := json.Marshal(object)
	if err != nil {
		panic(err)
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		panic(err)
	}
	return prune(value)
}

func prune(value any) any {
	switch typed := value.(type) {
	case map[string]any:
		for key, entry := range typed {
			entry = prune(entry)
			if inner, ok := entry.(map[string]any); (ok && len(inner) == 0 && key != "preference") || entry == nil {
				delete(typed, key)
			} else {
				typed[key] = entry
			}
		}
	case []any:
		for i := range typed {
			typed[i] = prune(typed[i])
		}
	}
	return value
}
