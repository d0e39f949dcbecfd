import {
  type CallContext,
  type Container,
  type ContainerObservation,
  type EnvSource,
  type Pod,
  type PodContext,
  type PodNotice,
  type PodObservation,
  type PodRef,
  type PodSpec,
  type Provider,
  plainValue,
  type ResolvedContainer,
  type ResolvedPod,
  silentLogger,
  systemClock,
} from "@vkubelet/core";

let count = 0;

/** A pod of raw_exec tasks, resolved as the host would do it; variables named SECRET_* come from a Secret. */
export function resolvedPod(spec: PodSpec, name = "pod"): ResolvedPod {
  count += 1;
  const uid = `00000000-0000-4000-8000-${String(Date.now() % 1e8).padStart(8, "0")}${String(count).padStart(4, "0")}`;
  const restartPolicy = spec.restartPolicy ?? "Always";
  const pod: Pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default", uid },
    spec,
  };
  const resolve = (container: Container, init: boolean): ResolvedContainer => {
    const sidecar = init && container.restartPolicy === "Always";
    return {
      name: container.name,
      kind: sidecar ? "sidecar" : init ? "init" : "main",
      image: container.image ?? "",
      imagePullPolicy: "IfNotPresent",
      ...(container.command === undefined ? {} : { command: container.command.map(plainValue) }),
      ...(container.args === undefined ? {} : { args: container.args.map(plainValue) }),
      env: (container.env ?? []).map((variable) => {
        const secret = variable.name.startsWith("SECRET_");
        const source: EnvSource = secret ? "secret" : "literal";
        return { name: variable.name, value: { parts: [variable.value ?? ""], secret }, source };
      }),
      resources: { requests: { cpu: "10m", memory: "16Mi" }, limits: {} },
      mounts: [],
      restartPolicy: sidecar ? "Always" : init && restartPolicy === "Always" ? "OnFailure" : restartPolicy,
    };
  };
  return {
    ref: { namespace: "default", name, uid },
    attempt: 0,
    pod,
    initContainers: (spec.initContainers ?? []).map((container) => resolve(container, true)),
    containers: spec.containers.map((container) => resolve(container, false)),
    volumes: [],
    pullCredentials: [],
    restartPolicy,
    terminationGracePeriodSeconds: spec.terminationGracePeriodSeconds ?? 30,
    hostname: name,
    network: {
      kernelHostname: name,
      hostAliases: (spec as { hostAliases?: ResolvedPod["network"]["hostAliases"] }).hostAliases ?? [],
    },
  };
}

/** A container that runs a shell script. */
export function shell(name: string, script: string, rest: Partial<Container> = {}): Container {
  return { name, image: "unused", command: ["/bin/sh", "-c", script], ...rest };
}

export function podContext(signal: AbortSignal, notices: PodNotice[] = []): PodContext {
  return {
    signal,
    logger: silentLogger,
    clock: systemClock,
    notify: (notice) => {
      notices.push(notice);
    },
    record: { read: () => undefined, write: () => Promise.resolve() },
  };
}

/** The part of a host that watches: keeps the latest observation of each pod, by version. */
export class Observer {
  readonly history = new Map<string, PodObservation[]>();
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  failure: unknown;

  constructor(provider: Provider, context: CallContext) {
    const signal = AbortSignal.any([context.signal, this.#stop.signal]);
    this.#done = this.#run(provider, { ...context, signal });
  }

  async #run(provider: Provider, context: CallContext): Promise<void> {
    try {
      for await (const observation of provider.watchPods?.(context) ?? []) this.#add(observation);
    } catch (error) {
      if (!context.signal.aborted) this.failure = error;
    }
  }

  #add(observation: PodObservation): void {
    const known = this.history.get(observation.ref.uid) ?? [];
    const last = known.at(-1);
    if (last === undefined || observation.version > last.version) known.push(observation);
    this.history.set(observation.ref.uid, known);
  }

  latest(ref: PodRef): PodObservation | undefined {
    return this.history.get(ref.uid)?.at(-1);
  }

  async until(
    ref: PodRef,
    condition: (observation: PodObservation) => boolean,
    what: string,
    seconds = 60,
  ): Promise<PodObservation> {
    const deadline = Date.now() + seconds * 1_000;
    for (;;) {
      const found = this.history.get(ref.uid)?.find(condition);
      if (found !== undefined) return found;
      if (this.failure !== undefined) throw this.failure;
      if (Date.now() > deadline) {
        throw new Error(`${what} was not seen; last: ${JSON.stringify(this.latest(ref), undefined, 1)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Error("observer stopped"));
    await this.#done;
  }
}

export function container(observation: PodObservation, name: string): ContainerObservation {
  const found = observation.containers.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no container ${name} in ${JSON.stringify(observation)}`);
  return found;
}

export function exitCode(observation: PodObservation, name: string): number | undefined {
  const { state } = container(observation, name);
  return state.type === "terminated" ? state.exitCode : undefined;
}
