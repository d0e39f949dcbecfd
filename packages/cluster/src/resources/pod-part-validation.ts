import { type Json, jsonEqual, type KubeObject } from "../api/objects.ts";
import { duplicateField, type FieldError, forbiddenField, invalidField } from "../api/status-error.ts";
import { qosClass } from "./pod-qos.ts";
import { validateContainer, validatePodSpec } from "./pod-validation.ts";

const ephemeralFields = new Set([
  "name",
  "image",
  "command",
  "args",
  "workingDir",
  "env",
  "envFrom",
  "volumeMounts",
  "volumeDevices",
  "targetContainerName",
  "terminationMessagePath",
  "terminationMessagePolicy",
  "imagePullPolicy",
  "securityContext",
  "stdin",
  "stdinOnce",
  "tty",
]);

function isSet(value: Json): boolean {
  return (
    value !== undefined && value !== null && (typeof value !== "object" || Object.keys(value).length > 0)
  );
}

function validateEphemeral(
  container: Json,
  field: string,
  pod: KubeObject,
  names: Set<string>,
): FieldError[] {
  const { containers = [], initContainers = [], volumes = [] } = pod.spec;
  const errors = validateContainer(container, field, new Set(volumes.map(({ name }: Json) => name)));
  if (names.has(container.name)) errors.push(duplicateField(`${field}.name`, container.name));
  names.add(container.name);
  const target = container.targetContainerName;
  if (target && ![...containers, ...initContainers].some(({ name }: Json) => name === target)) {
    const message = `Not found: ${JSON.stringify(target)}`;
    errors.push({ field: `${field}.targetContainerName`, reason: "FieldValueNotFound", message });
  }
  for (const [name, value] of Object.entries(container)) {
    if (!ephemeralFields.has(name) && isSet(value))
      errors.push(forbiddenField(`${field}.${name}`, "cannot be set for an Ephemeral Container"));
  }
  return errors;
}

function validateEphemeralUpdate(pod: KubeObject, old: KubeObject): FieldError[] {
  const { containers = [], initContainers = [] } = pod.spec;
  const after: Json[] = pod.spec.ephemeralContainers ?? [];
  const at = "spec.ephemeralContainers";
  const names = new Set<string>([...containers, ...initContainers].map(({ name }: Json) => name));
  const errors = after.flatMap((container, index) =>
    validateEphemeral(container, `${at}[${index}]`, pod, names),
  );
  for (const container of (old.spec.ephemeralContainers ?? []) as Json[]) {
    const next = after.find(({ name }) => name === container.name);
    const text = `existing ephemeral containers ${JSON.stringify(container.name)} may not be`;
    if (!next) errors.push(forbiddenField(at, `${text} removed\n`));
    else if (!jsonEqual(next, container)) errors.push(forbiddenField(at, `${text} changed\n`));
  }
  return errors;
}

/** Whether the node of a pod can resize it: it shows the resources of what runs. Before anything runs nobody knows. */
function takesResize(pod: KubeObject): boolean {
  const running = (pod.status?.containerStatuses ?? []).find(({ state }: Json) => state?.running);
  return !running || running.resources !== undefined;
}

function validateOrder(
  pod: KubeObject,
  old: KubeObject,
  list: "containers" | "initContainers",
): FieldError[] {
  const before: Json[] = old.spec[list] ?? [];
  const after: Json[] = pod.spec[list] ?? [];
  if (after.length !== before.length)
    return [forbiddenField(`spec.${list}`, `${list} may not be added or removed on resize`)];
  return after.flatMap(({ name }, index) =>
    name === before[index].name
      ? []
      : [forbiddenField(`spec.${list}[${index}].name`, `${list} may not be renamed or reordered on resize`)],
  );
}

function validateRemoved(container: Json, old: Json, field: string): FieldError[] {
  return ["requests", "limits"].flatMap((list) => {
    const after = container.resources?.[list] ?? {};
    const removed = Object.keys(old.resources?.[list] ?? {}).some((name) => !Object.hasOwn(after, name));
    return removed
      ? [forbiddenField(`${field}.resources.${list}`, `resource ${list} cannot be removed`)]
      : [];
  });
}

/** The amounts that a resize leaves as they are. */
function fixedAmounts({ resources }: Json): Json {
  const without = (list: Json) => {
    const { cpu: _cpu, memory: _memory, ...rest } = list ?? {};
    return rest;
  };
  return { limits: without(resources?.limits), requests: without(resources?.requests) };
}

function validateResize(pod: KubeObject, old: KubeObject): FieldError[] {
  const errors = validatePodSpec(pod.spec, "spec");
  if (qosClass(pod.spec) !== old.status?.qosClass) {
    const detail = "Pod QOS Class may not change as a result of resizing";
    errors.push(invalidField("spec", old.status?.qosClass, detail));
  }
  if (!takesResize(old))
    errors.push(forbiddenField("spec", "Pod running on node without support for resize"));
  const order = [...validateOrder(pod, old, "containers"), ...validateOrder(pod, old, "initContainers")];
  if (order.length > 0) return [...errors, ...order];
  for (const list of ["initContainers", "containers"] as const) {
    for (const [index, container] of (pod.spec[list] ?? []).entries()) {
      const before = old.spec[list][index];
      const at = `spec.${list}[${index}]`;
      errors.push(...validateRemoved(container, before, at));
      if (jsonEqual(fixedAmounts(container), fixedAmounts(before))) continue;
      if (list === "containers")
        errors.push(forbiddenField("spec", "only cpu and memory resources are mutable"));
      else {
        const detail = "only cpu and memory resources for init or sidecar containers are mutable";
        errors.push(forbiddenField(at, detail));
      }
    }
  }
  return errors;
}

/** What is wrong with the update of a part of a pod: its ephemeral containers or its resources. */
export function validatePodPart(subresource: string, pod: KubeObject, old: KubeObject): FieldError[] {
  switch (subresource) {
    case "ephemeralcontainers":
      return validateEphemeralUpdate(pod, old);
    case "resize":
      return validateResize(pod, old);
    default:
      return [];
  }
}
