import {
  type ConfigMap,
  type Container,
  type FieldIssue,
  isProviderError,
  type Pod,
  type PodNotice,
  ProviderError,
  type ResolvedEnvVar,
  type ResourceList,
  type Secret,
  type Service,
} from "@vkubelet/core";
import type { NodeDns } from "../network/pod-dns.ts";
import type { TokenReference } from "./references.ts";
import type { ResolveWait } from "./resolve-wait.ts";

/** What resolving a pod reads besides the pod. Lookups are synchronous: the host has fetched before. */
export interface ResolveInputs {
  /** The run of the pod that is resolved, from 0. */
  readonly attempt: number;
  /** An object of the pod's namespace; undefined where there is none. */
  configMap(name: string): ConfigMap | undefined;
  /** An object of the pod's namespace; undefined where there is none. */
  secret(name: string): Secret | undefined;
  /**
   * Services of the pod's namespace and of `default`; undefined until they were listed once, which makes the pod wait
   * (L3). The list must not change afterwards: what it comes to is kept for the next pod that gets the same list.
   */
  readonly services: readonly Service[] | undefined;
  /** Stands in for limits that are not set (D5). */
  readonly nodeAllocatable: ResourceList;
  /** The domain of the cluster's Services, such as `cluster.local`; without it pods have no full names (H2). */
  readonly clusterDomain?: string | undefined;
  /** Whether a container waits whose image is none (A6). Default: images are not looked at, as for a backend that runs none. */
  readonly runsImages?: boolean;
  /** What the node knows of DNS; without it the resolved pod names no servers, and the backend's resolver serves (H4). */
  readonly dns?: NodeDns | undefined;
  /** A token that was requested before; undefined where there is none yet, which makes the pod wait. */
  token(reference: TokenReference): { readonly token: string; readonly expiresAt: string } | undefined;
}

/** The object that a wait is about. */
export type WaitedObject = NonNullable<ResolveWait["object"]>;

/** What resolving one pod has found so far: nothing stops at the first problem, so that one answer names them all. */
export class Resolution {
  readonly issues: FieldIssue[] = [];
  readonly waits: ResolveWait[] = [];
  readonly warnings: PodNotice[] = [];

  /** Notes a field that can never work. */
  issue(path: string, message: string): void {
    this.issues.push({ path, message });
  }

  /** Runs `action`; what it refuses as `InvalidInput` becomes issues below `path`, and the result is undefined. */
  attempt<Result>(path: string, action: () => Result): Result | undefined {
    try {
      return action();
    } catch (error) {
      if (!isProviderError(error) || error.code !== "InvalidInput") throw error;
      for (const issue of error.issues) this.issue(`${path}.${issue.path}`, issue.message);
      if (error.issues.length === 0) this.issue(path, error.message);
      return undefined;
    }
  }

  /** Notes that a container has to wait for its configuration. */
  waitForContainer(container: string, message: string, object?: WaitedObject): void {
    this.waits.push({ container, reason: "CreateContainerConfigError", message, ...(object && { object }) });
  }

  /** Notes that a container has to wait for another image. */
  waitForImage(container: string, message: string): void {
    this.waits.push({ container, reason: "InvalidImageName", message });
  }

  /** Notes that a volume cannot be set up yet. */
  waitForVolume(volume: string, detail: string, object?: WaitedObject): void {
    const message = `MountVolume.SetUp failed for volume "${volume}" : ${detail}`;
    this.waits.push({ volume, reason: "FailedMount", message, ...(object && { object }) });
  }

  /** Throws `InvalidInput` with all issues, if there are any; the message fits an event. */
  throwIssues(subject: string): void {
    if (this.issues.length === 0) return;
    const list = this.issues.map(({ path, message }) => `${path}: ${message}`).join("; ");
    const message = `${subject} cannot be resolved: ${list}`;
    const shown = message.length < 1000 ? message : `${message.slice(0, 990)}…`;
    throw new ProviderError("InvalidInput", shown, { issues: [...this.issues] });
  }
}

/** One container being resolved. */
export interface ContainerScope {
  readonly pod: Pod;
  readonly container: Container;
  /** `spec.containers[0]` */
  readonly path: string;
  readonly inputs: ResolveInputs;
  /** The same for all containers of the pod. */
  readonly services: ReadonlyMap<string, ResolvedEnvVar>;
  readonly resolution: Resolution;
}

/** The pod's namespace; `default` where it names none. */
export function namespaceOf(pod: Pod): string {
  return pod.metadata?.namespace || "default";
}

/** A container or init container of the pod by name. */
export function containerNamed(pod: Pod, name: string | undefined): Container | undefined {
  return [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find(
    (container) => container.name === name,
  );
}
