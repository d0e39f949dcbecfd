import type { Container, EnvFromSource, ResourceList, VolumeMount } from "@vkubelet/core";

/** A probe as it stands in a manifest: `{ httpGet: { path: "/", port: 80 } }`. */
export type ProbeJson = Readonly<Record<string, unknown>>;

/** Something that a variable takes its value from. */
export type VariableSource =
  | { readonly configMap: string; readonly key: string }
  | { readonly secret: string; readonly key: string }
  | { readonly field: string };

/**
 * Builds a container step by step. Each step leaves the builder as it is and returns another, so that a common start
 * can be shared by tests. `build` gives plain JSON, with nothing but what was said.
 */
export class ContainerBuilder {
  readonly #container: Container;

  constructor(container: Container) {
    this.#container = container;
  }

  /** Any other fields; lists and maps replace what was there. */
  with(fields: Partial<Container>): ContainerBuilder {
    return new ContainerBuilder({ ...this.#container, ...fields });
  }

  command(...words: readonly string[]): ContainerBuilder {
    return this.with({ command: words });
  }

  args(...words: readonly string[]): ContainerBuilder {
    return this.with({ args: words });
  }

  /** Adds variables, in the order of the keys. */
  env(variables: Readonly<Record<string, string | VariableSource>>): ContainerBuilder {
    const added = Object.entries(variables).map(([name, value]) =>
      typeof value === "string" ? { name, value } : { name, valueFrom: sourceOf(value) },
    );
    return this.with({ env: [...(this.#container.env ?? []), ...added] });
  }

  /** Adds all keys of a ConfigMap or Secret. */
  envFrom(
    source: { readonly configMap: string } | { readonly secret: string },
    prefix?: string,
  ): ContainerBuilder {
    const added: EnvFromSource = {
      ...(prefix !== undefined && { prefix }),
      ...("configMap" in source
        ? { configMapRef: { name: source.configMap } }
        : { secretRef: { name: source.secret } }),
    };
    return this.with({ envFrom: [...(this.#container.envFrom ?? []), added] });
  }

  requests(amounts: ResourceList): ContainerBuilder {
    return this.with({ resources: { ...this.#container.resources, requests: amounts } });
  }

  limits(amounts: ResourceList): ContainerBuilder {
    return this.with({ resources: { ...this.#container.resources, limits: amounts } });
  }

  livenessProbe(probe: ProbeJson): ContainerBuilder {
    return this.with({ livenessProbe: probe });
  }

  readinessProbe(probe: ProbeJson): ContainerBuilder {
    return this.with({ readinessProbe: probe });
  }

  startupProbe(probe: ProbeJson): ContainerBuilder {
    return this.with({ startupProbe: probe });
  }

  /** Adds a port. */
  port(containerPort: number, name?: string): ContainerBuilder {
    const port = { containerPort, ...(name !== undefined && { name }) };
    return this.with({ ports: [...(this.#container.ports ?? []), port] });
  }

  /** Mounts a volume of the pod. */
  mount(
    volume: string,
    mountPath: string,
    more: Partial<Omit<VolumeMount, "name" | "mountPath">> = {},
  ): ContainerBuilder {
    const mount = { name: volume, mountPath, ...more };
    return this.with({ volumeMounts: [...(this.#container.volumeMounts ?? []), mount] });
  }

  build(): Container {
    return structuredClone(this.#container);
  }
}

/** A container with a name and an image, and nothing else yet. */
export function containerBuilder(name: string, image: string): ContainerBuilder {
  return new ContainerBuilder({ name, image });
}

function sourceOf(source: VariableSource) {
  if ("field" in source) return { fieldRef: { fieldPath: source.field } };
  if ("configMap" in source) return { configMapKeyRef: { name: source.configMap, key: source.key } };
  return { secretKeyRef: { name: source.secret, key: source.key } };
}
