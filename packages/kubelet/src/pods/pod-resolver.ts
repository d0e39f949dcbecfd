import type { Clock, ConfigMap, Logger, Pod, PodRef, ResourceList, Secret, Service } from "@vkubelet/core";
import { type NodeDns, type ResolveOutcome, referencesOf, resolvePod } from "@vkubelet/pod";
import { startDeadline } from "../api/deadline.ts";
import type { KubeApiClient } from "../api/kube-api-client.ts";
import type { KubeObject } from "../api/kube-object.ts";
import { createObjectWatcher, type HeldObject, type ObjectWatcher } from "../api/object-watcher.ts";
import { createReflector, type Reflector } from "../api/reflector.ts";
import { TokenSource } from "./token-source.ts";

/** Options of {@link PodResolver}. */
export interface PodResolverOptions {
  readonly client: KubeApiClient;
  readonly clock: Clock;
  readonly logger: Logger;
  /** What a missing limit falls back to in the downward API. */
  readonly nodeAllocatable: () => ResourceList;
  readonly clusterDomain: string | undefined;
  readonly dns: NodeDns | undefined;
  /** Whether names of images matter to the backend. */
  readonly runsImages: boolean;
  /** Told when an object that the pod refers to appeared, changed or went. */
  readonly onChange: (uid: string) => void;
  /** From 0 to below 1, for the times at which tokens are due. */
  readonly random: () => number;
}

/** A resolution, and what of the pod's objects it saw (see {@link PodResolver.revisionOf}). */
export type Resolved = ResolveOutcome & { readonly revision: number };

/** How long the first look at an object may take before the pod says why it waits. */
const firstLookMs = 10_000;

interface Holds {
  readonly configMaps: Map<string, HeldObject<ConfigMap & KubeObject>>;
  readonly secrets: Map<string, HeldObject<Secret & KubeObject>>;
  /** Grows with every change of one of them. */
  revision: number;
  /** What is immutable stays for the pod as it was first seen, even if made anew under the same name (C5). */
  readonly immutable: Map<string, KubeObject>;
}

/** Those of all pods that refer to nothing, which are most on a node of many. */
const noHolds: Holds = { configMaps: new Map(), secrets: new Map(), immutable: new Map(), revision: 0 };

/**
 * Fetches what pods refer to, and nothing else: each ConfigMap and Secret is watched by name for as long as a pod
 * holds it, Services are listed once and watched (L3), tokens are requested when a pod is about to be created.
 * The resolution itself is pure and stands in `@vkubelet/pod`.
 */
