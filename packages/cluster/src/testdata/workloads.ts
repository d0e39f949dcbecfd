import type { Json, KubeObject } from "../api/objects.ts";
import type { createFixture } from "./fixture.ts";

type Fixture = ReturnType<typeof createFixture>;

/** All pods of the namespace `default`. */
export function podsOf(fixture: Fixture): readonly KubeObject[] {
  return fixture.store.list(fixture.type("pods"), "default");
}

/** Plays a kubelet: gives a pod a phase, ready when it runs. */
export function setPhase({ registry, type, clock }: Fixture, target: KubeObject, phase: string): void {
  const ready = {
    type: "Ready",
    status: phase === "Running" ? "True" : "False",
    lastTransitionTime: new Date(clock.now()).toISOString(),
  };
  registry.mutate(
    type("pods"),
    target.metadata.namespace,
    target.metadata.name,
    (object) => ({ ...object, status: { ...object.status, phase, conditions: [ready] } }),
    { subresource: "status" },
  );
}

/** Names of the pods, with their images. */
export function images(fixture: Fixture): Record<string, string> {
  return Object.fromEntries(podsOf(fixture).map((pod) => [pod.metadata.name, pod.spec.containers[0].image]));
}

/** A workload with the template `app: web` and the image given. */
export function workload(kind: string, image: string, spec: Json = {}): KubeObject {
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name: "web" },
    spec: {
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image }] } },
      ...spec,
    },
  };
}
