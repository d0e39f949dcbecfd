import type { KubeObject } from "@vkubelet/cluster";
import type { Client } from "../client.ts";
import type { DemoNode } from "../demo-node.ts";
import { summarizePod } from "../summaries.ts";
import { waitFor } from "../wait-for.ts";
import type { Target } from "../workloads.ts";
import { CheckError } from "./check.ts";

const stepTimeoutMs = 30_000;

/** One step of the tour on one node: its place in the cluster, and what a step needs to look and wait. */
export class Trial {
  readonly client: Client;
  readonly node: DemoNode;
  readonly target: Target;
  readonly signal: AbortSignal;

  constructor(client: Client, node: DemoNode, signal: AbortSignal) {
    this.client = client;
    this.node = node;
    this.target = { name: node.name, image: node.image, namespace: `tour-${node.kind}` };
    this.signal = signal;
  }

  get namespace(): string {
    return this.target.namespace;
  }

  async apply(...objects: readonly KubeObject[]): Promise<void> {
    for (const object of objects) await this.client.create(object);
  }

  /** The object once `accept` takes it; {@link CheckError} with what was seen last when the time is up. */
  async until(
    what: string,
    kind: string,
    name: string,
    accept: (object: KubeObject) => boolean,
  ): Promise<KubeObject> {
    let last: KubeObject | undefined;
    const found = await this.#wait(async () => {
      last = await this.client.get(kind, this.namespace, name);
      return last !== undefined && accept(last) ? last : undefined;
    });
    if (found === undefined) throw new CheckError(`${kind} ${name}`, what, glance(last));
    return found;
  }

  /** The node itself once `accept` takes it. */
  async untilNode(what: string, name: string, accept: (object: KubeObject) => boolean): Promise<KubeObject> {
    let last: KubeObject | undefined;
    const found = await this.#wait(async () => {
      last = await this.client.get("Node", undefined, name);
      return last !== undefined && accept(last) ? last : undefined;
    });
    if (found === undefined) throw new CheckError(`Node ${name}`, what, last?.status?.conditions);
    return found;
  }

  /** The pods of the selector once `accept` takes them all together. */
  async untilPods(
    what: string,
    selector: string,
    accept: (pods: readonly KubeObject[]) => boolean,
  ): Promise<readonly KubeObject[]> {
    let last: readonly KubeObject[] = [];
    const found = await this.#wait(async () => {
      last = await this.client.list("Pod", this.namespace, selector);
      return accept(last) ? last : undefined;
    });
    if (found === undefined) throw new CheckError(`pods ${selector}`, what, last.map(glance));
    return found;
  }

  /** Resolves when the object is gone. */
  async untilGone(kind: string, name: string): Promise<void> {
    let last: KubeObject | undefined;
    const gone = await this.#wait(async () => {
      last = await this.client.get(kind, this.namespace, name);
      return last === undefined ? true : undefined;
    });
    if (gone !== true) throw new CheckError(`${kind} ${name}`, "gone", glance(last));
  }

  /** The log once it is not shorter than `lines`; backends deliver output a moment after a container's end. */
  async log(pod: string, container: string, lines: number): Promise<readonly string[]> {
    let last: readonly string[] = [];
    await this.#wait(async () => {
      last = (await this.client.log(this.namespace, pod, container)).split("\n").slice(0, -1);
      return last.length >= lines ? last : undefined;
    });
    return last;
  }

  #wait<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
    return waitFor(look, { timeoutMs: stepTimeoutMs, signal: this.signal });
  }
}

/** An object in a few words, for a failed check. */
function glance(object: KubeObject | undefined): unknown {
  if (object === undefined) return undefined;
  if (object.kind !== "Pod" && object.status?.phase === undefined) return object.status;
  const { name, node, ready, status, restarts } = summarizePod(object);
  return { name, node, ready, status, restarts, message: object.status?.message };
}

/** The state of one container, init containers included. */
export function containerStatus(pod: KubeObject, name: string): KubeObject["status"] {
  const all = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return all.find((status: { readonly name: string }) => status.name === name);
}

/** Whether the condition is `True`. */
export function hasCondition(object: KubeObject, type: string): boolean {
  return conditionOf(object, type)?.status === "True";
}

/** The condition of that type. */
export function conditionOf(
  object: KubeObject,
  type: string,
): { readonly status: string; readonly reason?: string; readonly message?: string } | undefined {
  return (object.status?.conditions ?? []).find((condition: { type: string }) => condition.type === type);
}

export function hasPhase(...phases: readonly string[]): (pod: KubeObject) => boolean {
  return (pod) => phases.includes(pod.status?.phase);
}
