import { ProviderError } from "@vkubelet/core";
import { type Draft, isObject } from "./json-draft.ts";
import { admitPriority, admitServiceAccount, admitTolerations } from "./pod-admission.ts";
import { defaultPod } from "./pod-defaults.ts";
import {
  defaultCronJob,
  defaultDaemonSet,
  defaultDeployment,
  defaultJob,
  defaultReplicaSet,
  defaultReplicationController,
  defaultStatefulSet,
} from "./workload-defaults.ts";

/** An admission plugin of the API server that changes new pods, by the name that it has there. */
export type AdmissionStep = "ServiceAccount" | "Priority" | "DefaultTolerationSeconds";

/** Options of {@link applyDefaults}. */
export interface DefaultsOptions {
  /**
   * Which of the admission plugins that every cluster runs are played on a pod after defaulting: `true` all of them,
   * in the server's order. None by default, and never on another kind. The steps know no objects of a cluster: neither
   * what a ServiceAccount says nor a PriorityClass.
   */
  readonly admission?: boolean | readonly AdmissionStep[];
}

const defaulters: Readonly<Record<string, (object: Draft) => void>> = {
  Pod: defaultPod,
  Job: defaultJob,
  CronJob: defaultCronJob,
  Deployment: defaultDeployment,
  ReplicaSet: defaultReplicaSet,
  ReplicationController: defaultReplicationController,
  DaemonSet: defaultDaemonSet,
  StatefulSet: defaultStatefulSet,
};

const admissionSteps: readonly (readonly [AdmissionStep, (pod: Draft) => void])[] = [
  ["ServiceAccount", admitServiceAccount],
  ["Priority", admitPriority],
  ["DefaultTolerationSeconds", admitTolerations],
];

/**
 * The object with every default that the API server of Kubernetes 1.36 fills in (pkg/apis, defaults.go): a Pod, or a
 * Job, CronJob, Deployment, ReplicaSet, ReplicationController, DaemonSet or StatefulSet together with the pod in it.
 * An object without a `kind` is taken as a Pod.
 *
 * Only what is unset is set; values keep the form in which they were written, but for amounts of resources finer than
 * a thousandth, which the server rounds up. The same object again gives the same result, and the input is not changed.
 * Fields of a wrong type are left as they are: telling them apart is a check of its own.
 * Throws `Unsupported` for any other kind.
 */
export function applyDefaults<T extends object>(object: T, options: DefaultsOptions = {}): T {
  const copy: T = structuredClone(object);
  const draft = copy as unknown as Draft;
  const kind = draft["kind"] ?? "Pod";
  const applies = typeof kind === "string" && Object.hasOwn(defaulters, kind) ? defaulters[kind] : undefined;
  if (!applies || !isObject(draft)) {
    throw new ProviderError("Unsupported", `defaults cannot be applied: ${describeKind(kind)}`);
  }
  applies(draft);
  if (kind === "Pod") {
    for (const [name, step] of admissionSteps) if (isWanted(name, options.admission)) step(draft);
  }
  return copy;
}

function isWanted(name: AdmissionStep, wanted: DefaultsOptions["admission"]): boolean {
  return typeof wanted === "object" ? wanted.includes(name) : wanted === true;
}

function describeKind(kind: unknown): string {
  return `kind ${JSON.stringify(kind)} is none of ${Object.keys(defaulters).join(", ")}`;
}
