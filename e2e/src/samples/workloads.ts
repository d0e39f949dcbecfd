import { type Json, Lot } from "./lot.ts";
import { labelSelector, podSpec, specialPodSpec } from "./pod-spec.ts";

/** A pod's overhead is its RuntimeClass's: only a template may claim another. */
const template = (spec: Json): Json => ({
  metadata: { labels: { app: "a" } },
  spec: { ...spec, overhead: { cpu: "0.0001" } },
});

const jobOptions = (lot: Lot): Json =>
  lot.some(30, [
    () => ({ parallelism: 1 + lot.below(3) }),
    () => ({ completions: 1 + lot.below(3) }),
    () => ({ activeDeadlineSeconds: 60 }),
    () => ({ suspend: true }),
    () => ({ ttlSecondsAfterFinished: 5 }),
    () => ({ completionMode: "Indexed", completions: 3, backoffLimitPerIndex: 1 }),
  ]);

const podFailurePolicy = { rules: [{ action: "Ignore", onPodConditions: [{ type: "DisruptionTarget" }] }] };

function jobSpec(lot: Lot): Json {
  const failure = lot.below(5) === 0;
  const spec = podSpec(lot, failure ? ["Never"] : ["OnFailure", "Never"]);
  return { ...jobOptions(lot), ...(failure ? { podFailurePolicy } : {}), template: template(spec) };
}

const makers: Readonly<Record<string, (lot: Lot) => Json>> = {
  Pod: (lot) => ({ apiVersion: "v1", spec: lot.below(4) === 0 ? specialPodSpec(lot) : podSpec(lot) }),
  Job: (lot) => ({ apiVersion: "batch/v1", spec: jobSpec(lot) }),
  CronJob: (lot) => ({
    apiVersion: "batch/v1",
    spec: {
      schedule: "*/5 * * * *",
      jobTemplate: { spec: jobSpec(lot) },
      ...lot.some(40, [() => ({ concurrencyPolicy: "Forbid" }), () => ({ failedJobsHistoryLimit: 0 })]),
    },
  }),
  Deployment: (lot) => ({
    apiVersion: "apps/v1",
    spec: {
      selector: labelSelector,
      template: template(podSpec(lot, ["Always"])),
      ...lot.some(40, [
        () => ({ replicas: lot.below(3) }),
        () => ({ strategy: lot.one<Json>([{ type: "Recreate" }, { rollingUpdate: { maxSurge: 1 } }]) }),
        () => ({ revisionHistoryLimit: 2 }),
      ]),
    },
  }),
  ReplicaSet: (lot) => ({
    apiVersion: "apps/v1",
    spec: { selector: labelSelector, template: template(podSpec(lot, ["Always"])) },
  }),
  ReplicationController: (lot) => ({
    apiVersion: "v1",
    spec: { template: template(podSpec(lot, ["Always"])) },
  }),
  DaemonSet: (lot) => ({
    apiVersion: "apps/v1",
    spec: {
      selector: labelSelector,
      template: template(podSpec(lot, ["Always"])),
      ...lot.some(40, [() => ({ updateStrategy: { type: "OnDelete" } })]),
    },
  }),
  StatefulSet: (lot) => ({
    apiVersion: "apps/v1",
    spec: {
      selector: labelSelector,
      template: template(podSpec(lot, ["Always"])),
      ...lot.some(40, [
        () => ({ serviceName: "svc" }),
        () => ({ podManagementPolicy: "Parallel" }),
        () => ({ updateStrategy: lot.one<Json>([{ type: "OnDelete" }, { type: "RollingUpdate" }]) }),
        () => ({ persistentVolumeClaimRetentionPolicy: { whenDeleted: "Delete" } }),
        () => ({ volumeClaimTemplates: [claim, { ...claim, metadata: { name: "other" } }] }),
        () => ({ ordinals: { start: 3 } }),
      ]),
    },
  }),
};

const claim: Json = {
  metadata: { name: "data" },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
};

/** The kinds of which samples are made. */
export const sampleKinds: readonly string[] = Object.keys(makers);

/** An object that a real API server takes. */
export interface Sample extends Json {
  readonly metadata: { readonly name: string; readonly namespace: string };
}

/** So many objects of one kind that a real API server takes, the same for the same seed. */
export function samplesOf(kind: string, count: number, seed: number): readonly Sample[] {
  const lot = new Lot(seed);
  return Array.from({ length: count }, (_, index) => ({
    kind,
    metadata: { name: `${kind.toLowerCase()}-${index}`, namespace: "default" },
    ...makers[kind]?.(lot),
  }));
}
