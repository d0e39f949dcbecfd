import {
  type DownwardFile,
  type KeyToPath,
  type Pod,
  type ProjectedSource,
  ProviderError,
  type ResolvedFile,
  type Volume,
} from "@vkubelet/core";
import { invalidValue, requiredValue } from "../admission/field-message.ts";
import { fieldFileText, resourceFieldValue } from "../environment/downward-api.ts";
import { tokenReference } from "../resolve/references.ts";
import {
  containerNamed,
  type Resolution,
  type ResolveInputs,
  type WaitedObject,
} from "../resolve/resolution.ts";
import { commonRunAsUser, fsGroupOf } from "../security/security-context.ts";
import { configMapBytes, encodeText, secretBytes } from "./object-data.ts";
import { cleanPath, payloadPathProblem } from "./path-rules.ts";

/** One volume of files being resolved. */
export interface VolumeScope {
  readonly pod: Pod;
  readonly volume: Volume;
  /** `spec.volumes[0]` */
  readonly path: string;
  readonly inputs: ResolveInputs;
  readonly resolution: Resolution;
}

type Files = Map<string, ResolvedFile>;
type KeySource = {
  readonly object: WaitedObject;
  readonly bytes: ReadonlyMap<string, Uint8Array | undefined> | undefined;
  readonly items: readonly KeyToPath[] | undefined;
  readonly optional: boolean;
};

const standardMode = 0o644;

/**
 * The files of a configMap, secret, downwardAPI or projected volume (C1 to C8), sorted by path; undefined for every
 * other kind of volume. Missing objects and keys are noted as waits, fields that can never work as issues.
 */
export function resolveFiles(scope: VolumeScope): readonly ResolvedFile[] | undefined {
  const { configMap, secret, downwardAPI, projected } = scope.volume;
  const writer = new FileWriter(scope, (configMap ?? secret ?? downwardAPI ?? projected)?.defaultMode);
  if (configMap) writer.addKeys(configMapSource(scope, configMap));
  else if (secret) {
    const { secretName: name, ...rest } = secret;
    writer.addKeys(secretSource(scope, { ...(name && { name }), ...rest }));
  } else if (downwardAPI) writer.addFields(`${scope.path}.downwardAPI`, downwardAPI.items);
  else if (projected) {
    for (const [index, source] of (projected.sources ?? []).entries()) {
      writer.addProjection(`${scope.path}.projected.sources[${index}]`, source);
    }
  } else return undefined;
  return writer.finish();
}

type NamedSource = {
  readonly name?: string;
  readonly items?: readonly KeyToPath[];
  readonly optional?: boolean;
};

function configMapSource({ inputs }: VolumeScope, source: NamedSource): KeySource {
  const name = source.name ?? "";
  const found = inputs.configMap(name);
  // As the kubelet does: named items look into the texts first, while of all keys the binaries come last.
  const prevails = source.items && source.items.length > 0 ? "data" : "binaryData";
  const bytes = found && configMapBytes(found, prevails);
  return {
    object: { kind: "ConfigMap", name },
    bytes,
    items: source.items,
    optional: source.optional ?? false,
  };
}

function secretSource({ inputs }: VolumeScope, source: NamedSource): KeySource {
  const name = source.name ?? "";
  const found = inputs.secret(name);
  const bytes = found && secretBytes(found);
  return { object: { kind: "Secret", name }, bytes, items: source.items, optional: source.optional ?? false };
}

class FileWriter {
  readonly #files: Files = new Map();
  readonly #scope: VolumeScope;
  readonly #defaultMode: number;

  constructor(scope: VolumeScope, defaultMode: number | undefined) {
    this.#scope = scope;
    this.#defaultMode = defaultMode ?? standardMode;
  }

