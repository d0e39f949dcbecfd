import type {
  Container,
  LogOptions,
  Pod,
  PodObservation,
  PodSpec,
  Provider,
  ResolvedPod,
} from "@vkubelet/core";
import { createNomadProvider } from "@vkubelet/nomad";
import { type ResolveInputs, resolvePod } from "@vkubelet/pod";
import { type DockerEngine, type NomadAgent, startDockerEngine, startNomad } from "@vkubelet-tools/peers";
import { Observer, podContext } from "./nomad-fixtures.ts";

/** Nomad collects the output of Docker containers in a process of its own, which may write after the end was told. */
export const collected = { timeout: 20_000 };

/** It is attached after the start, and finds nothing of a container that is gone by then. */
export const linger = "sleep 1";

export const ended = (observation: PodObservation): boolean => observation.state === "ended";

export const binary: Uint8Array = Uint8Array.from([0, 255, 10, 128]);

/** What a pod refers to, where it is not what the tests have in common. */
type Objects = Partial<Pick<ResolveInputs, "secret" | "configMap">>;

/** A Docker engine, a Nomad agent that has it, and a provider whose pods become containers there. */
export class NomadDocker implements AsyncDisposable {
  static readonly nodeName = "vk-docker";
  readonly docker: DockerEngine;
  readonly agent: NomadAgent;
  readonly provider: Provider;
  readonly context = podContext(new AbortController().signal);
  observer: Observer;
  #count = 0;

  private constructor(docker: DockerEngine, agent: NomadAgent) {
    this.docker = docker;
    this.agent = agent;
    const { nodeName } = NomadDocker;
    this.provider = createNomadProvider({ nodeName, address: agent.address, network: "host" });
    this.observer = new Observer(this.provider, this.context);
  }

  static async start(): Promise<NomadDocker> {
    const docker = await startDockerEngine();
    try {
      return new NomadDocker(docker, await startNomad({ dockerEndpoint: docker.host }));
    } catch (error) {
      await docker.stop();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.observer.stop();
    await this.agent.stop();
    await this.docker.stop();
  }

  /** Ends the agent alone and starts it again; what was observed is forgotten. */
  async restartAgent(): Promise<void> {
    await this.observer.stop();
    await this.agent.pause();
    await this.agent.start();
    this.observer = new Observer(this.provider, this.context);
  }

  /** The pod as a host resolves it. */
  resolve(spec: PodSpec, objects: Objects = {}): ResolvedPod {
    this.#count += 1;
    return resolved(this.#podOf(spec), objects);
  }

  /** The same pod, as a host resolves it when the objects that it refers to have changed. */
  resolveAgain({ pod }: ResolvedPod, objects: Objects): ResolvedPod {
    return resolved(pod, objects);
  }

  #podOf(spec: PodSpec): Pod {
    return {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name: `pod-${this.#count}`,
        namespace: "team",
        uid: `0d0c0000-0000-4000-8000-${String(this.#count).padStart(12, "0")}`,
        labels: { app: "web" },
      },
      spec,
    };
  }

  /** A container that runs a shell script, of the engine's own image unless `rest` says otherwise. */
  container(name: string, script: string, rest: Partial<Container> = {}): Container {
    return {
      name,
      image: this.docker.busyboxImage,
      imagePullPolicy: "IfNotPresent",
      command: ["/bin/sh", "-c"],
      args: [script],
      ...rest,
    };
  }

  async create(pod: ResolvedPod): Promise<ResolvedPod> {
    await this.provider.createPod(pod, this.context);
    return pod;
  }

  /** The end of the pod. */
  async end({ ref }: ResolvedPod): Promise<PodObservation> {
    return await this.observer.until(ref, ended, "the end");
  }

  async run(spec: PodSpec): Promise<{ readonly pod: ResolvedPod; readonly observation: PodObservation }> {
    const pod = await this.create(this.resolve(spec));
    return { pod, observation: await this.end(pod) };
  }

  async read({ ref }: ResolvedPod, container: string): Promise<readonly string[]> {
    const lines: string[] = [];
    const options: LogOptions = { follow: false, previous: false };
    for await (const line of this.provider.logs?.({ ...ref, container }, options, this.context) ?? []) {
      lines.push(Buffer.from(line.bytes).toString());
    }
    return lines;
  }
}

function resolved(pod: Pod, objects: Objects): ResolvedPod {
  const outcome = resolvePod(pod, {
    attempt: 0,
    configMap: () => ({
      data: { "app.conf": "a = {{ x }}\n", empty: "" },
      binaryData: { bin: base64(binary) },
    }),
    secret: () => secretOf("geheim"),
    services: [],
    nodeAllocatable: { cpu: "4", memory: "8Gi" },
    token: () => undefined,
    ...objects,
  });
  if (outcome.type !== "resolved") throw new Error(JSON.stringify(outcome));
  return outcome.pod;
}

/** A Secret with a password, and a value that is no text. */
export function secretOf(password: string): { readonly data: Readonly<Record<string, string>> } {
  return { data: { password: btoa(password), raw: base64(binary) } };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}
