import type { Container, FieldIssue, Pod, PodSpec, ResourceList, ResourceRequirements } from "@vkubelet/core";
import { qosClassOf, qosClassOfPod } from "../quantity/qos.ts";
import { isSidecar } from "../status/restart.ts";
import { isMirrorPod } from "./pod-source.ts";
import { sameValue } from "./same-value.ts";
import { schedulingSpec } from "./scheduling-fields.ts";

interface ResizeContainer extends Container {
  readonly resizePolicy?: readonly { readonly resourceName: string; readonly restartPolicy: string }[];
}

const resizable: readonly string[] = ["cpu", "memory"];

/**
 * The subresource `resize` (pod-semantics U1, U2): only cpu and memory change, of any container but ephemeral ones and
 * of the pod as a whole; nothing of them is taken away, and the QoS class stays. Never of a mirror or a Windows pod.
 */
export function resizeIssues(previous: Pod, next: Pod): readonly FieldIssue[] {
  if (isMirrorPod(previous)) return [{ path: "spec", message: "static pods cannot be resized" }];
  const [before, after] = [schedulingSpec(previous), schedulingSpec(next)];
  if (before.os?.name === "windows") return [{ path: "spec", message: "windows pods cannot be resized" }];
  const issues: FieldIssue[] = [];
  if (qosClassOfPod(previous) !== qosClassOf(after)) {
    issues.push({ path: "spec", message: "the QoS class cannot change by a resize" });
  }
  for (const list of ["containers", "initContainers"] as const) {
    const [old, now] = [before[list] ?? [], after[list] ?? []];
    if (!sameValue(namesOf(old), namesOf(now))) {
      const message = "containers cannot be added, removed, renamed or moved by a resize";
      return [...issues, { path: `spec.${list}`, message }];
    }
    for (const [index, container] of now.entries()) {
      issues.push(...containerIssues(old[index] ?? container, container, list, `spec.${list}[${index}]`));
    }
  }
  issues.push(...removalIssues(before.resources, after.resources, "spec.resources"));
  const resources = restored(after.resources, before.resources);
  const frozen: PodSpec = { ...after, ...(resources && { resources }) };
  if (issues.length === 0 && !sameValue(strippedContainers(frozen, before), before)) {
    issues.push({ path: "spec", message: "only cpu and memory can be resized" });
  }
  return issues;
}

function containerIssues(
  before: ResizeContainer,
  after: ResizeContainer,
  list: "containers" | "initContainers",
  path: string,
): readonly FieldIssue[] {
  const issues = [...removalIssues(before.resources, after.resources, `${path}.resources`)];
  if (!sameValue(stripped(after, before), before)) {
    issues.push({ path, message: "only cpu and memory can be resized" });
  }
  const restarts = after.resizePolicy?.some(({ restartPolicy }) => restartPolicy === "RestartContainer");
  if (list === "initContainers" && !isSidecar(after) && restarts && !sameValue(before, after)) {
    const message = "an init container with resize policy RestartContainer cannot be resized";
    issues.push({ path, message });
  }
  return issues;
}

function removalIssues(
  before: ResourceRequirements | undefined,
  after: ResourceRequirements | undefined,
  path: string,
): readonly FieldIssue[] {
  return (["requests", "limits"] as const).flatMap((kind) =>
    Object.keys(before?.[kind] ?? {})
      .filter((name) => after?.[kind]?.[name] === undefined)
      .map((name) => ({ path: `${path}.${kind}.${name}`, message: "cannot be removed" })),
  );
}

function strippedContainers(spec: PodSpec, before: PodSpec): PodSpec {
  const strip = (container: Container, index: number, list: "containers" | "initContainers") =>
    stripped(container, before[list]?.[index] ?? container);
  return {
    ...spec,
    containers: spec.containers.map((container, index) => strip(container, index, "containers")),
    ...(spec.initContainers && {
      initContainers: spec.initContainers.map((container, index) =>
        strip(container, index, "initContainers"),
      ),
    }),
  };
}

/** The container with the cpu and memory that it had before. */
function stripped(container: Container, before: Container): Container {
  const resources = restored(container.resources, before.resources);
  return { ...container, ...(resources && { resources }) };
}

function restored(
  now: ResourceRequirements | undefined,
  before: ResourceRequirements | undefined,
): ResourceRequirements | undefined {
  if (now === undefined) return before;
  const list = (kind: "requests" | "limits"): ResourceList => ({
    ...Object.fromEntries(Object.entries(now[kind] ?? {}).filter(([name]) => !resizable.includes(name))),
    ...Object.fromEntries(Object.entries(before?.[kind] ?? {}).filter(([name]) => resizable.includes(name))),
  });
  return { ...now, requests: list("requests"), limits: list("limits") };
}

function namesOf(containers: readonly Container[]): readonly string[] {
  return containers.map(({ name }) => name);
}