export class PodResolver {
  readonly #options: PodResolverOptions;
  readonly #configMaps: ObjectWatcher<ConfigMap & KubeObject>;
  readonly #secrets: ObjectWatcher<Secret & KubeObject>;
  readonly #services: Reflector<Service & KubeObject>;
  /** The Services that pods of a namespace see, until one changes. */
  readonly #visibleServices = new Map<string, readonly (Service & KubeObject)[]>();
  readonly #holds = new Map<string, Holds>();
  readonly #tokens: TokenSource;
  readonly #users = new Map<string, Set<string>>();
  readonly #abort = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(options: PodResolverOptions) {
    this.#options = options;
    const { client, clock, logger, random } = options;
    this.#tokens = new TokenSource({ client, clock, logger, random });
    const watch = <T extends KubeObject>(resource: string) =>
      createObjectWatcher<T>({
        client,
        resource,
        clock,
        logger,
        onChange: (namespace, name) => this.#changed(`${resource}/${namespace}/${name}`),
      });
    this.#configMaps = watch<ConfigMap & KubeObject>("configmaps");
    this.#secrets = watch<Secret & KubeObject>("secrets");
    this.#services = createReflector<Service & KubeObject>({
      client,
      path: "/api/v1/services",
      clock,
      logger,
      onChange: () => this.#visibleServices.clear(),
    });
  }

  start(): void {
    this.#running = this.#services.run(this.#abort.signal);
    // Ends by rejection when the kubelet stops before the first list.
    this.#services.hasSynced.catch(() => {});
  }

  async stop(): Promise<void> {
    this.#abort.abort(new Error("the kubelet stops"));
    this.#configMaps[Symbol.dispose]();
    this.#secrets[Symbol.dispose]();
    await this.#running;
  }

  /** Resolves the pod from what the cluster holds now. Waits for the first look at each object, never for its existence. */
  async resolve(pod: Pod, attempt: number, signal: AbortSignal): Promise<Resolved> {
    const { nodeAllocatable, clusterDomain, dns, runsImages } = this.#options;
    const references = referencesOf(pod);
    const holds = this.#hold(pod, references.configMaps, references.secrets);
    await this.#firstLook(holds, signal);
    const token = await this.#tokens.provide(pod, references.tokens, signal);
    const namespace = pod.metadata?.namespace ?? "";
    const outcome = resolvePod(pod, {
      attempt,
      configMap: (name) => presentOf(holds, `configmap/${name}`, holds.configMaps.get(name)),
      secret: (name) => presentOf(holds, `secret/${name}`, holds.secrets.get(name)),
      services: this.#servicesFor(namespace),
      nodeAllocatable: nodeAllocatable(),
      clusterDomain,
      dns,
      runsImages,
      token,
    });
    return { ...outcome, revision: holds.revision };
  }

  /** Another number than before whenever an object that the pod refers to has changed. */
  revisionOf(uid: string): number {
    return (this.#holds.get(uid) ?? noHolds).revision;
  }

  /** When the first of the pod's tokens is due, by the monotonic clock; undefined when none ever is. */
  tokenDueAt(uid: string): number | undefined {
    return this.#tokens.dueAt(uid);
  }

  #servicesFor(namespace: string): readonly Service[] {
    const known = this.#visibleServices.get(namespace);
    if (known !== undefined) return known;
    const visible = [...this.#services.store.values()].filter((service) => isVisible(service, namespace));
    this.#visibleServices.set(namespace, visible);
    return visible;
  }

  /** The pod needs its objects no more. */
  release(ref: PodRef): void {
    this.#tokens.forget(ref.uid);
    const holds = this.#holds.get(ref.uid);
    if (holds === undefined) return;
    this.#holds.delete(ref.uid);
    for (const [resource, objects] of [
      ["configmaps", holds.configMaps],
      ["secrets", holds.secrets],
    ] as const) {
      for (const [name, object] of objects) {
        object.release();
        const key = `${resource}/${ref.namespace}/${name}`;
        const users = this.#users.get(key);
        users?.delete(ref.uid);
        if (users?.size === 0) this.#users.delete(key);
      }
    }
  }

  /** Waits until each object was looked at once, but not for ever: then what is in the way is thrown. */
  async #firstLook(holds: Holds, signal: AbortSignal): Promise<void> {
    const held = [...holds.configMaps.values(), ...holds.secrets.values()];
    const isKnown = held.every((object) => object.state().kind !== "pending");
    if (isKnown && this.#services.status().synced) return signal.throwIfAborted();
    const deadline = startDeadline(this.#options.clock, firstLookMs, signal);
    try {
      await Promise.all(held.map((object) => object.settled(deadline.signal)));
      await this.#servicesSynced(deadline.signal);
    } catch (error) {
      if (!deadline.exceeded || signal.aborted) throw error;
      throw new Error(this.#obstacles(holds).join("; "), { cause: error });
    } finally {
      deadline[Symbol.dispose]();
    }
  }

  #obstacles(holds: Holds): readonly string[] {
    const unanswered = "no answer from the API server yet";
    const named = (kind: string, objects: Holds["configMaps"] | Holds["secrets"]) =>
      [...objects].flatMap(([name, object]) => {
        const state = object.state();
        return state.kind === "pending" ? [`${kind} "${name}": ${state.lastError ?? unanswered}`] : [];
      });
    const { synced, lastError } = this.#services.status();
    return [
      ...named("configmap", holds.configMaps),
      ...named("secret", holds.secrets),
      ...(synced ? [] : [`services: ${lastError?.message ?? unanswered}`]),
    ];
  }

  #hold(pod: Pod, configMaps: readonly string[], secrets: readonly string[]): Holds {
    const uid = pod.metadata?.uid ?? "";
    const namespace = pod.metadata?.namespace ?? "";
    const known = this.#holds.get(uid);
    if (known === undefined && configMaps.length === 0 && secrets.length === 0) return noHolds;
    const holds: Holds = known ?? {
      configMaps: new Map(),
      secrets: new Map(),
      immutable: new Map(),
      revision: 0,
    };
    this.#holds.set(uid, holds);
    const use = (key: string) => {
      const users = this.#users.get(key) ?? new Set<string>();
      this.#users.set(key, users.add(uid));
    };
    for (const name of configMaps) {
      if (holds.configMaps.has(name)) continue;
      use(`configmaps/${namespace}/${name}`);
      holds.configMaps.set(name, this.#configMaps.acquire(namespace, name));
    }
    for (const name of secrets) {
      if (holds.secrets.has(name)) continue;
      use(`secrets/${namespace}/${name}`);
      holds.secrets.set(name, this.#secrets.acquire(namespace, name));
    }
    return holds;
  }

  #changed(key: string): void {
    for (const uid of this.#users.get(key) ?? []) {
      const holds = this.#holds.get(uid);
      if (holds !== undefined) holds.revision += 1;
      this.#options.onChange(uid);
    }
  }

  async #servicesSynced(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const onAbort = () => aborted.reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await Promise.race([this.#services.hasSynced, aborted.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }
}

function isVisible(service: Service & KubeObject, namespace: string): boolean {
  const { namespace: own, name } = service.metadata ?? {};
  return own === namespace || (own === "default" && name === "kubernetes");
}

function presentOf<T extends KubeObject>(
  { immutable }: Holds,
  key: string,
  held: HeldObject<T> | undefined,
): T | undefined {
  const kept = immutable.get(key);
  if (kept !== undefined) return kept as T;
  const state = held?.state();
  if (state?.kind !== "present") return undefined;
  if ((state.object as { readonly immutable?: boolean }).immutable === true) immutable.set(key, state.object);
  return state.object;
}
