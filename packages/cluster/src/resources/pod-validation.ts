import { type Json, jsonEqual, type KubeObject } from "../api/objects.ts";
import {
  duplicateField,
  type FieldError,
  forbiddenField,
  invalidField,
  requiredField,
} from "../api/status-error.ts";
import { invalidLabel, isDnsLabel } from "./metadata-validation.ts";
import { parseQuantity } from "./quantity.ts";

const quantityText =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

function validateResources(resources: Json, field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const list of ["limits", "requests"]) {
    for (const [name, value] of Object.entries(resources?.[list] ?? {})) {
      const parsed = parseQuantity(value);
      const path = `${field}.${list}[${name}]`;
      if (parsed === undefined) errors.push(invalidField(path, value, quantityText));
      else if (parsed < 0n) errors.push(invalidField(path, value, "must be greater than or equal to 0"));
    }
  }
  for (const [name, value] of Object.entries(resources?.requests ?? {})) {
    const limit = resources.limits?.[name];
    if (limit === undefined) continue;
    if ((parseQuantity(value) ?? 0n) > (parseQuantity(limit) ?? 0n)) {
      const detail = `must be less than or equal to ${name} limit of ${limit}`;
      errors.push(invalidField(`${field}.requests`, value, detail));
    }
  }
  return errors;
}

function validateMounts(container: Json, field: string, volumes: ReadonlySet<string>): FieldError[] {
  const errors: FieldError[] = [];
  const paths = new Set<string>();
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const at = `${field}.volumeMounts[${index}]`;
    if (!mount.name) errors.push(requiredField(`${at}.name`));
    else if (!volumes.has(mount.name)) {
      errors.push({
        field: `${at}.name`,
        reason: "FieldValueNotFound",
        message: `Not found: ${JSON.stringify(mount.name)}`,
      });
    }
    if (!mount.mountPath) errors.push(requiredField(`${at}.mountPath`));
    else if (paths.has(mount.mountPath)) {
      errors.push(invalidField(`${at}.mountPath`, mount.mountPath, "must be unique"));
    }
    paths.add(mount.mountPath);
  }
  return errors;
}

function validateEnvironment(container: Json, field: string): FieldError[] {
  return (container.env ?? []).flatMap((variable: Json, index: number) => {
    const at = `${field}.env[${index}]`;
    const errors: FieldError[] = [];
    if (!variable.name) errors.push(requiredField(`${at}.name`));
    if (variable.value && variable.valueFrom) {
      errors.push(invalidField(`${at}.valueFrom`, "", "may not be specified when `value` is not empty"));
    }
    return errors;
  });
}

function validatePorts(container: Json, field: string): FieldError[] {
  return (container.ports ?? []).flatMap((port: Json, index: number) => {
    const at = `${field}.ports[${index}].containerPort`;
    if (port.containerPort === undefined || port.containerPort === 0) return [requiredField(at)];
    const inside = port.containerPort > 0 && port.containerPort < 65_536;
    return inside ? [] : [invalidField(at, port.containerPort, "must be between 1 and 65535, inclusive")];
  });
}

/** Checks one container at `field`; `volumes` are those of its pod. */
export function validateContainer(
  container: Json,
  field: string,
  volumes: ReadonlySet<string>,
): FieldError[] {
  const errors: FieldError[] = [];
  if (!container.name) errors.push(requiredField(`${field}.name`));
  else if (!isDnsLabel(container.name)) errors.push(invalidLabel(`${field}.name`, container.name));
  if (!container.image) errors.push(requiredField(`${field}.image`));
  errors.push(
    ...validateMounts(container, field, volumes),
    ...validateEnvironment(container, field),
    ...validatePorts(container, field),
    ...validateResources(container.resources, `${field}.resources`),
  );
  return errors;
}

function validateVolumes(spec: Json, field: string): { names: Set<string>; errors: FieldError[] } {
  const names = new Set<string>();
  const errors: FieldError[] = [];
  for (const [index, volume] of (spec.volumes ?? []).entries()) {
    const at = `${field}.volumes[${index}]`;
    if (!volume.name) errors.push(requiredField(`${at}.name`));
    else if (!isDnsLabel(volume.name)) errors.push(invalidLabel(`${at}.name`, volume.name));
    else if (names.has(volume.name)) errors.push(duplicateField(`${at}.name`, volume.name));
    names.add(volume.name);
    if (Object.keys(volume).length > 2) {
      errors.push(forbiddenField(at, "may not specify more than 1 volume type"));
    }
  }
  return { names, errors };
}

/** Checks a pod spec, of a pod or of a template under `field`. */
export function validatePodSpec(spec: Json, field: string): FieldError[] {
  const { names: volumes, errors } = validateVolumes(spec, field);
  if (!spec.containers?.length) errors.push(requiredField(`${field}.containers`));
  const seen = new Set<string>();
  for (const list of ["initContainers", "containers"]) {
    for (const [index, container] of (spec[list] ?? []).entries()) {
      const at = `${field}.${list}[${index}]`;
      errors.push(...validateContainer(container, at, volumes));
      if (container.name && seen.has(container.name))
        errors.push(duplicateField(`${at}.name`, container.name));
      seen.add(container.name);
    }
  }
  if (spec.activeDeadlineSeconds !== undefined && spec.activeDeadlineSeconds < 1) {
    const detail = "must be between 1 and 2147483647, inclusive";
    errors.push(invalidField(`${field}.activeDeadlineSeconds`, spec.activeDeadlineSeconds, detail));
  }
  if (spec.terminationGracePeriodSeconds < 0) {
    const detail = "must be greater than or equal to 0";
    errors.push(
      invalidField(`${field}.terminationGracePeriodSeconds`, spec.terminationGracePeriodSeconds, detail),
    );
  }
  return errors;
}

const updateText =
  "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

/** The spec without what an update may change. */
function fixedPart(spec: Json): Json {
  const {
    activeDeadlineSeconds: _deadline,
    tolerations: _tolerations,
    schedulingGates: _gates,
    ...rest
  } = spec;
  const withoutImages = (containers: Json) =>
    containers?.map(({ image: _image, ...container }: Json) => container);
  return {
    ...rest,
    containers: withoutImages(spec.containers),
    ...(spec.initContainers ? { initContainers: withoutImages(spec.initContainers) } : {}),
  };
}

/** Checks what an update of a pod may change. */
export function validatePodUpdate(pod: KubeObject, old: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  const added = pod.spec.tolerations ?? [];
  const kept = (old.spec.tolerations ?? []).every((toleration: Json) =>
    added.some((candidate: Json) => jsonEqual(candidate, toleration)),
  );
  if (!kept) {
    errors.push(
      forbiddenField(
        "spec.tolerations",
        "existing toleration can not be modified except its tolerationSeconds",
      ),
    );
  }
  const before = old.spec.activeDeadlineSeconds;
  const after = pod.spec.activeDeadlineSeconds;
  if (before !== undefined && (after === undefined || after > before)) {
    errors.push(
      invalidField(
        "spec.activeDeadlineSeconds",
        after,
        `must be less than or equal to previous value of ${before}`,
      ),
    );
  }
  if (!jsonEqual(fixedPart(pod.spec), fixedPart(old.spec))) errors.push(forbiddenField("spec", updateText));
  return errors;
}
