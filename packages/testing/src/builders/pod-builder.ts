import type { Container, ObjectMeta, Pod, PodSpec, RestartPolicy, Volume } from "@vkubelet/core";
import { testPodUid } from "../test-pod-uid.ts";
import type { ContainerBuilder } from "./container-builder.ts";

/** A container, built or to be built. */
export type ContainerLike = Container | ContainerBuilder;

/**
 * Builds a Pod step by step. Each step leaves the builder as it is and returns another. `build` gives plain JSON, with
 * nothing but what was said: defaults of the API are another concern.
 */
export class PodBuilder {
  readonly #metadata: ObjectMeta;
  readonly #spec: PodSpec;

  constructor(metadata: ObjectMeta, spec: PodSpec) {
    this.#metadata = metadata;
    this.#spec = spec;
  }

  /** Any fields of the metadata. */
  metadata(fields: ObjectMeta): PodBuilder {
    return new PodBuilder({ ...this.#metadata, ...fields }, this.#spec);
  }

  /** Any other fields of the spec, also those that `PodSpec` does not type; lists and maps replace what was there. */
  with(fields: Partial<PodSpec> | Readonly<Record<string, unknown>>): PodBuilder {
    return new PodBuilder(this.#metadata, { ...this.#spec, ...fields });
  }

  namespace(namespace: string): PodBuilder {
    return this.metadata({ namespace });
  }

  /** Adds labels. */
  labels(labels: Readonly<Record<string, string>>): PodBuilder {
    return this.metadata({ labels: { ...this.#metadata.labels, ...labels } });
  }

  /** Adds annotations. */
  annotations(annotations: Readonly<Record<string, string>>): PodBuilder {
    return this.metadata({ annotations: { ...this.#metadata.annotations, ...annotations } });
  }

  /** Adds containers. */
  containers(...added: readonly ContainerLike[]): PodBuilder {
    return this.with({ containers: [...this.#spec.containers, ...added.map(built)] });
  }

  /** Adds init containers. */
  initContainers(...added: readonly ContainerLike[]): PodBuilder {
    return this.with({ initContainers: [...(this.#spec.initContainers ?? []), ...added.map(built)] });
  }

  /** Adds init containers that run as long as the pod (`restartPolicy: Always`). */
  sidecars(...added: readonly ContainerLike[]): PodBuilder {
    return this.initContainers(
      ...added.map((container): Container => ({ ...built(container), restartPolicy: "Always" })),
    );
  }

  restartPolicy(restartPolicy: RestartPolicy): PodBuilder {
    return this.with({ restartPolicy });
  }

  /** Adds volumes of any kind. */
  volumes(...added: readonly Volume[]): PodBuilder {
    return this.with({ volumes: [...(this.#spec.volumes ?? []), ...added] });
  }

  /** Adds an emptyDir. */
  emptyDir(name: string, emptyDir: NonNullable<Volume["emptyDir"]> = {}): PodBuilder {
    return this.volumes({ name, emptyDir });
  }

  /** Adds the files of a ConfigMap. */
  configMapVolume(name: string, configMap: string): PodBuilder {
    return this.volumes({ name, configMap: { name: configMap } });
  }

  /** Adds the files of a Secret. */
  secretVolume(name: string, secret: string): PodBuilder {
    return this.volumes({ name, secret: { secretName: secret } });
  }

  build(): Pod {
    return structuredClone({
      apiVersion: "v1",
      kind: "Pod",
      metadata: this.#metadata,
      spec: this.#spec,
    });
  }
}

/** A pod of namespace `default` with the UID {@link testPodUid}, and no container yet. */
export function podBuilder(name = "web"): PodBuilder {
  return new PodBuilder({ name, namespace: "default", uid: testPodUid }, { containers: [] });
}

function built(container: ContainerLike): Container {
  return "build" in container ? container.build() : container;
}
