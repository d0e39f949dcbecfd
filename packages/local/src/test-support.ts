import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Container,
  type LogLine,
  type LogOptions,
  type PodContext,
  type PodNotice,
  type PodObservation,
  type PodSpec,
  type Provider,
  plainValue,
  type ResolvedContainer,
  type ResolvedPod,
  silentLogger,
  systemClock,
} from "@vkubelet/core";

/** A directory that is removed when the scope ends. */
export async function temporaryDirectory(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "vkubelet-local-"));
  // What was killed a moment ago may still write its last words.
  const options = { recursive: true, force: true, maxRetries: 20, retryDelay: 50 };
  return { path, [Symbol.asyncDispose]: () => rm(path, options) };
}

/** A container that runs `script` in a shell. */
export function shell(name: string, script: string, fields: Partial<Container> = {}): Container {
  return { name, image: "busybox", command: ["/bin/sh", "-c", script], ...fields };
}

/** A pod resolved as the host would, as far as tests need it. */
export function resolved(uid: string, spec: PodSpec, overrides: Partial<ResolvedPod> = {}): ResolvedPod {
  const container =
    (kind: "init" | "main") =>
    (source: Container): ResolvedContainer => {
      const policy = source.restartPolicy ?? spec.restartPolicy ?? "Always";
      const sidecar = kind === "init" && source.restartPolicy === "Always";
      return {
        name: source.name,
        kind: sidecar ? "sidecar" : kind,
        image: source.image ?? "",
        imagePullPolicy: "IfNotPresent",
        ...(source.command === undefined ? {} : { command: source.command.map(plainValue) }),
        ...(source.args === undefined ? {} : { args: source.args.map(plainValue) }),
        ...(source.workingDir === undefined ? {} : { workingDir: source.workingDir }),
        env: (source.env ?? []).map(({ name, value }) => ({
          name,
          value: plainValue(value ?? ""),
          source: "literal",
        })),
        resources: { requests: {}, limits: {} },
        mounts: (source.volumeMounts ?? []).map((mount) => ({
          volume: mount.name,
          mountPath: mount.mountPath,
          readOnly: mount.readOnly ?? false,
          ...(mount.subPath === undefined ? {} : { subPath: mount.subPath }),
        })),
        restartPolicy: kind === "init" && !sidecar && policy === "Always" ? "OnFailure" : policy,
      };
    };
  return {
    ref: { namespace: "default", name: uid, uid },
    attempt: 0,
    pod: { metadata: { name: uid, namespace: "default", uid }, spec },
    initContainers: (spec.initContainers ?? []).map(container("init")),
    containers: spec.containers.map(container("main")),
    volumes: (spec.volumes ?? []).map((volume) =>
      volume.hostPath === undefined
        ? { name: volume.name, type: "emptyDir", medium: "" }
        : { name: volume.name, type: "reference", kind: "hostPath", source: { ...volume.hostPath } },
    ),
    pullCredentials: [],
    restartPolicy: spec.restartPolicy ?? "Always",
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
    hostname: uid,
    network: { kernelHostname: uid, hostAliases: [] },
    ...overrides,
  };
}

/** A context whose notices are kept. */
export function testContext(
  signal: AbortSignal = new AbortController().signal,
): PodContext & { notices: PodNotice[] } {
  const notices: PodNotice[] = [];
  return {
    signal,
    logger: silentLogger,
    clock: systemClock,
    record: { read: () => ({}), write: async () => {} },
    notify: (notice) => notices.push(notice),
    notices,
  };
}

/** The first observation of the pod that `accept` takes; waits for events, not for time. */
export async function observed(
  provider: Provider,
  uid: string,
  accept: (observation: PodObservation) => boolean,
): Promise<PodObservation> {
  for await (const observation of provider.watchPods?.(testContext()) ?? []) {
    if (observation.ref.uid === uid && accept(observation)) return observation;
  }
  throw new Error(`the watch ended before pod ${uid} came to the state waited for`);
}

/** The state of one container in an observation. */
export function stateOf(observation: PodObservation, name: string): string {
  return observation.containers.find((container) => container.name === name)?.state.type ?? "absent";
}

/** Lines of output as text. */
export async function linesOf(
  provider: Provider,
  uid: string,
  container: string,
  options: Partial<LogOptions> = {},
  context: PodContext = testContext(),
): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of logsOf(provider, uid, container, options, context)) {
    lines.push(Buffer.from(line.bytes).toString());
  }
  return lines;
}

export function logsOf(
  provider: Provider,
  uid: string,
  container: string,
  options: Partial<LogOptions> = {},
  context: PodContext = testContext(),
): AsyncIterable<LogLine> {
  if (provider.logs === undefined) throw new Error("the provider has no logs");
  return provider.logs(
    { namespace: "default", name: uid, uid, container },
    { follow: false, previous: false, ...options },
    context,
  );
}
