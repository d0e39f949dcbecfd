package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	v1 "k8s.io/api/core/v1"
	apiresource "k8s.io/apimachinery/pkg/api/resource"
	resourcehelper "k8s.io/component-helpers/resource"
	podresource "k8s.io/kubernetes/pkg/api/v1/resource"
	corev1 "k8s.io/kubernetes/pkg/apis/core/v1"
	"k8s.io/kubernetes/pkg/apis/core/v1/helper/qos"
)

type amounts map[string]string

type lists struct {
	Requests amounts `json:"requests"`
	Limits   amounts `json:"limits"`
}

type podAnswer struct {
	Pod        lists    `json:"pod"`
	Containers []lists  `json:"containers"`
	Qos        string   `json:"qos"`
	Fields     []string `json:"fields"`
}

// fieldQuestion is a resourceFieldRef that names its container.
type fieldQuestion struct {
	Container string `json:"container"`
	Resource  string `json:"resource"`
	Divisor   string `json:"divisor"`
}

// answerPod takes a PodSpec, the node's allocatable resources and fields, and answers for the pod as the API server
// stores it.
func answerPod(parts []json.RawMessage) (any, error) {
	pod := &v1.Pod{}
	allocatable := v1.ResourceList{}
	var fields []fieldQuestion
	for index, target := range []any{&pod.Spec, &allocatable, &fields} {
		if err := json.Unmarshal(parts[index], target); err != nil {
			return nil, err
		}
	}
	corev1.SetObjectDefaults_Pod(pod)
	answer := podAnswer{
		Pod: lists{
			Requests: amountsOf(resourcehelper.PodRequests(pod, resourcehelper.PodResourcesOptions{})),
			Limits:   amountsOf(resourcehelper.PodLimits(pod, resourcehelper.PodResourcesOptions{})),
		},
		Qos:    string(qos.GetPodQOS(pod)),
		Fields: []string{},
	}
	for _, container := range append(pod.Spec.InitContainers, pod.Spec.Containers...) {
		answer.Containers = append(answer.Containers, lists{
			Requests: amountsOf(container.Resources.Requests),
			Limits:   amountsOf(container.Resources.Limits),
		})
	}
	for _, field := range fields {
		value, err := fieldValue(pod, field, allocatable)
		if err != nil {
			return nil, err
		}
		answer.Fields = append(answer.Fields, value)
	}
	return answer, nil
}

// fieldValue is what Kubernetes gives for a resourceFieldRef. It divides as float64, which is exact only for numbers below
// 2^53; what is larger is divided again in integers, so that its rounding errors are nobody's measure.
func fieldValue(pod *v1.Pod, field fieldQuestion, allocatable v1.ResourceList) (string, error) {
	divisor, err := apiresource.ParseQuantity(field.Divisor)
	if err != nil {
		return "", fmt.Errorf("divisor %q: %w", field.Divisor, err)
	}
	if divisor.IsZero() {
		divisor = apiresource.MustParse("1")
	}
	selector := &v1.ResourceFieldSelector{Resource: field.Resource, Divisor: divisor}
	value, err := podresource.ExtractResourceValueByContainerNameAndNodeAllocatable(
		selector, pod, field.Container, allocatable)
	if err != nil {
		return "", err
	}
	amount, unit := integers(pod, field, allocatable, divisor)
	if unit == 0 || amount < 1<<53 {
		return value, nil
	}
	quotient := (amount - 1) / unit
	return strconv.FormatInt(quotient+1, 10), nil
}

// integers are the amount that a field names and its divisor, in thousandths for cpu and else in whole units.
func integers(
	pod *v1.Pod, field fieldQuestion, allocatable v1.ResourceList, divisor apiresource.Quantity,
) (amount int64, unit int64) {
	kind, name, _ := strings.Cut(field.Resource, ".")
	for _, original := range append(pod.Spec.InitContainers, pod.Spec.Containers...) {
		if original.Name != field.Container {
			continue
		}
		container := original.DeepCopy()
		podresource.MergeContainerResourceLimits(container, allocatable)
		list := container.Resources.Requests
		if kind == "limits" {
			list = container.Resources.Limits
		}
		quantity := list[v1.ResourceName(name)]
		if name == "cpu" {
			return quantity.MilliValue(), divisor.MilliValue()
		}
		return quantity.Value(), divisor.Value()
	}
	return 0, 0
}

func amountsOf(list v1.ResourceList) amounts {
	result := amounts{}
	for name, quantity := range list {
		result[string(name)] = canonical(quantity)
	}
	return result
}
