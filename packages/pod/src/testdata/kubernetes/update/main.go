// Prints random pairs of pods with whether the API server takes the second for an update of the first, as
// update-vectors.json.
package main

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"slices"
	"strconv"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	podutil "k8s.io/kubernetes/pkg/api/pod"
	"k8s.io/kubernetes/pkg/apis/core"
	corev1 "k8s.io/kubernetes/pkg/apis/core/v1"
	"k8s.io/kubernetes/pkg/apis/core/validation"
)

var random = rand.New(rand.NewSource(36))

func chance(n int) bool       { return random.Intn(n) == 0 }
func pick[T any](from ...T) T { return from[random.Intn(len(from))] }
func to[T any](value T) *T    { return &value }

func list(cpu, memory string) v1.ResourceList {
	return v1.ResourceList{"cpu": resource.MustParse(cpu), "memory": resource.MustParse(memory)}
}

func base() *v1.Pod {
	pod := &v1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p", Namespace: "ns", UID: "u", ResourceVersion: "1"}}
	main := v1.Container{Name: "c", Image: "i:1", Resources: v1.ResourceRequirements{Requests: list("100m", "64Mi")}}
	if chance(3) {
		main.Resources.Limits = list("100m", "64Mi")
	}
	side := v1.Container{Name: "s", Image: "s:1", RestartPolicy: to(v1.ContainerRestartPolicyAlways), Resources: v1.ResourceRequirements{Requests: list("1", "1Gi")}}
	pod.Spec = v1.PodSpec{
		Containers: []v1.Container{main, {Name: "d", Image: "d:1"}}, InitContainers: []v1.Container{{Name: "i", Image: "i:1"}, side},
		RestartPolicy: "Always", DNSPolicy: "ClusterFirst", TerminationGracePeriodSeconds: to(int64(30)),
		Tolerations: []v1.Toleration{{Key: "k", Operator: "Exists", Effect: "NoExecute", TolerationSeconds: to(int64(300))}},
	}
	if chance(2) {
		pod.Spec.NodeName = "n"
	} else if chance(2) {
		pod.Spec.SchedulingGates = []v1.PodSchedulingGate{{Name: "a.io/x"}, {Name: "a.io/y"}}
		pod.Spec.NodeSelector = map[string]string{"zone": "a"}
		if chance(2) {
			pod.Spec.Affinity = &v1.Affinity{NodeAffinity: &v1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &v1.NodeSelector{
				NodeSelectorTerms: []v1.NodeSelectorTerm{{MatchExpressions: []v1.NodeSelectorRequirement{{Key: "zone", Operator: "In", Values: []string{"a"}}}}}}}}
		}
	}
	if chance(2) {
		pod.Spec.ActiveDeadlineSeconds = to(pick(int64(10), 100))
	}
	if chance(5) {
		pod.Annotations = map[string]string{v1.MirrorPodAnnotationKey: "h"}
		pod.Spec.NodeName = "n"
		pod.Spec.SchedulingGates = nil
	}
	if chance(6) {
		pod.Spec.TerminationGracePeriodSeconds = to(int64(-1))
	}
	if chance(3) {
		pod.Spec.EphemeralContainers = []v1.EphemeralContainer{{EphemeralContainerCommon: v1.EphemeralContainerCommon{Name: "e", Image: "e:1"}}}
	}
	return pod
}

