// Command vkubelet-go-virtual-kubelet is virtual-kubelet's library with a provider in memory. Its own command cannot
// lift the limits of its client and its queues, and its own mock provider cannot be imported.
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/virtual-kubelet/virtual-kubelet/node"
	"github.com/virtual-kubelet/virtual-kubelet/node/nodeutil"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	corev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/util/workqueue"
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "path of the kubeconfig")
	name := flag.String("nodename", "virtual-kubelet", "name of the node")
	workers := flag.Int("pod-sync-workers", 10, "workers of each queue; 10 is the default of virtual-kubelet's command")
	limits := flag.String("limits", "lifted", "lifted, or shipped: those of client-go and virtual-kubelet")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *kubeconfig, *name, *workers, *limits == "lifted"); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, kubeconfig, name string, workers int, lifted bool) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	if lifted {
		config.QPS, config.Burst = 10_000, 20_000
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	pods := informers.NewSharedInformerFactoryWithOptions(client, time.Minute, nodeutil.PodInformerFilter(name))
	others := informers.NewSharedInformerFactory(client, time.Minute)
	events := record.NewBroadcaster()
	events.StartRecordingToSink(&corev1.EventSinkImpl{Interface: client.CoreV1().Events(v1.NamespaceAll)})
	podConfig := node.PodControllerConfig{
		PodClient:         client.CoreV1(),
		PodInformer:       pods.Core().V1().Pods(),
		EventRecorder:     events.NewRecorder(scheme.Scheme, v1.EventSource{Component: name}),
		Provider:          &provider{pods: map[string]*v1.Pod{}},
		ConfigMapInformer: others.Core().V1().ConfigMaps(),
		SecretInformer:    others.Core().V1().Secrets(),
		ServiceInformer:   others.Core().V1().Services(),
	}
	if lifted {
		podConfig.SyncPodsFromKubernetesRateLimiter = unlimited()
		podConfig.DeletePodsFromKubernetesRateLimiter = unlimited()
		podConfig.SyncPodStatusFromProviderRateLimiter = unlimited()
	}
	podController, err := node.NewPodController(podConfig)
	if err != nil {
		return err
	}
	nodeController, err := node.NewNodeController(
		node.NewNaiveNodeProvider(), nodeObject(name), client.CoreV1().Nodes(),
		node.WithNodeEnableLeaseV1(nodeutil.NodeLeaseV1Client(client), node.DefaultLeaseDuration),
	)
	if err != nil {
		return err
	}
	pods.Start(ctx.Done())
	others.Start(ctx.Done())
	go podController.Run(ctx, workers) //nolint:errcheck // Err tells.
	select {
	case <-podController.Ready():
	case <-podController.Done():
		return podController.Err()
	}
	go nodeController.Run(ctx) //nolint:errcheck // Err tells.
	select {
	case <-nodeController.Done():
		return nodeController.Err()
	case <-podController.Done():
		return podController.Err()
	}
}

// unlimited repeats what failed with a growing wait, and lets everything else pass at once.
func unlimited() workqueue.TypedRateLimiter[any] {
	return workqueue.NewTypedItemExponentialFailureRateLimiter[any](0, time.Minute)
}

func nodeObject(name string) *v1.Node {
	conditions := []v1.NodeCondition{{Type: v1.NodeReady, Status: v1.ConditionTrue}}
	for _, kind := range []v1.NodeConditionType{v1.NodeDiskPressure, v1.NodeMemoryPressure, v1.NodePIDPressure} {
		conditions = append(conditions, v1.NodeCondition{Type: kind, Status: v1.ConditionFalse})
	}
	room := v1.ResourceList{
		v1.ResourceCPU:    resource.MustParse("20000"),
		v1.ResourceMemory: resource.MustParse("90000Gi"),
		v1.ResourcePods:   resource.MustParse("100000"),
	}
	return &v1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"type": "virtual-kubelet"}},
		Status:     v1.NodeStatus{Capacity: room, Allocatable: room, Conditions: conditions},
	}
}
