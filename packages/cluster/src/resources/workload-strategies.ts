import { type Json, jsonEqual, type KubeObject } from "../api/objects.ts";
import { type FieldError, invalidField, requiredField, unsupportedField } from "../api/status-error.ts";
import { selectsLabels } from "../selectors/label-selector.ts";
import { defaultPodSpec } from "./pod-defaults.ts";
import { validatePodSpec } from "./pod-validation.ts";
import type { Strategy } from "./resource-type.ts";

/** Defaults of the pod template that a workload holds. */
export function defaultTemplate(template: Json): void {
  if (!template) return;
  template.metadata ??= {};
  template.spec ??= {};
  defaultPodSpec(template.spec);
}

function validateSelector(object: KubeObject): FieldError[] {
  const { selector, template } = object.spec ?? {};
  if (!selector) return [requiredField("spec.selector")];
  if (Object.keys(selector).length === 0) {
    return [
      invalidField("spec.selector", selector, `empty selector is invalid for ${object.kind.toLowerCase()}`),
    ];
  }
  if (!template) return [requiredField("spec.template")];
  if (selectsLabels(selector, template.metadata?.labels)) return [];
  const labels = template.metadata?.labels ?? {};
  return [
    invalidField("spec.template.metadata.labels", labels, "`selector` does not match template `labels`"),
  ];
}

function validateReplicas(object: KubeObject): FieldError[] {
  return object.spec?.replicas < 0
    ? [invalidField("spec.replicas", object.spec.replicas, "must be greater than or equal to 0")]
    : [];
}

function validateWorkload(object: KubeObject): FieldError[] {
  const errors = [...validateSelector(object), ...validateReplicas(object)];
  const spec = object.spec?.template?.spec;
  if (!spec) return errors;
  errors.push(...validatePodSpec(spec, "spec.template.spec"));
  if (spec.restartPolicy !== "Always") {
    errors.push(unsupportedField("spec.template.spec.restartPolicy", spec.restartPolicy, ["Always"]));
  }
  return errors;
}

function validateFixedSelector(object: KubeObject, old: KubeObject): FieldError[] {
  return jsonEqual(object.spec?.selector, old.spec?.selector)
    ? []
    : [invalidField("spec.selector", object.spec?.selector, "field is immutable")];
}

const common = {
  generation: true,
  validate: validateWorkload,
  validateUpdate: validateFixedSelector,
} as const;

export const deploymentStrategy: Strategy = {
  ...common,
  defaults(deployment) {
    const spec = deployment.spec ?? {};
    deployment.spec = spec;
    spec.replicas ??= 1;
    defaultTemplate(spec.template);
    spec.strategy ??= {};
    spec.strategy.type ??= "RollingUpdate";
    if (spec.strategy.type === "RollingUpdate") {
      spec.strategy.rollingUpdate = {
        maxUnavailable: "25%",
        maxSurge: "25%",
        ...spec.strategy.rollingUpdate,
      };
    }
    spec.revisionHistoryLimit ??= 10;
    spec.progressDeadlineSeconds ??= 600;
  },
};

export const replicaSetStrategy: Strategy = {
  ...common,
  defaults(replicaSet) {
    replicaSet.spec ??= {};
    replicaSet.spec.replicas ??= 1;
    defaultTemplate(replicaSet.spec.template);
  },
  prepareCreate(replicaSet) {
    replicaSet.status = { replicas: 0 };
  },
  fields: (replicaSet) => ({ "status.replicas": String(replicaSet.status?.replicas ?? 0) }),
};

export const replicationControllerStrategy: Strategy = {
  generation: true,
  orphansByDefault: true,
  defaults(controller) {
    controller.spec ??= {};
    controller.spec.replicas ??= 1;
    defaultTemplate(controller.spec.template);
    controller.spec.selector ??= controller.spec.template?.metadata?.labels;
  },
  prepareCreate(controller) {
    controller.status = { replicas: 0 };
  },
};

/** Annotation in which the API server counts the changes of a DaemonSet's template. */
export const templateGenerationKey = "deprecated.daemonset.template.generation";

function countTemplate(daemonSet: KubeObject, generation: number): void {
  daemonSet.metadata.annotations = {
    ...daemonSet.metadata.annotations,
    [templateGenerationKey]: String(generation),
  };
}

export const daemonSetStrategy: Strategy = {
  ...common,
  defaults(daemonSet) {
    const spec = daemonSet.spec ?? {};
    daemonSet.spec = spec;
    defaultTemplate(spec.template);
    spec.updateStrategy ??= {};
    spec.updateStrategy.type ??= "RollingUpdate";
    if (spec.updateStrategy.type === "RollingUpdate") {
      spec.updateStrategy.rollingUpdate = {
        maxUnavailable: 1,
        maxSurge: 0,
        ...spec.updateStrategy.rollingUpdate,
      };
    }
    spec.revisionHistoryLimit ??= 10;
  },
  prepareCreate(daemonSet) {
    countTemplate(daemonSet, 1);
    daemonSet.status = {
      currentNumberScheduled: 0,
      numberMisscheduled: 0,
      desiredNumberScheduled: 0,
      numberReady: 0,
    };
  },
  prepareUpdate(daemonSet, old) {
    const before = Number(old.metadata.annotations?.[templateGenerationKey] ?? 1);
    countTemplate(daemonSet, jsonEqual(daemonSet.spec?.template, old.spec?.template) ? before : before + 1);
  },
};

export const statefulSetStrategy: Strategy = {
  ...common,
  defaults(statefulSet) {
    const spec = statefulSet.spec ?? {};
    statefulSet.spec = spec;
    spec.replicas ??= 1;
    defaultTemplate(spec.template);
    spec.podManagementPolicy ??= "OrderedReady";
    spec.updateStrategy ??= {};
    spec.updateStrategy.type ??= "RollingUpdate";
    if (spec.updateStrategy.type === "RollingUpdate") {
      spec.updateStrategy.rollingUpdate = { partition: 0, ...spec.updateStrategy.rollingUpdate };
    }
    spec.revisionHistoryLimit ??= 10;
    spec.persistentVolumeClaimRetentionPolicy ??= { whenDeleted: "Retain", whenScaled: "Retain" };
  },
  prepareCreate(statefulSet) {
    statefulSet.status = { replicas: 0, availableReplicas: 0 };
  },
};

export const podTemplateStrategy: Strategy = {
  generation: true,
  defaults: (object) => defaultTemplate(object["template"]),
};
