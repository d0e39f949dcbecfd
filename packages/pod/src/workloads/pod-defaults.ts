import { defaultContainer } from "./container-defaults.ts";
import { type Draft, fill, fillEmpty, objectIn, objectMadeIn, objectsIn, textIn } from "./json-draft.ts";
import {
  defaultPodResources,
  defaultRequests,
  defaultResourceLists,
  roundResourceList,
} from "./resource-defaults.ts";
import { defaultVolume } from "./volume-defaults.ts";

/** SetObjectDefaults_Pod. The order is the API server's: amounts are rounded after requests came from limits. */
export function defaultPod(pod: Draft): void {
  const spec = objectMadeIn(pod, "spec");
  if (!spec) return;
  defaultRequests(spec);
  defaultPodResources(spec);
  fill(spec, "enableServiceLinks", true);
  if (spec["hostNetwork"] === true) defaultHostPorts(spec);
  defaultPodSpec(spec);
  // Convert_v1_Pod_To_core_Pod, of pods only.
  const grace = spec["terminationGracePeriodSeconds"];
  if (typeof grace === "number" && grace < 0) spec["terminationGracePeriodSeconds"] = 1;
}

/** SetDefaults_PodSpec and the defaults of everything inside: what a pod and the template of a workload share. */
export function defaultPodSpec(spec: Draft): void {
  fillEmpty(spec, "dnsPolicy", "ClusterFirst");
  fillEmpty(spec, "restartPolicy", "Always");
  fill(spec, "securityContext", {});
  fill(spec, "terminationGracePeriodSeconds", 30);
  fillEmpty(spec, "schedulerName", "default-scheduler");
  aliasServiceAccount(spec);
  for (const volume of objectsIn(spec, "volumes")) defaultVolume(volume);
  for (const name of ["initContainers", "containers", "ephemeralContainers"]) {
    for (const container of objectsIn(spec, name)) defaultContainer(container);
  }
  roundResourceList(objectIn(spec, "overhead"));
  const resources = objectIn(spec, "resources");
  if (resources) defaultResourceLists(resources);
}

/** `serviceAccount` is the old name of `serviceAccountName`: the API server always writes both, and the new one wins. */
function aliasServiceAccount(spec: Draft): void {
  const name = textIn(spec, "serviceAccountName") || textIn(spec, "serviceAccount");
  if (name === "") return;
  spec["serviceAccountName"] = name;
  spec["serviceAccount"] = name;
}

/** On the host's network a container's port is the host's. */
function defaultHostPorts(spec: Draft): void {
  for (const container of [...objectsIn(spec, "containers"), ...objectsIn(spec, "initContainers")]) {
    for (const port of objectsIn(container, "ports")) fillEmpty(port, "hostPort", port["containerPort"]);
  }
}
