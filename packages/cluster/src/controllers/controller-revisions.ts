import { clone, type Json, jsonEqual, type KubeObject } from "../api/objects.ts";
import type { Registry } from "../registry/registry.ts";
import type { ResourceType } from "../resources/resource-type.ts";
import { controllerReference } from "./owner.ts";
import { templateHash } from "./template-hash.ts";

/** Label by which pods and revisions name the revision they are of. */
export const revisionLabel = "controller-revision-hash";

const historyLimit = 10;

/** The data of a revision: a strategic merge patch that puts the template back, as `kubectl rollout undo` sends it. */
function revisionData(workload: KubeObject): Json {
  return { spec: { template: { ...clone(workload.spec.template), $patch: "replace" } } };
}

/** The template that a revision keeps. */
export function templateOf(revision: KubeObject): Json {
  const { $patch: _directive, ...template } = clone(revision["data"].spec.template);
  return template;
}

/** The past and present templates of StatefulSets and DaemonSets, kept as ControllerRevision objects. */
export class ControllerRevisions {
  readonly #registry: Registry;
  readonly #type: ResourceType;
  readonly #workloads: ResourceType;

  constructor(registry: Registry, workloads: ResourceType) {
    this.#registry = registry;
    this.#type = registry.types.require("apps", "controllerrevisions");
    this.#workloads = workloads;
  }

  /** All revisions of a workload, the oldest first. */
  list(workload: KubeObject): readonly KubeObject[] {
    const uid = workload.metadata.uid ?? "";
    const all = this.#registry.store.listIndexed(this.#type, "controller", uid) ?? [];
    return [...all].sort((left, right) => left["revision"] - right["revision"]);
  }

  /** The revision of the present template, made or moved to the front of the history when need be. */
  current(workload: KubeObject): KubeObject {
    const all = this.list(workload);
    const data = revisionData(workload);
    const last = all.at(-1);
    const same = all.findLast((revision) => jsonEqual(revision["data"], data));
    if (same && same === last) return same;
    const next = (last?.["revision"] ?? 0) + 1;
    return same ? this.#move(same, next) : this.#create(workload, data, next);
  }

  /** Forgets the oldest revisions that nothing uses. */
  trim(workload: KubeObject, used: ReadonlySet<string>): void {
    const spare = this.list(workload).filter(({ metadata }) => !used.has(metadata.name));
    const surplus = Math.max(0, spare.length - (workload.spec.revisionHistoryLimit ?? historyLimit));
    for (const { metadata } of spare.slice(0, surplus))
      this.#registry.delete(this.#type, metadata.namespace, metadata.name);
  }

  #move(revision: KubeObject, number: number): KubeObject {
    const { namespace, name } = revision.metadata;
    return this.#registry.mutate(this.#type, namespace, name, (current) => {
      current["revision"] = number;
      return current;
    });
  }

  #create(workload: KubeObject, data: Json, revision: number): KubeObject {
    const { name, namespace, annotations } = workload.metadata;
    const hash = templateHash(data);
    return this.#registry.create(this.#type, namespace, {
      apiVersion: "apps/v1",
      kind: "ControllerRevision",
      metadata: {
        name: `${name}-${hash}`,
        labels: { ...workload.spec.template.metadata?.labels, [revisionLabel]: hash },
        ...(annotations ? { annotations: { ...annotations } } : {}),
        ownerReferences: [controllerReference(this.#workloads, workload)],
      },
      data,
      revision,
    });
  }
}
