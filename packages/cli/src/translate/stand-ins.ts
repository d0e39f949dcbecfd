import type { ConfigMap, Pod, Secret } from "@vkubelet/core";
import type { ResolveInputs } from "@vkubelet/pod";

/** A place of a pod that reads a ConfigMap or Secret. */
interface DataReference {
  readonly kind: "ConfigMap" | "Secret";
  readonly name: string;
  /** Undefined: all keys, whichever there are. */
  readonly keys: readonly string[] | undefined;
  readonly optional: boolean;
}

/** What a pod refers to and the manifests do not hold. */
export interface MissingObject {
  readonly kind: "ConfigMap" | "Secret";
  readonly name: string;
  /** What stands in its place: nothing where every reference is optional. */
  readonly standsIn: boolean;
}

/** Stands for the keys of an object whose keys nobody names. */
const unknownKey = "placeholder";
const token = { token: "<token of the service account>", expiresAt: "9999-12-31T23:59:59Z" };

/**
 * `inputs` in which a placeholder stands for every value of an object that is missing: `<ConfigMap settings: level>`.
 * Where a pod takes all keys, whichever there are, one key `placeholder` stands for them. An object to which every
 * reference is optional stays missing. Tokens are placeholders, too.
 */
export function withStandIns(
  pod: Pod,
  inputs: ResolveInputs,
): { readonly inputs: ResolveInputs; readonly missing: readonly MissingObject[] } {
  const references = [...dataReferences(pod)];
  const named = new Map(references.map(({ kind, name }) => [`${kind} ${name}`, { kind, name }]));
  const missing = [...named.values()]
    .filter(
      ({ kind, name }) => (kind === "Secret" ? inputs.secret(name) : inputs.configMap(name)) === undefined,
    )
    .map(({ kind, name }): MissingObject => {
      const own = references.filter((reference) => reference.kind === kind && reference.name === name);
      return { kind, name, standsIn: own.some(({ optional }) => !optional) };
    });
  const standIn = (kind: MissingObject["kind"], name: string) => {
    if (!missing.some((object) => object.kind === kind && object.name === name && object.standsIn))
      return undefined;
    const own = references.filter((reference) => reference.kind === kind && reference.name === name);
    const keys = new Set(own.flatMap((reference) => reference.keys ?? [unknownKey]));
    return [...keys].map((key) => [key, `<${kind} ${name}: ${key}>`] as const);
  };
  return {
    missing,
    inputs: {
      ...inputs,
      configMap: (name): ConfigMap | undefined => {
        const entries = standIn("ConfigMap", name);
        return entries === undefined ? inputs.configMap(name) : { data: Object.fromEntries(entries) };
      },
      secret: (name): Secret | undefined => {
        const entries = standIn("Secret", name);
        if (entries === undefined) return inputs.secret(name);
        return {
          data: Object.fromEntries(entries.map(([key, text]) => [key, Buffer.from(text).toString("base64")])),
        };
      },
      token: (reference) => inputs.token(reference) ?? token,
    },
  };
}

function* dataReferences({ spec }: Pod): Generator<DataReference> {
  for (const { env = [], envFrom = [] } of [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]) {
    for (const { valueFrom } of env) {
      const { configMapKeyRef: configMap, secretKeyRef: secret } = valueFrom ?? {};
      yield* reference("ConfigMap", configMap, configMap && [configMap.key]);
      yield* reference("Secret", secret, secret && [secret.key]);
    }
    for (const { configMapRef, secretRef } of envFrom) {
      yield* reference("ConfigMap", configMapRef);
      yield* reference("Secret", secretRef);
    }
  }
  for (const { configMap, secret, projected } of spec?.volumes ?? []) {
    yield* reference("ConfigMap", configMap, keysOf(configMap));
    yield* reference("Secret", secret && { ...secret, name: secret.secretName ?? "" }, keysOf(secret));
    for (const source of projected?.sources ?? []) {
      yield* reference("ConfigMap", source.configMap, keysOf(source.configMap));
      yield* reference("Secret", source.secret, keysOf(source.secret));
    }
  }
}

function* reference(
  kind: DataReference["kind"],
  target: { readonly name?: string; readonly optional?: boolean } | undefined,
  keys?: readonly string[],
): Generator<DataReference> {
  if (target?.name) yield { kind, name: target.name, keys, optional: target.optional ?? false };
}

function keysOf(source: { readonly items?: readonly { readonly key: string }[] } | undefined) {
  const items = source?.items ?? [];
  return items.length === 0 ? undefined : items.map(({ key }) => key);
}