var changes = map[string]func(*v1.Pod){
	"image":     func(p *v1.Pod) { p.Spec.Containers[0].Image = pick("i:2", "", " i:3") },
	"initImage": func(p *v1.Pod) { p.Spec.InitContainers[random.Intn(2)].Image = "i:2" },
	"deadline": func(p *v1.Pod) {
		p.Spec.ActiveDeadlineSeconds = pick(nil, to(int64(5)), to(int64(50)), to(int64(500)), to(int64(-1)))
	},
	"grace": func(p *v1.Pod) { p.Spec.TerminationGracePeriodSeconds = pick(to(int64(1)), to(int64(10))) },
	"addToleration": func(p *v1.Pod) {
		p.Spec.Tolerations = append(p.Spec.Tolerations, v1.Toleration{Key: "x", Operator: "Exists"})
	},
	"dropToleration": func(p *v1.Pod) { p.Spec.Tolerations = nil },
	"tolerationTime": func(p *v1.Pod) {
		for i := range p.Spec.Tolerations {
			p.Spec.Tolerations[i].TolerationSeconds = pick(nil, to(int64(5)))
			p.Spec.Tolerations[i].Effect = "NoExecute"
		}
	},
	"tolerationKey": func(p *v1.Pod) {
		for i := range p.Spec.Tolerations {
			p.Spec.Tolerations[i].Key = "z"
		}
	},
	"labels": func(p *v1.Pod) { p.Labels = map[string]string{"a": "b"} },
	"annotations": func(p *v1.Pod) {
		p.Annotations = map[string]string{pick("a", v1.MirrorPodAnnotationKey): pick("h", "b")}
	},
	"dropGate": func(p *v1.Pod) {
		if len(p.Spec.SchedulingGates) > 0 {
			p.Spec.SchedulingGates = p.Spec.SchedulingGates[1:]
		}
	},
	"addGate": func(p *v1.Pod) {
		p.Spec.SchedulingGates = append(p.Spec.SchedulingGates, v1.PodSchedulingGate{Name: "a.io/z"})
	},
	"env":           func(p *v1.Pod) { p.Spec.Containers[0].Env = []v1.EnvVar{{Name: "A", Value: "b"}} },
	"addContainer":  func(p *v1.Pod) { p.Spec.Containers = append(p.Spec.Containers, v1.Container{Name: "n", Image: "n"}) },
	"dropContainer": func(p *v1.Pod) { p.Spec.Containers = p.Spec.Containers[:1] },
	"rename":        func(p *v1.Pod) { p.Spec.Containers[0].Name = "cc" },
	"hostname":      func(p *v1.Pod) { p.Spec.Hostname = "h" },
	"nodeName":      func(p *v1.Pod) { p.Spec.NodeName = "m"; p.Spec.SchedulingGates = nil },
	"restartPolicy": func(p *v1.Pod) { p.Spec.RestartPolicy = "Never" },
	"podName":       func(p *v1.Pod) { p.Name = "q" },
	"uid":           func(p *v1.Pod) { p.UID = "v" },
	"selector": func(p *v1.Pod) {
		p.Spec.NodeSelector = pick(nil, map[string]string{"zone": "a", "b": "c"}, map[string]string{"zone": "b"})
	},
	"affinity": func(p *v1.Pod) {
		if a := p.Spec.Affinity; a != nil && chance(2) {
			terms := a.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution.NodeSelectorTerms
			terms[0].MatchExpressions = append(terms[0].MatchExpressions, v1.NodeSelectorRequirement{Key: "x", Operator: "Exists"})
			if chance(3) {
				terms[0].MatchExpressions = terms[0].MatchExpressions[1:]
			}
		} else if a != nil {
			p.Spec.Affinity = nil
		} else {
			p.Spec.Affinity = &v1.Affinity{NodeAffinity: &v1.NodeAffinity{PreferredDuringSchedulingIgnoredDuringExecution: []v1.PreferredSchedulingTerm{{Weight: 1, Preference: v1.NodeSelectorTerm{MatchExpressions: []v1.NodeSelectorRequirement{{Key: "x", Operator: "Exists"}}}}}}}
		}
	},
	"requests": func(p *v1.Pod) {
		p.Spec.Containers[0].Resources.Requests = pick(list("200m", "64Mi"), list("0.1", "65536Ki"))
	},
	"limits": func(p *v1.Pod) {
		p.Spec.Containers[0].Resources.Limits = pick(list("2", "2Gi"), list("100m", "64Mi"), nil)
	},
	"both": func(p *v1.Pod) {
		p.Spec.Containers[0].Resources = v1.ResourceRequirements{Requests: list("50m", "64Mi"), Limits: list("50m", "64Mi")}
	},
	"besteffort": func(p *v1.Pod) { p.Spec.Containers[0].Resources = v1.ResourceRequirements{} },
	"second":     func(p *v1.Pod) { p.Spec.Containers[1].Resources.Requests = list("1", "1Gi") },
	"storage": func(p *v1.Pod) {
		p.Spec.Containers[0].Resources.Requests = v1.ResourceList{"cpu": resource.MustParse("100m"), "memory": resource.MustParse("64Mi"), "ephemeral-storage": resource.MustParse("1Gi")}
	},
	"sidecar":       func(p *v1.Pod) { p.Spec.InitContainers[1].Resources.Requests = list("2", "1Gi") },
	"initResources": func(p *v1.Pod) { p.Spec.InitContainers[0].Resources.Requests = list("2", "1Gi") },
	"resizePolicy": func(p *v1.Pod) {
		p.Spec.Containers[0].ResizePolicy = []v1.ContainerResizePolicy{{ResourceName: "cpu", RestartPolicy: "RestartContainer"}, {ResourceName: "memory", RestartPolicy: "NotRequired"}}
	},
	"addEphemeral": func(p *v1.Pod) {
		p.Spec.EphemeralContainers = append(p.Spec.EphemeralContainers, v1.EphemeralContainer{EphemeralContainerCommon: v1.EphemeralContainerCommon{Name: "f", Image: "f"}})
	},
	"dropEphemeral": func(p *v1.Pod) { p.Spec.EphemeralContainers = nil },
	"editEphemeral": func(p *v1.Pod) {
		if len(p.Spec.EphemeralContainers) > 0 {
			p.Spec.EphemeralContainers[0].Image = "e:2"
		}
	},
}

