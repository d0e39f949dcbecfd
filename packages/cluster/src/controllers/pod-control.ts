import { clone, type Json, type KubeObject } from "../api/objects.ts";
import { StatusError } from "../api/status-error.ts";
import type { ResourceType } from "../resources/resource-type.ts";
import type { ControllerContext } from "./controller.ts";
import { controllerReference } from "./owner.ts";

/** Makes the pod of a template. */
export function podFromTemplate(
  template: Json,
  name: { readonly generateName: string } | { readonly name: string },
): KubeObject {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: clone({
      name: "",
      ...name,
      ...(labels ? { labels } : {}),
      ...(annotations ? { annotations } : {}),
      ...(finalizers ? { finalizers } : {}),
    }),
    spec: clone(template.spec),
  };
}

/** True for the refusal to create anything in a namespace that is ending: no news, since all that is there goes. */
function isNamespaceEnding(error: StatusError): boolean {
  return (error.details?.causes ?? []).some(({ reason }: Json) => reason === "NamespaceTerminating");
}

/** Creates and deletes the pods of one kind of workload, and tells of it in events about the workload. */
export class PodControl {
  readonly #context: ControllerContext;
  readonly #owners: ResourceType;
  readonly #pods: ResourceType;
  readonly #component: string;

  constructor(context: ControllerContext, owners: ResourceType, component: string) {
    this.#context = context;
    this.#owners = owners;
    this.#pods = context.registry.types.require("", "pods");
    this.#component = component;
  }

  /** Creates a pod that its owner controls. @throws StatusError when it is refused, after an event that says why */
  create(owner: KubeObject, pod: KubeObject): KubeObject | undefined {
    const { registry, events } = this.#context;
    pod.metadata.ownerReferences = [controllerReference(this.#owners, owner)];
    try {
      const created = registry.create(this.#pods, owner.metadata.namespace, pod);
      const message = `Created pod: ${created.metadata.name}`;
      events.record(owner, "Normal", "SuccessfulCreate", message, this.#component);
      return created;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (isNamespaceEnding(error)) return undefined;
      events.record(owner, "Warning", "FailedCreate", `Error creating: ${error.message}`, this.#component);
      throw error;
    }
  }

  /** Deletes a pod; one that is gone already is none to tell of. */
  delete(owner: KubeObject, pod: KubeObject): void {
    const { registry, events } = this.#context;
    const { namespace, name } = pod.metadata;
    try {
      registry.delete(this.#pods, namespace, name);
    } catch (error) {
      if (error instanceof StatusError && error.code === 404) return;
      throw error;
    }
    events.record(owner, "Normal", "SuccessfulDelete", `Deleted pod: ${name}`, this.#component);
  }
}
