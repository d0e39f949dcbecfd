import type { Pod } from "@vkubelet/core";
import { applyDefaults } from "./apply-defaults.ts";
import { daemonSetPod } from "./daemon-set-pod.ts";
import { generatedName } from "./generated-names.ts";
import { jobPod } from "./job-pod.ts";
import { type Draft, isObject, objectIn, objectMadeIn, textIn } from "./json-draft.ts";
import { controllerReference } from "./pod-from-template.ts";
import { deploymentPod, replicaPod } from "./replica-set-pod.ts";
import { statefulSetPod } from "./stateful-set-pod.ts";
import type { PodsOptions, SkippedObject, WorkloadPod, WorkloadSource } from "./workload-pod.ts";

/** What came out of the objects of a manifest. Every object is in one of the two, in the order of the manifest. */
export interface PodsOutcome {
  readonly pods: readonly WorkloadPod[];
  readonly skipped: readonly SkippedObject[];
}

interface Made {
  readonly pod: Draft;
  readonly replicas: number | undefined;
  readonly completions: number | undefined;
}

type PodMaker = (object: Draft, source: WorkloadSource, options: PodsOptions) => Made;

const makers: Readonly<Record<string, PodMaker>> = {
  "v1 Pod": (pod) => ({ pod, replicas: 1, completions: undefined }),
  "v1 ReplicationController": (object, source) => replicas(object, replicaPod("v1", object, source)),
  "apps/v1 ReplicaSet": (object, source) => replicas(object, replicaPod("apps/v1", object, source)),
  "apps/v1 Deployment": (object, source) => replicas(object, deploymentPod(object, source)),
  "apps/v1 StatefulSet": (object, source, options) =>
    replicas(object, statefulSetPod(object, source, options)),
  "apps/v1 DaemonSet": (object, source, options) => ({
    pod: daemonSetPod(object, source, options),
    replicas: undefined,
    completions: undefined,
  }),
  "batch/v1 Job": jobPod,
  "batch/v1 CronJob": cronJobPod,
};

/** Lists within lists are followed so deep. */
const maximumListDepth = 16;

/**
 * The pods that the controllers of Kubernetes 1.36 would make of an object: a Pod, Job, CronJob, Deployment, ReplicaSet,
 * ReplicationController, StatefulSet, DaemonSet, or a List of such. One pod for each workload stands for all its
 * replicas. Workload and pod have all defaults of the API server. Whatever a server or controller draws by lot (the
 * suffix of a name, a uid, the suffix of the token volume) or computes by a hash of Go structs (`pod-template-hash`,
 * `controller-revision-hash`) is a stand-in of the same form that follows from the object.
 *
 * An object that no pod can be made of is named in `skipped` with the reason. Never throws, whatever the objects are,
 * and does not change them.
 */
export function podsOf(object: unknown, options: PodsOptions = {}): PodsOutcome {
  const outcome = { pods: [] as WorkloadPod[], skipped: [] as SkippedObject[] };
  collect(object, options, outcome, 0);
  return outcome;
}

function collect(
  object: unknown,
  options: PodsOptions,
  outcome: { readonly pods: WorkloadPod[]; readonly skipped: SkippedObject[] },
  depth: number,
): void {
  if (isObject(object) && textIn(object, "kind").endsWith("List") && Array.isArray(object["items"])) {
    if (depth < maximumListDepth) {
      for (const item of object["items"]) collect(item, options, outcome, depth + 1);
    } else {
      outcome.skipped.push({ ...sourceOf(object, options), reason: "lists are nested too deeply" });
    }
    return;
  }
  if (!isObject(object)) {
    const reason = "is no object";
    outcome.skipped.push({ kind: "", namespace: namespaceOf({}, options), name: "", reason });
    return;
  }
  const source = sourceOf(object, options);
  const reason = reasonToSkip(object);
  if (reason !== undefined) outcome.skipped.push({ ...source, reason });
  else outcome.pods.push(makePod(object, source, options));
}

function reasonToSkip(object: Draft): string | undefined {
  const kind = textIn(object, "kind");
  const apiVersion = textIn(object, "apiVersion");
  if (kind === "") return "has no kind";
  if (!Object.hasOwn(makers, `${apiVersion} ${kind}`)) {
    const known = Object.keys(makers).find((name) => name.endsWith(` ${kind}`));
    if (known === undefined) return "makes no pods that are known here";
    return `apiVersion ${JSON.stringify(apiVersion)} is not served: ${kind} is ${known.split(" ")[0]}`;
  }
  const metadata = objectIn(object, "metadata");
  if (textIn(metadata, "name") === "" && textIn(metadata, "generateName") === "") {
    return "metadata.name is missing";
  }
  const path =
    kind === "Pod"
      ? "spec"
      : kind === "CronJob"
        ? "spec.jobTemplate.spec.template.spec"
        : "spec.template.spec";
  const spec = path.split(".").reduce<Draft | undefined>(objectIn, object);
  if (!spec) return `${path} is missing`;
  const containers = spec["containers"];
  if (!Array.isArray(containers) || containers.length === 0) return `${path}.containers is missing`;
  return containers.every(isObject) ? undefined : `${path}.containers has an entry that is no object`;
}

function makePod(object: Draft, source: WorkloadSource, options: PodsOptions): WorkloadPod {
  const defaulted = applyDefaults(object);
  const maker = makers[`${textIn(object, "apiVersion")} ${source.kind}`] as PodMaker;
  const { pod, replicas, completions } = maker(defaulted, source, options);
  const metadata = objectMadeIn(pod, "metadata") ?? {};
  metadata["namespace"] = source.namespace;
  if (source.kind === "Pod") metadata["name"] = source.name;
  else if (textIn(metadata, "name") === "") {
    const seed = `${source.kind}/${source.namespace}/${source.name}`;
    metadata["name"] = generatedName(textIn(metadata, "generateName"), seed);
  }
  return { source, pod: applyDefaults(pod as unknown as Pod, options), replicas, completions };
}

/** The Job of one run of a CronJob, and the pod of that Job. */
function cronJobPod(cronJob: Draft, source: WorkloadSource, options: PodsOptions): Made {
  const template = objectIn(objectIn(cronJob, "spec"), "jobTemplate");
  const metadata = objectIn(template, "metadata");
  const scheduledAt = options.scheduledAt ?? 0;
  const name = `${source.name}-${Math.floor(scheduledAt / 60_000)}`;
  const job = applyDefaults({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      ...(metadata?.["labels"] ? { labels: metadata["labels"] } : {}),
      name,
      namespace: source.namespace,
      ownerReferences: [controllerReference("batch/v1", cronJob, source)],
    },
    spec: objectIn(template, "spec") ?? {},
  });
  return jobPod(job, { kind: "Job", namespace: source.namespace, name }, options);
}

function replicas(object: Draft, pod: Draft): Made {
  const count = objectIn(object, "spec")?.["replicas"];
  return { pod, replicas: typeof count === "number" ? count : 1, completions: undefined };
}

function sourceOf(object: Draft, options: PodsOptions): WorkloadSource {
  const kind = textIn(object, "kind");
  const namespace = namespaceOf(object, options);
  const metadata = objectIn(object, "metadata");
  const base = textIn(metadata, "generateName");
  const generated = base === "" ? "" : generatedName(base, `${kind}/${namespace}/${base}`);
  return { kind, namespace, name: textIn(metadata, "name") || generated };
}

function namespaceOf(object: Draft, options: PodsOptions): string {
  return textIn(objectIn(object, "metadata"), "namespace") || options.namespace || "default";
}
