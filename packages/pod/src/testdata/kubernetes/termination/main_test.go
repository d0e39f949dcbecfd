// Prints when the kubelet's own termination order signals and kills the containers of random pods, as
// termination-vectors.json. The clock is synctest's, so nothing really waits.
package main

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	v1 "k8s.io/api/core/v1"
)

var random = rand.New(rand.NewSource(36))

const minimumGracePeriodInSeconds = 2

type container struct {
	Name string `json:"name"`
	// "main" or "sidecar"; sidecars in the order of the spec.
	Kind string `json:"kind"`
	// How long the preStop hook takes; -1: there is none. Milliseconds, as all times here.
	Hook int64 `json:"hook"`
	// How long the container takes after its stop signal.
	Stop int64 `json:"stop"`
	// What came of it.
	SignalAt int64 `json:"signalAt"`
	Window   int64 `json:"window"`
	EndAt    int64 `json:"endAt"`
}

type vector struct {
	Grace      int64        `json:"grace"`
	Containers []*container `json:"containers"`
}

// The steps of killContainer between the event and the runtime's StopContainer, with hook and stop played by sleeping.
func kill(c *container, gracePeriod int64, ordering *terminationOrdering, begin time.Time) {
	if c.Hook >= 0 && gracePeriod > 0 {
		start := time.Now()
		select {
		case <-time.After(time.Duration(gracePeriod) * time.Second):
		case <-time.After(time.Duration(c.Hook) * time.Millisecond):
		}
		gracePeriod -= int64(time.Since(start).Seconds())
	}
	if ordering != nil && gracePeriod > 0 {
		gracePeriod -= int64(ordering.waitForTurn(c.Name, gracePeriod))
	}
	if gracePeriod < minimumGracePeriodInSeconds {
		gracePeriod = minimumGracePeriodInSeconds
	}
	c.SignalAt, c.Window = time.Since(begin).Milliseconds(), gracePeriod*1000
	time.Sleep(time.Duration(min(c.Stop, c.Window)) * time.Millisecond)
	c.EndAt = time.Since(begin).Milliseconds()
	if ordering != nil {
		ordering.containerTerminated(c.Name)
	}
}

// Times of different containers never fall together: then the order in which the kubelet sees them is chance.
func duration(limit int64, salt int64) int64 { return random.Int63n(limit)*100 + salt }

func TestVectors(t *testing.T) {
	vectors := []vector{}
	for i := 0; i < 150; i++ {
		v := vector{Grace: int64(1 + random.Intn(12))}
		always := v1.ContainerRestartPolicyAlways
		pod := &v1.Pod{}
		names := []string{}
		salt := int64(0)
		add := func(kind string, n int) {
			salt += 7
			c := &container{Name: fmt.Sprintf("%s%d", kind, n), Kind: kind, Hook: -1, Stop: duration(60, salt)}
			if random.Intn(2) == 0 {
				c.Hook = duration(140, salt+3)
			}
			if random.Intn(6) == 0 {
				c.Stop = 100_000
			}
			v.Containers = append(v.Containers, c)
			names = append(names, c.Name)
			spec := v1.Container{Name: c.Name}
			if kind == "sidecar" {
				spec.RestartPolicy = &always
				pod.Spec.InitContainers = append(pod.Spec.InitContainers, spec)
			} else {
				pod.Spec.Containers = append(pod.Spec.Containers, spec)
			}
		}
		for n := 0; n < 1+random.Intn(2); n++ {
			add("main", n)
		}
		for n := 0; n < random.Intn(4); n++ {
			add("sidecar", n)
		}
		synctest.Test(t, func(*testing.T) {
			begin := time.Now()
			var ordering *terminationOrdering
			if len(pod.Spec.InitContainers) > 0 {
				ordering = newTerminationOrdering(pod, names)
			}
			var group sync.WaitGroup
			for _, c := range v.Containers {
				group.Go(func() { kill(c, v.Grace, ordering, begin) })
			}
			group.Wait()
		})
		vectors = append(vectors, v)
	}
	file, err := os.Create("termination-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	fmt.Fprintln(file, "[")
	for i, v := range vectors {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		comma := ","
		if i == len(vectors)-1 {
			comma = ""
		}
		fmt.Fprintf(file, "%s%s\n", text, comma)
	}
	fmt.Fprintln(file, "]")
}
