package main

import (
	"context"
	"sync"
	"time"

	"github.com/virtual-kubelet/virtual-kubelet/errdefs"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// provider answers as virtual-kubelet's own mock does: pods run at once and end when they are deleted. That mock keeps
// its pods in a map without a lock and dies of it with more than one worker; this one is locked, and hands out copies.
type provider struct {
	mutex  sync.Mutex
	pods   map[string]*v1.Pod
	notify func(*v1.Pod)
}

func keyOf(pod *v1.Pod) string { return pod.Namespace + "/" + pod.Name }

func (p *provider) CreatePod(_ context.Context, pod *v1.Pod) error {
	pod = pod.DeepCopy()
	now := metav1.NewTime(time.Now())
	pod.Status = v1.PodStatus{
		Phase:     v1.PodRunning,
		HostIP:    "192.0.2.1",
		PodIP:     "192.0.2.2",
		StartTime: &now,
		Conditions: []v1.PodCondition{
			{Type: v1.PodInitialized, Status: v1.ConditionTrue},
			{Type: v1.PodReady, Status: v1.ConditionTrue},
			{Type: v1.PodScheduled, Status: v1.ConditionTrue},
		},
	}
	for _, container := range pod.Spec.Containers {
		pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, v1.ContainerStatus{
			Name:  container.Name,
			Image: container.Image,
			Ready: true,
			State: v1.ContainerState{Running: &v1.ContainerStateRunning{StartedAt: now}},
		})
	}
	p.mutex.Lock()
	p.pods[keyOf(pod)] = pod
	p.mutex.Unlock()
	p.notify(pod)
	return nil
}

func (p *provider) UpdatePod(_ context.Context, pod *v1.Pod) error {
	p.mutex.Lock()
	p.pods[keyOf(pod)] = pod.DeepCopy()
	p.mutex.Unlock()
	p.notify(pod)
	return nil
}

func (p *provider) DeletePod(_ context.Context, pod *v1.Pod) error {
	p.mutex.Lock()
	_, exists := p.pods[keyOf(pod)]
	delete(p.pods, keyOf(pod))
	p.mutex.Unlock()
	if !exists {
		return errdefs.NotFound("pod not found")
	}
	pod = pod.DeepCopy()
	pod.Status.Phase = v1.PodSucceeded
	for index := range pod.Status.ContainerStatuses {
		status := &pod.Status.ContainerStatuses[index]
		terminated := &v1.ContainerStateTerminated{FinishedAt: metav1.Now()}
		if status.State.Running != nil {
			terminated.StartedAt = status.State.Running.StartedAt
		}
		status.Ready = false
		status.State = v1.ContainerState{Terminated: terminated}
	}
	p.notify(pod)
	return nil
}

func (p *provider) GetPod(_ context.Context, namespace, name string) (*v1.Pod, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if pod, exists := p.pods[namespace+"/"+name]; exists {
		return pod.DeepCopy(), nil
	}
	return nil, errdefs.NotFoundf("pod %s/%s is not known", namespace, name)
}

func (p *provider) GetPodStatus(ctx context.Context, namespace, name string) (*v1.PodStatus, error) {
	pod, err := p.GetPod(ctx, namespace, name)
	if err != nil {
		return nil, err
	}
	return &pod.Status, nil
}

func (p *provider) GetPods(_ context.Context) ([]*v1.Pod, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	pods := make([]*v1.Pod, 0, len(p.pods))
	for _, pod := range p.pods {
		pods = append(pods, pod.DeepCopy())
	}
	return pods, nil
}

func (p *provider) NotifyPods(_ context.Context, notify func(*v1.Pod)) { p.notify = notify }
