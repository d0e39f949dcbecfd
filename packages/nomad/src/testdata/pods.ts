import {
  type Container,
  type PodContext,
  type PodNotice,
  type PodSpec,
  plainValue,
  type ResolvedContainer,
  type ResolvedPod,
  silentLogger,
} from "@vkubelet/core";

/** A resolved container with a command and nothing else. */
export function resolvedContainer(name: string, change: Partial<ResolvedContainer> = {}): ResolvedContainer {
  return {
    name,
    kind: "main",
    image: "registry.example/app:1",
    imagePullPolicy: "IfNotPresent",
    command: [plainValue("/bin/app")],
    env: [],
    resources: { requests: {}, limits: {} },
    mounts: [],
    restartPolicy: "Always",
    ...change,
  };
}

/** A resolved pod of the given containers; the pod's own JSON is made to fit, and `spec` is added to it. */
export function resolvedPod(
  change: Partial<Omit<ResolvedPod, "pod">> & { readonly spec?: Partial<PodSpec> } = {},
): ResolvedPod {
  const { spec = {}, ...rest } = change;
  const initContainers = rest.initContainers ?? [];
  const containers = rest.containers ?? [resolvedContainer("app")];
  const ref = rest.ref ?? { namespace: "team", name: "web", uid: "11111111-2222-4333-8444-555555555555" };
  return {
    attempt: 0,
    volumes: [],
    pullCredentials: [],
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    hostname: ref.name,
    network: { kernelHostname: ref.name, hostAliases: [] },
    ...rest,
    ref,
    initContainers,
    containers,
    pod: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...ref },
      spec: {
        ...(initContainers.length === 0 ? {} : { initContainers: initContainers.map(rawContainer) }),
        containers: containers.map(rawContainer),
        ...spec,
      },
    },
  };
}

function rawContainer(container: ResolvedContainer): Container {
  return { name: container.name, image: container.image };
}

/** A context for calls about one pod, with a clock that never moves. */
export function podContext(
  change: Partial<PodContext> & { readonly notices?: PodNotice[] } = {},
): PodContext {
  const { notices = [], ...rest } = change;
  return {
    signal: new AbortController().signal,
    logger: silentLogger,
    clock: { now: () => 1_767_225_600_000, monotonic: () => 0, sleep: (_, signal) => untilAbort(signal) },
    record: { read: () => undefined, write: () => Promise.resolve() },
    notify: (notice) => {
      notices.push(notice);
    },
    ...rest,
  };
}

function untilAbort(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((_, reject) => {
    if (signal?.aborted) reject(signal.reason);
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
