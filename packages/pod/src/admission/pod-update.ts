import type { FieldIssue, Pod, PodSpec, Toleration } from "@vkubelet/core";
import { ephemeralContainerIssues } from "./ephemeral-update.ts";
import { resizeIssues } from "./pod-resize.ts";
import { sameValue } from "./same-value.ts";
import { type NodeSelectorTerm, type SchedulingFields, schedulingSpec } from "./scheduling-fields.ts";

/** Where an update is written: the pod itself, or one of the subresources that change its spec. */
export type PodUpdateTarget = "pod" | "ephemeralcontainers" | "resize";

interface GatedSpec extends PodSpec, SchedulingFields {
  readonly schedulingGates?: readonly { readonly name: string }[];
}

const maxInt32 = 2 ** 31 - 1;
const mirrorAnnotation = "kubernetes.io/config.mirror";
const nodeAffinityPath = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution";

/**
 * What of the difference between two versions of a pod the API server would not let pass (pod-semantics U2;
 * pkg/apis/core/validation ValidatePodUpdate, ValidatePodResize, ValidatePodEphemeralContainersUpdate); empty when
 * `next` is a legal update of `previous`. Only the difference is judged: whether `next` is a legal pod by itself is
 * another question, but for what an update may set (images, deadline).
 */
export function updateIssues(
  previous: Pod,
  next: Pod,
  target: PodUpdateTarget = "pod",
): readonly FieldIssue[] {
  const issues: FieldIssue[] = [...metadataIssues(previous, next)];
  const [before, after]: readonly GatedSpec[] = [schedulingSpec(previous), schedulingSpec(next)];
  if (before === undefined || after === undefined) return issues;
  if (target === "resize") return [...issues, ...resizeIssues(previous, next)];
  if (target === "ephemeralcontainers") return [...issues, ...ephemeralContainerIssues(previous, next)];
  issues.push(...containerIssues(before, after, "containers"));
  issues.push(...containerIssues(before, after, "initContainers"));
  if (issues.some(({ message }) => message === countMessage)) return issues;
  issues.push(...deadlineIssues(before, after));
  issues.push(...tolerationIssues(before.tolerations ?? [], after.tolerations ?? []));
  issues.push(...gateIssues(before, after));
  issues.push(...otherIssues(before, after));
  return issues;
}

const countMessage = "containers cannot be added or removed";

function metadataIssues(previous: Pod, next: Pod): readonly FieldIssue[] {
  const [before, after] = [previous.metadata ?? {}, next.metadata ?? {}];
  const fixed = ["name", "namespace", "uid", "creationTimestamp"] as const;
  const issues = fixed
    .filter((name) => before[name] !== after[name])
    .map((name) => ({ path: `metadata.${name}`, message: "cannot be changed" }));
  if (before.annotations?.[mirrorAnnotation] !== after.annotations?.[mirrorAnnotation]) {
    const message = "cannot be added, changed or removed";
    issues.push({ path: `metadata.annotations['${mirrorAnnotation}']`, message });
  }
  return issues;
}

function containerIssues(
  before: PodSpec,
  after: PodSpec,
  list: "containers" | "initContainers",
): readonly FieldIssue[] {
  const containers = after[list] ?? [];
  if (containers.length !== (before[list] ?? []).length) {
    return [{ path: `spec.${list}`, message: countMessage }];
  }
  return containers.flatMap(({ image = "" }, index) => {
    if (image !== "" && image.trim() === image) return [];
    const message = image === "" ? "cannot be empty" : "cannot begin or end with blanks";
    return [{ path: `spec.${list}[${index}].image`, message }];
  });
}

function deadlineIssues(before: PodSpec, after: PodSpec): readonly FieldIssue[] {
  const path = "spec.activeDeadlineSeconds";
  const [old, now] = [before.activeDeadlineSeconds, after.activeDeadlineSeconds];
  if (now === undefined) return old === undefined ? [] : [{ path, message: "cannot be removed" }];
  if (now < 0 || now > maxInt32) return [{ path, message: `must be from 0 to ${maxInt32}` }];
  return old !== undefined && now > old ? [{ path, message: `can only be lowered, and was ${old}` }] : [];
}