  addProjection(path: string, source: ProjectedSource): void {
    const { configMap, secret, downwardAPI, serviceAccountToken } = source;
    if (configMap) this.addKeys(configMapSource(this.#scope, configMap));
    else if (secret) this.addKeys(secretSource(this.#scope, secret));
    else if (downwardAPI) this.addFields(`${path}.downwardAPI`, downwardAPI.items);
    else if (serviceAccountToken) this.#addToken(serviceAccountToken);
  }

  /** Keys of a ConfigMap or Secret: all of them, or the items named. */
  addKeys({ object, bytes, items, optional }: KeySource): void {
    const { volume, resolution } = this.#scope;
    if (!bytes) {
      const message = `${object.kind.toLowerCase()} "${object.name}" not found`;
      if (!optional) resolution.waitForVolume(volume.name, message, object);
      return;
    }
    const chosen: readonly KeyToPath[] =
      items && items.length > 0 ? items : [...bytes.keys()].map((key) => ({ key, path: key }));
    for (const item of chosen) {
      const content = bytes.get(item.key);
      if (content) {
        const secret = object.kind === "Secret";
        this.#add(item, { content, secret }, object);
      } else if (bytes.has(item.key)) {
        resolution.waitForVolume(volume.name, `key ${item.key} of ${object.kind} is not base64`, object);
      } else if (!optional) {
        const kind =
          object.kind === "Secret"
            ? "references non-existent secret"
            : "configmap references non-existent config";
        resolution.waitForVolume(volume.name, `${kind} key: ${item.key}`, object);
      }
    }
  }

  addFields(path: string, items: readonly DownwardFile[] | undefined): void {
    for (const [index, item] of (items ?? []).entries()) {
      const place = `${path}.items[${index}]`;
      const text = this.#scope.resolution.attempt(place, () => this.#fieldText(item));
      if (text !== undefined) this.#add(item, { content: encodeText(text), secret: false });
    }
  }

  finish(): readonly ResolvedFile[] {
    const { volume, resolution } = this.#scope;
    for (const path of this.#files.keys()) {
      if (!path.includes("/")) continue;
      const parents = path.split("/").map((_, index, parts) => parts.slice(0, index).join("/"));
      const blocked = parents.find((parent) => this.#files.has(parent));
      if (blocked !== undefined) {
        resolution.waitForVolume(volume.name, `${blocked} is both a file and the directory of ${path}`);
      }
    }
    return [...this.#files.values()].sort((left, right) => (left.path < right.path ? -1 : 1));
  }

  #fieldText(item: DownwardFile): string {
    const { pod, inputs } = this.#scope;
    if (item.fieldRef && item.resourceFieldRef) {
      const message = "fieldRef and resourceFieldRef can not be specified simultaneously";
      throw new ProviderError("InvalidInput", invalidValue("resource", message));
    }
    if (item.fieldRef) return fieldFileText(pod, item.fieldRef.fieldPath);
    if (!item.resourceFieldRef) {
      const message = "one of fieldRef and resourceFieldRef is required";
      throw new ProviderError("InvalidInput", requiredValue(message));
    }
    const { containerName } = item.resourceFieldRef;
    const container = containerNamed(pod, containerName);
    if (!container) {
      const message = containerName
        ? `the pod has no container "${containerName}"`
        : "containerName is missing";
      throw new ProviderError("InvalidInput", message);
    }
    return resourceFieldValue(container, item.resourceFieldRef, { nodeAllocatable: inputs.nodeAllocatable });
  }

  #addToken(source: NonNullable<ProjectedSource["serviceAccountToken"]>): void {
    const { pod, volume, inputs, resolution } = this.#scope;
    const reference = tokenReference(volume.name, source);
    const token = inputs.token(reference);
    if (!token) {
      resolution.waitForVolume(volume.name, "failed to fetch token: it has not been issued yet");
      return;
    }
    // A token belongs to one user where the pod names one; the group's bits come with fsGroup.
    const owned = fsGroupOf(pod) !== undefined || commonRunAsUser(pod) !== undefined;
    this.#add(
      { path: source.path, ...(owned && { mode: 0o600 }) },
      { content: encodeText(token.token), secret: true, expiresAt: token.expiresAt },
    );
  }

  /** What stands in the pod has been checked before: a path that is wrong here is a key of the object. */
  #add(
    target: { readonly path: string; readonly mode?: number },
    file: Pick<ResolvedFile, "content" | "secret" | "expiresAt">,
    object?: WaitedObject,
  ): void {
    const { pod, volume, resolution } = this.#scope;
    const problem = payloadPathProblem(target.path);
    if (problem !== undefined) {
      resolution.waitForVolume(volume.name, problem, object);
      return;
    }
    const path = cleanPath(target.path);
    // The kubelet gives the group of the volume read access, which is all that a read-only volume has.
    const groupBits = fsGroupOf(pod) === undefined ? 0 : 0o440;
    this.#files.set(path, { path, mode: (target.mode ?? this.#defaultMode) | groupBits, ...file });
  }
}
