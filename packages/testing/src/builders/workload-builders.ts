import type { ObjectMeta, Pod, PodSpec } from "@vkubelet/core";
import type { PodBuilder } from "./pod-builder.ts";

/** What a workload makes its pods of. */
export interface PodTemplate {
  readonly metadata?: ObjectMeta;
  readonly spec: PodSpec;
}

/** A Deployment as plain JSON. */
export interface DeploymentJson {
  readonly apiVersion: "apps/v1";
  readonly kind: "Deployment";
  readonly metadata: ObjectMeta;
  readonly spec: Readonly<Record<string, unknown>> & { readonly template: PodTemplate };
}

/** A Job as plain JSON. */
export interface JobJson {
  readonly apiVersion: "batch/v1";
  readonly kind: "Job";
  readonly metadata: ObjectMeta;
  readonly spec: Readonly<Record<string, unknown>> & { readonly template: PodTemplate };
}

/** Builds a Job or Deployment; each step leaves the builder as it is and returns another. */
export class WorkloadBuilder<Workload extends DeploymentJson | JobJson> {
  readonly #workload: Workload;

  constructor(workload: Workload) {
    this.#workload = workload;
  }

  namespace(namespace: string): WorkloadBuilder<Workload> {
    return new WorkloadBuilder({
      ...this.#workload,
      metadata: { ...this.#workload.metadata, namespace },
    });
  }

  /** Fields of the workload's own spec: `{ replicas: 3 }`, `{ completions: 5, parallelism: 2 }`. */
  with(fields: Readonly<Record<string, unknown>>): WorkloadBuilder<Workload> {
    return new WorkloadBuilder({ ...this.#workload, spec: { ...this.#workload.spec, ...fields } });
  }

  build(): Workload {
    return structuredClone(this.#workload);
  }
}

/** A Deployment of such pods; they carry the label `app` with its name, by which it selects them. */
export function deploymentBuilder(
  name: string,
  pod: PodBuilder | PodTemplate,
): WorkloadBuilder<DeploymentJson> {
  const labels = { app: name };
  const { metadata, spec } = templateOf(pod);
  return new WorkloadBuilder<DeploymentJson>({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "default" },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { ...metadata, labels: { ...metadata?.labels, ...labels } }, spec },
    },
  });
}

/** A Job of such pods. The API takes no Job whose pods restart for ever: `restartPolicy` is `Never` where none is said. */
export function jobBuilder(name: string, pod: PodBuilder | PodTemplate): WorkloadBuilder<JobJson> {
  const { metadata, spec } = templateOf(pod);
  return new WorkloadBuilder<JobJson>({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace: "default" },
    spec: { template: { ...(metadata && { metadata }), spec: { restartPolicy: "Never", ...spec } } },
  });
}

/** Of a pod's own metadata only labels and annotations belong into a template. */
function templateOf(pod: PodBuilder | PodTemplate): PodTemplate {
  const { metadata, spec }: Pod = "build" in pod ? pod.build() : pod;
  const { labels, annotations } = metadata ?? {};
  const kept = { ...(labels && { labels }), ...(annotations && { annotations }) };
  return {
    ...(Object.keys(kept).length > 0 && { metadata: kept }),
    spec: spec ?? { containers: [] },
  };
}