func internal(pod *v1.Pod) *core.Pod {
	out := &core.Pod{}
	if err := corev1.Convert_v1_Pod_To_core_Pod(pod.DeepCopy(), out, nil); err != nil {
		panic(err)
	}
	return out
}

func main() {
	total, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	names := []string{"image", "initImage", "deadline", "grace", "addToleration", "dropToleration", "tolerationTime", "tolerationKey", "labels", "annotations", "dropGate", "addGate", "env", "addContainer", "dropContainer", "rename", "hostname", "nodeName", "restartPolicy", "podName", "uid", "selector", "affinity"}
	resizes := []string{"requests", "limits", "both", "besteffort", "second", "storage", "sidecar", "initResources", "resizePolicy", "requests", "limits", "sidecar"}
	ephemerals := []string{"addEphemeral", "dropEphemeral", "editEphemeral", "addEphemeral"}
	encoder := json.NewEncoder(os.Stdout)
	fmt.Println("[")
	for i := 0; i < total; i++ {
		before := base()
		corev1.SetObjectDefaults_Pod(before)
		after := before.DeepCopy()
		subresource := pick("", "", "", "resize", "resize", "ephemeralcontainers")
		from := map[string][]string{"": names, "resize": resizes, "ephemeralcontainers": ephemerals}[subresource]
		done := []string{}
		for n := pick(0, 1, 1, 1, 2); n > 0; n-- {
			name := from[random.Intn(len(from))]
			done = append(done, name)
			changes[name](after)
		}
		corev1.SetObjectDefaults_Pod(after)
		oldPod, newPod := internal(before), internal(after)
		oldPod.Status.QOSClass = ""
		opts := podutil.GetValidationOptionsFromPodSpecAndMeta(&newPod.Spec, &oldPod.Spec, &newPod.ObjectMeta, &oldPod.ObjectMeta)
		opts.ResourceIsPod = true
		// Only the difference is of interest, not whether the new pod is legal by itself, but for what an update may set.
		own := validation.ValidatePodUpdate(newPod, newPod.DeepCopy(), opts)
		if len(own) > 0 && !slices.Contains(done, "image") && !slices.Contains(done, "deadline") {
			i--
			continue
		}
		var legal bool
		var why string
		switch subresource {
		case "":
			errs := validation.ValidatePodUpdate(newPod, oldPod, opts)
			legal = len(errs) == 0
			if !legal {
				why = errs[0].Error()
			}
		case "resize":
			errs := validation.ValidatePodResize(newPod, oldPod, opts)
			legal = len(errs) == 0
			if !legal {
				why = errs[0].Error()
			}
		default:
			errs := validation.ValidatePodEphemeralContainersUpdate(newPod, oldPod, opts)
			legal = len(errs) == 0
			if !legal {
				why = errs[0].Error()
			}
		}
		if len(why) > 100 {
			why = why[:100]
		}
		out := map[string]any{"before": slim(before), "after": slim(after), "legal": legal, "subresource": subresource, "changes": done, "why": why}
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
