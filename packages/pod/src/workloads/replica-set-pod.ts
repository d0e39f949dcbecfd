import { templateHash } from "./generated-names.ts";
import { type Draft, objectIn, objectMadeIn } from "./json-draft.ts";
import { controllerReference, podFromTemplate } from "./pod-from-template.ts";
import type { WorkloadSource } from "./workload-pod.ts";

const hashLabel = "pod-template-hash";
const maximumName = 253;

/** A pod of a ReplicaSet or of a ReplicationController: the template and nothing more. */
export function replicaPod(apiVersion: string, owner: Draft, source: WorkloadSource): Draft {
  const template = objectIn(objectIn(owner, "spec"), "template");
  return podFromTemplate(template, controllerReference(apiVersion, owner, source), source.namespace);
}

/**
 * A pod of a Deployment. Between them stands the ReplicaSet that the Deployment makes, named after itself and a hash of
 * the template; the pod carries the hash as a label. The hash is a stand-in (see `templateHash`).
 */
export function deploymentPod(deployment: Draft, source: WorkloadSource): Draft {
  const template = objectIn(objectIn(deployment, "spec"), "template");
  const hash = templateHash(template);
  const name = `${source.name.slice(0, maximumName - 1 - hash.length)}-${hash}`;
  const replicaSet = { kind: "ReplicaSet", namespace: source.namespace, name };
  const pod = podFromTemplate(template, controllerReference("apps/v1", {}, replicaSet), source.namespace);
  const metadata = objectMadeIn(pod, "metadata") ?? {};
  metadata["labels"] = { ...objectIn(metadata, "labels"), [hashLabel]: hash };
  return pod;
}
