import type { Clock } from "@vkubelet/core";
import { expect } from "vitest";
import type { TestCluster } from "../test-cluster.ts";
import { waitFor } from "../wait-for.ts";
import { type AnyObject, ApiClient, pathOf } from "./api-client.ts";

/** A cluster with what the cases need to play users, nodes and kubelets on it. */
export interface Bench {
  readonly cluster: TestCluster;
  readonly api: ApiClient;
  /** A namespace of its own for a case. */
  namespace(): Promise<Space>;
}

/** Name of a node that stands for one whose kubelet the cases play. */
export const playedNode = "played";

/** One namespace in which a case works. */
export class Space {
  readonly api: ApiClient;
  readonly name: string;
  readonly kind: TestCluster["kind"];
  readonly #clock: Clock;

  constructor(api: ApiClient, name: string, { kind, clock }: Pick<TestCluster, "kind" | "clock">) {
    this.api = api;
    this.name = name;
    this.kind = kind;
    this.#clock = clock;
  }

  /** The time of the cluster as objects write it. */
  now(): string {
    return `${new Date(this.#clock.now()).toISOString().slice(0, 19)}Z`;
  }

  path(resource: string, ...rest: readonly string[]): string {
    return pathOf(resource, this.name, ...rest);
  }

  create(resource: string, object: AnyObject): Promise<AnyObject> {
    return this.api.post(this.path(resource), object);
  }

  get(resource: string, name: string): Promise<AnyObject> {
    return this.api.get(this.path(resource, name));
  }

  async list(resource: string, labelSelector = ""): Promise<AnyObject[]> {
    const query = labelSelector === "" ? "" : `?labelSelector=${encodeURIComponent(labelSelector)}`;
    return (await this.api.get(this.path(resource) + query)).items;
  }

  patch(resource: string, name: string, change: AnyObject): Promise<AnyObject> {
    return this.api.patch(this.path(resource, name), change);
  }

  delete(resource: string, name: string, options: AnyObject = {}): Promise<AnyObject> {
    return this.api.send("DELETE", this.path(resource, name), options);
  }

  /** The object once it is there and as wanted. */
  async until(resource: string, name: string, accept: (object: AnyObject) => boolean): Promise<AnyObject> {
    const look = () => this.api.call("GET", this.path(resource, name));
    const { body } = await waitFor(`${resource} ${name}`, look, ({ code, body: object }) => {
      return code === 200 && accept(object);
    });
    return body;
  }

  /** The objects once they are as wanted, the first created first. */
  untilAll(resource: string, accept: (objects: AnyObject[]) => boolean, selector = ""): Promise<AnyObject[]> {
    return waitFor(resource, () => this.list(resource, selector), accept);
  }

  untilGone(resource: string, name: string): Promise<unknown> {
    const look = () => this.api.call("GET", this.path(resource, name));
    return waitFor(`${resource} ${name} gone`, look, ({ code }) => code === 404);
  }

  /** Plays the kubelet: what it writes of a pod whose one container runs or has ended. */
  async setPhase(pod: string, phase: string, exitCode = 0): Promise<void> {
    const now = this.now();
    const running = phase === "Running";
    const state = running
      ? { running: { startedAt: now } }
      : {
          terminated: {
            exitCode,
            startedAt: now,
            finishedAt: now,
            reason: exitCode === 0 ? "Completed" : "Error",
          },
        };
    const ready = { type: "Ready", status: running ? "True" : "False", lastTransitionTime: now };
    const container = { name: "c", image: "x", imageID: "", ready: running, restartCount: 0, state };
    const status = { phase, conditions: [ready], containerStatuses: [container] };
    await this.api.patch(this.path("pods", pod, "status"), { status });
  }

  /** Plays the kubelet at the end of a pod: the object goes. */
  async finishDeletion(pod: string): Promise<void> {
    await this.api.call("DELETE", this.path("pods", pod), { gracePeriodSeconds: 0 });
  }
}

/** Prepares a cluster for the cases: a node that takes every pod bound to it. */
export async function openBench(cluster: TestCluster): Promise<Bench> {
  const bench = benchOf(cluster);
  await bench.api.post(pathOf("nodes"), {
    metadata: { name: playedNode },
    status: { allocatable: { cpu: "4", memory: "8Gi", pods: "110" } },
  });
  return bench;
}

/** The same without a node. */
export function benchOf(cluster: TestCluster): Bench {
  const api = new ApiClient(cluster.kubeConfig());
  let count = 0;
  return {
    cluster,
    api,
    async namespace() {
      count += 1;
      const name = `case-${count}`;
      await api.post(pathOf("namespaces"), { metadata: { name } });
      const space = new Space(api, name, cluster);
      await waitFor(
        "the service account of the namespace",
        () => api.call("GET", space.path("serviceaccounts", "default")),
        ({ code }) => code === 200,
      );
      return space;
    },
  };
}

/** The pod template of the cases: one container `c`, bound to the played node. */
export function template(spec: AnyObject = {}, labels: AnyObject = { app: "case" }): AnyObject {
  return {
    metadata: { labels },
    spec: {
      nodeName: playedNode,
      automountServiceAccountToken: false,
      containers: [{ name: "c", image: "x" }],
      ...spec,
    },
  };
}

/** A pod of the template. */
export function namedPod(name: string, spec: AnyObject = {}): AnyObject {
  const { metadata, spec: own } = template(spec);
  return { metadata: { ...metadata, name }, spec: own };
}

/** Conditions as `Type=Status Reason`, in their order. */
export function conditionsOf(object: AnyObject): string[] {
  return (object.status?.conditions ?? []).map(
    ({ type, status, reason }: AnyObject) => `${type}=${status} ${reason}`,
  );
}

export function holds(object: AnyObject, type: string): boolean {
  return (object.status?.conditions ?? []).some(
    (entry: AnyObject) => entry.type === type && entry.status === "True",
  );
}

/** What an invalid object is answered with, field by field. */
export async function causesOf(space: Space, resource: string, object: AnyObject): Promise<string[]> {
  const { code, body } = await space.api.call("POST", `${space.path(resource)}?dryRun=All`, object);
  expect(code, JSON.stringify(body)).toBe(422);
  return body.details.causes.map(({ field, message }: AnyObject) => `${field}: ${message}`).sort();
}
