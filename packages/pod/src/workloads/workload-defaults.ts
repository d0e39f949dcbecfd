import { type Draft, fill, fillEmpty, isObject, objectIn, objectMadeIn, objectsIn } from "./json-draft.ts";
import { defaultPodSpec } from "./pod-defaults.ts";
import { defaultClaimSpec } from "./volume-defaults.ts";

/** SetDefaults_Job and what is inside. */
export function defaultJob(job: Draft): void {
  const spec = objectMadeIn(job, "spec");
  if (!spec) return;
  defaultJobSpec(spec);
  const labels = templateLabels(spec);
  const metadata = objectMadeIn(job, "metadata");
  if (labels && metadata && isEmpty(metadata["labels"])) metadata["labels"] = { ...labels };
  if (isUnset(spec["completions"]) && isUnset(spec["parallelism"])) spec["completions"] = 1;
  fill(spec, "parallelism", 1);
  fill(spec, "backoffLimit", isUnset(spec["backoffLimitPerIndex"]) ? 6 : 2_147_483_647);
  fill(spec, "completionMode", "NonIndexed");
  fill(spec, "suspend", false);
  fill(spec, "podReplacementPolicy", isUnset(spec["podFailurePolicy"]) ? "TerminatingOrFailed" : "Failed");
  fill(spec, "manualSelector", false);
}

/** SetDefaults_CronJob. Of the Job in it only the pod and its failure policy: the rest comes when the Job is made. */
export function defaultCronJob(cronJob: Draft): void {
  const spec = objectMadeIn(cronJob, "spec");
  if (!spec) return;
  fillEmpty(spec, "concurrencyPolicy", "Allow");
  fill(spec, "suspend", false);
  fill(spec, "successfulJobsHistoryLimit", 3);
  fill(spec, "failedJobsHistoryLimit", 1);
  const template = objectMadeIn(spec, "jobTemplate");
  const jobSpec = template && objectMadeIn(template, "spec");
  if (jobSpec) defaultJobSpec(jobSpec);
}

/** SetDefaults_Deployment. */
export function defaultDeployment(deployment: Draft): void {
  const spec = objectMadeIn(deployment, "spec");
  if (!spec) return;
  fill(spec, "replicas", 1);
  const strategy = objectMadeIn(spec, "strategy");
  if (strategy) defaultRollingUpdate(strategy, { maxUnavailable: "25%", maxSurge: "25%" });
  fill(spec, "revisionHistoryLimit", 10);
  fill(spec, "progressDeadlineSeconds", 600);
  defaultTemplate(spec);
}

/** SetDefaults_ReplicaSet. */
export function defaultReplicaSet(replicaSet: Draft): void {
  const spec = objectMadeIn(replicaSet, "spec");
  if (!spec) return;
  fill(spec, "replicas", 1);
  defaultTemplate(spec);
}

/** SetDefaults_ReplicationController: selector and labels are the template's labels where they are empty. */
export function defaultReplicationController(controller: Draft): void {
  const spec = objectMadeIn(controller, "spec");
  if (!spec) return;
  fill(spec, "replicas", 1);
  const labels = templateLabels(spec);
  const metadata = objectMadeIn(controller, "metadata");
  if (labels && isEmpty(spec["selector"])) spec["selector"] = { ...labels };
  if (labels && metadata && isEmpty(metadata["labels"])) metadata["labels"] = { ...labels };
  if (isObject(spec["template"])) defaultTemplate(spec);
}

/** SetDefaults_DaemonSet. */
export function defaultDaemonSet(daemonSet: Draft): void {
  const spec = objectMadeIn(daemonSet, "spec");
  if (!spec) return;
  const strategy = objectMadeIn(spec, "updateStrategy");
  if (strategy) defaultRollingUpdate(strategy, { maxUnavailable: 1, maxSurge: 0 });
  fill(spec, "revisionHistoryLimit", 10);
  defaultTemplate(spec);
}

/** SetDefaults_StatefulSet, claims included. */
export function defaultStatefulSet(statefulSet: Draft): void {
  const spec = objectMadeIn(statefulSet, "spec");
  if (!spec) return;
  fillEmpty(spec, "podManagementPolicy", "OrderedReady");
  const strategy = objectMadeIn(spec, "updateStrategy");
  if (strategy) {
    if (isUnset(strategy["type"]) || strategy["type"] === "") {
      strategy["type"] = "RollingUpdate";
      fill(strategy, "rollingUpdate", {});
    }
    const rolling = strategy["type"] === "RollingUpdate" ? objectIn(strategy, "rollingUpdate") : undefined;
    if (rolling) fill(rolling, "partition", 0);
  }
  const retention = objectMadeIn(spec, "persistentVolumeClaimRetentionPolicy");
  if (retention) {
    fillEmpty(retention, "whenDeleted", "Retain");
    fillEmpty(retention, "whenScaled", "Retain");
  }
  fill(spec, "replicas", 1);
  fill(spec, "revisionHistoryLimit", 10);
  defaultTemplate(spec);
  for (const claim of objectsIn(spec, "volumeClaimTemplates")) defaultClaim(claim);
}

function defaultClaim(claim: Draft): void {
  // Not a default but the conversion of StatefulSets, which always writes what the template is one of.
  claim["apiVersion"] = "v1";
  claim["kind"] = "PersistentVolumeClaim";
  const status = objectMadeIn(claim, "status");
  if (status) fillEmpty(status, "phase", "Pending");
  const spec = objectMadeIn(claim, "spec");
  if (spec) defaultClaimSpec(spec);
}

function defaultJobSpec(spec: Draft): void {
  for (const rule of objectsIn(objectIn(spec, "podFailurePolicy"), "rules")) {
    for (const pattern of objectsIn(rule, "onPodConditions")) fillEmpty(pattern, "status", "True");
  }
  defaultTemplate(spec);
}

/** The pod of a workload's template: its spec only, for a template is no pod yet. */
function defaultTemplate(owner: Draft): void {
  const template = objectMadeIn(owner, "template");
  const spec = template && objectMadeIn(template, "spec");
  if (spec) defaultPodSpec(spec);
}

function defaultRollingUpdate(strategy: Draft, amounts: Readonly<Record<string, number | string>>): void {
  fillEmpty(strategy, "type", "RollingUpdate");
  if (strategy["type"] !== "RollingUpdate") return;
  const rolling = objectMadeIn(strategy, "rollingUpdate");
  for (const [name, amount] of Object.entries(amounts)) if (rolling) fill(rolling, name, amount);
}

function templateLabels(spec: Draft): Draft | undefined {
  return objectIn(objectIn(objectIn(spec, "template"), "metadata"), "labels");
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === null;
}

function isEmpty(value: unknown): boolean {
  return isUnset(value) || (isObject(value) && Object.keys(value).length === 0);
}