/** What there was must stay, but for its `tolerationSeconds`. */
function tolerationIssues(
  before: readonly Toleration[],
  after: readonly Toleration[],
): readonly FieldIssue[] {
  const kept = (old: Toleration) =>
    after.some((now) => sameValue({ ...old, tolerationSeconds: now.tolerationSeconds }, now));
  if (before.every(kept)) return [];
  return [{ path: "spec.tolerations", message: "can only be added; of those there only the seconds change" }];
}

function gateIssues(before: GatedSpec, after: GatedSpec): readonly FieldIssue[] {
  const known = new Set(before.schedulingGates?.map(({ name }) => name));
  return (after.schedulingGates ?? []).flatMap(({ name }, index) =>
    known.has(name) ? [] : [{ path: `spec.schedulingGates[${index}]`, message: "gates can only be removed" }],
  );
}

/** Everything else must be as it was, but for what a pod that waits behind gates may still narrow down. */
function otherIssues(before: GatedSpec, after: GatedSpec): readonly FieldIssue[] {
  const gated = (before.schedulingGates ?? []).length > 0;
  const graceFixed =
    (before.terminationGracePeriodSeconds ?? 0) < 0 && after.terminationGracePeriodSeconds === 1;
  const free = new Set(["activeDeadlineSeconds", "tolerations", "schedulingGates"]);
  if (graceFixed) free.add("terminationGracePeriodSeconds");
  if (gated) free.add("nodeSelector").add("affinity");
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const [old, now]: readonly Readonly<Record<string, unknown>>[] = [{ ...before }, { ...after }];
  const issues = [...names]
    .filter(
      (name) =>
        !free.has(name) && !sameValue(withoutImages(old?.[name], name), withoutImages(now?.[name], name)),
    )
    .map((name) => ({ path: `spec.${name}`, message: "cannot be changed" }));
  return gated ? [...issues, ...gatedIssues(before, after)] : issues;
}

function withoutImages(value: unknown, name: string): unknown {
  if ((name !== "containers" && name !== "initContainers") || !Array.isArray(value)) return value;
  return value.map((container) => ({ ...container, image: "" }));
}

function gatedIssues(before: GatedSpec, after: GatedSpec): readonly FieldIssue[] {
  const issues: FieldIssue[] = [];
  const selected = Object.entries(before.nodeSelector ?? {});
  if (!selected.every(([key, value]) => after.nodeSelector?.[key] === value)) {
    issues.push({ path: "spec.nodeSelector", message: "can only be added to" });
  }
  for (const name of ["podAffinity", "podAntiAffinity"] as const) {
    if (!sameValue(before.affinity?.[name], after.affinity?.[name])) {
      issues.push({ path: `spec.affinity.${name}`, message: "cannot be changed" });
    }
  }
  const [old, now] = [requiredTerms(before), requiredTerms(after)];
  if (old.length > 0 && old.length !== now.length) {
    issues.push({ path: nodeAffinityPath, message: "terms cannot be added or removed" });
  } else if (!old.every((term, index) => onlyAdds(term, now[index] ?? {}))) {
    issues.push({ path: nodeAffinityPath, message: "terms can only be added to" });
  }
  return issues;
}

function requiredTerms(spec: GatedSpec): readonly NodeSelectorTerm[] {
  return spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
}

function onlyAdds(before: NodeSelectorTerm, after: NodeSelectorTerm): boolean {
  const lists = ["matchExpressions", "matchFields"] as const;
  if (lists.every((name) => (before[name] ?? []).length === 0)) return sameValue(before, after);
  return lists.every((name) => {
    const old = before[name] ?? [];
    return sameValue(old, (after[name] ?? []).slice(0, old.length));
  });
}
