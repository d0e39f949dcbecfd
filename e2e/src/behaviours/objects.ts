import { stringify } from "yaml";
import { waitFor } from "../wait-for.ts";
import type { NodeUnderTest, Trial } from "./behaviour.ts";

/** A Kubernetes object as JSON, as far as the suite reads it. */
// biome-ignore lint/suspicious/noExplicitAny: test objects are read by path, and a wrong path fails the comparison.
export type AnyObject = any;

/** A pod spec bound to one virtual node, tolerating its taint; containers get the node's image. */
export function podSpec(node: NodeUnderTest, spec: AnyObject): AnyObject {
  const withImage = (containers: readonly AnyObject[] | undefined) =>
    containers?.map((container) => ({ image: node.image, imagePullPolicy: "IfNotPresent", ...container }));
  return {
    nodeSelector: { "kubernetes.io/hostname": node.name },
    tolerations: [{ key: "virtual-kubelet.io/provider", operator: "Exists" }],
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 5,
    ...spec,
    containers: withImage(spec.containers),
    ...(spec.initContainers === undefined ? {} : { initContainers: withImage(spec.initContainers) }),
  };
}

export function shell(script: string): { readonly command: readonly string[] } {
  return { command: ["/bin/sh", "-c", script] };
}

export async function apply(trial: Trial, ...objects: readonly AnyObject[]): Promise<void> {
  const input = objects.map((object) => stringify(object)).join("---\n");
  await kubectl(trial, ["apply", "-f", "-"], input);
}

/** stdout of a kubectl call in the trial's namespace; rejects with stderr when it fails. */
export async function kubectl(trial: Trial, args: readonly string[], input?: string): Promise<string> {
  const result = await trial.cluster.kubectl(
    ["-n", trial.namespace, ...args],
    input === undefined ? {} : { input },
  );
  if (result.code !== 0) throw new Error(`kubectl ${args.join(" ")} failed: ${result.stderr}`);
  return result.stdout;
}

/** Objects of a kind in the trial's namespace. */
export async function list(
  trial: Trial,
  resource: string,
  ...args: readonly string[]
): Promise<readonly AnyObject[]> {
  return JSON.parse(await kubectl(trial, ["get", resource, "-o", "json", ...args])).items;
}

export async function get(trial: Trial, resource: string, name: string): Promise<AnyObject> {
  return JSON.parse(await kubectl(trial, ["get", resource, name, "-o", "json"]));
}

export function waitForPod(
  trial: Trial,
  name: string,
  accept: (pod: AnyObject) => boolean,
  timeoutMs?: number,
): Promise<AnyObject> {
  return waitFor(`pod ${name} on ${trial.node.name}`, () => get(trial, "pod", name), accept, timeoutMs);
}

export function containerStatus(pod: AnyObject, name: string): AnyObject {
  return [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])].find(
    (status) => status.name === name,
  );
}

export function hasPhase(...phases: readonly string[]): (pod: AnyObject) => boolean {
  return (pod) => phases.includes(pod.status?.phase);
}

export function conditionStatus(object: AnyObject, type: string): string {
  return (
    object.status?.conditions?.find((condition: AnyObject) => condition.type === type)?.status ?? "absent"
  );
}
