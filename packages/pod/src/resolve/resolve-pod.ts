import type {
  Container,
  ContainerKind,
  Pod,
  PodNotice,
  ResolvedContainer,
  ResolvedPod,
  ResolvedValue,
  ResolvedVolume,
  RestartPolicy,
} from "@vkubelet/core";
import { type Environment, resolveEnvironment, serviceEnvironment } from "../environment/environment.ts";
import { expandValue } from "../environment/expansion.ts";
import { imagePullPolicyOf } from "../images/image-pull-policy.ts";
import { imageFault } from "../images/image-reference.ts";
import { resolvePullCredentials } from "../images/pull-credentials.ts";
import { defaultGracePeriodSeconds } from "../lifecycle/grace-period.ts";
import { hostnameOf } from "../network/hostname.ts";
import { resolveNetwork } from "../network/pod-network.ts";
import { containerResources, parseResourceList } from "../quantity/resources.ts";
import { resolveMounts } from "../volumes/mounts.ts";
import { resolveVolumes } from "../volumes/volumes.ts";
import { type ContainerScope, namespaceOf, Resolution, type ResolveInputs } from "./resolution.ts";
import type { ResolveWait } from "./resolve-wait.ts";

/** Either a pod that a provider can create, or everything that it still waits for. */
export type ResolveOutcome =
  | { readonly type: "resolved"; readonly pod: ResolvedPod; readonly warnings: readonly PodNotice[] }
  | { readonly type: "waiting"; readonly waits: readonly ResolveWait[] };

/**
 * Fills in everything about `pod` that only a cluster knows. Pure: the same pod and inputs give the same outcome, and
 * a pod resolved before does not follow later changes (N6).
 * What a later change of other objects can mend is `waiting`, all of it at once. Throws `InvalidInput`, with an issue
 * for every field, for what can never work.
 */
export function resolvePod(pod: Pod, inputs: ResolveInputs): ResolveOutcome {
  const resolution = new Resolution();
  const network = resolveNetwork(pod, inputs, resolution);
  const { name = "", uid = "" } = pod.metadata ?? {};
  if (name === "") resolution.issue("metadata.name", "is missing");
  if (uid === "") resolution.issue("metadata.uid", "is missing");

  const volumes = resolveVolumes(pod, inputs, resolution);
  const services = serviceEnvironment(pod, inputs.services);
  const resolveAll = (field: "initContainers" | "containers") =>
    (pod.spec?.[field] ?? []).map((container, index) => {
      const path = `spec.${field}[${index}]`;
      const scope = { pod, container, path, inputs, services, resolution };
      return resolveContainer(
        scope,
        field === "containers" ? "main" : initKind(container),
        network.kernelHostname,
        volumes,
      );
    });
  const initContainers = resolveAll("initContainers");
  const containers = resolveAll("containers");
  if (containers.length === 0) resolution.issue("spec.containers", "is empty");
  checkPodLevelLists(pod, resolution);
  const pullCredentials = resolvePullCredentials(pod, inputs, resolution);

  resolution.throwIssues(`pod ${namespaceOf(pod)}/${name}`);
  if (resolution.waits.length > 0) return { type: "waiting", waits: resolution.waits };
  return {
    type: "resolved",
    warnings: resolution.warnings,
    pod: {
      ref: { namespace: namespaceOf(pod), name, uid },
      attempt: inputs.attempt,
      pod,
      initContainers,
      containers,
      volumes,
      pullCredentials,
      restartPolicy: pod.spec?.restartPolicy ?? "Always",
      terminationGracePeriodSeconds: gracePeriodOf(pod),
      hostname: hostnameOf(pod),
      network,
    },
  };
}

function checkPodLevelLists({ spec }: Pod, resolution: Resolution): void {
  resolution.attempt("spec", () => parseResourceList(spec?.resources?.requests, "resources.requests"));
  resolution.attempt("spec", () => parseResourceList(spec?.resources?.limits, "resources.limits"));
  resolution.attempt("spec", () => parseResourceList(spec?.overhead, "overhead"));
}

function resolveContainer(
  scope: ContainerScope,
  kind: ContainerKind,
  hostname: string,
  volumes: readonly ResolvedVolume[],
): ResolvedContainer {
  const { container, path, resolution } = scope;
  const fault = scope.inputs.runsImages ? imageFault(container.image ?? "") : undefined;
  if (fault !== undefined) resolution.waitForImage(container.name, fault);
  const environment = resolveEnvironment(scope, hostname);
  const command = expandAll(container.command, environment);
  const args = expandAll(container.args, environment);
  return {
    name: container.name,
    kind,
    image: container.image ?? "",
    imagePullPolicy: imagePullPolicyOf(container),
    ...(command && { command }),
    ...(args && { args }),
    ...(container.workingDir && { workingDir: container.workingDir }),
    env: environment.variables,
    resources: resolution.attempt(path, () => containerResources(container)) ?? { requests: {}, limits: {} },
    mounts: resolveMounts(scope, environment, volumes),
    restartPolicy: restartPolicyOf(scope.pod, container, kind),
  };
}

/** Elements with `$(NAME)` filled in; an empty list equals none (V1). */
function expandAll(
  elements: readonly string[] | undefined,
  environment: Environment,
): readonly ResolvedValue[] | undefined {
  if (!elements || elements.length === 0) return undefined;
  return elements.map((element) => expandValue(element, (name) => environment.lookup(name)));
}

function initKind(container: Container): ContainerKind {
  return container.restartPolicy === "Always" ? "sidecar" : "init";
}

/** An init container that succeeded is never run again, so that Always means OnFailure for it (I2). */
function restartPolicyOf(pod: Pod, container: Container, kind: ContainerKind): RestartPolicy {
  const policy = container.restartPolicy ?? pod.spec?.restartPolicy ?? "Always";
  return kind === "init" && policy === "Always" ? "OnFailure" : policy;
}

/** A negative period means one second (U2). */
function gracePeriodOf(pod: Pod): number {
  const seconds = pod.spec?.terminationGracePeriodSeconds ?? defaultGracePeriodSeconds;
  return seconds < 0 ? 1 : seconds;
}
