import {
  type EnvFromSource,
  type EnvSource,
  type EnvVar,
  type KeySelector,
  type Pod,
  plainValue,
  type ResolvedEnvVar,
  type ResolvedValue,
  type ResourceFieldSelector,
  type Service,
} from "@vkubelet/core";
import {
  type ContainerScope,
  containerNamed,
  namespaceOf,
  type WaitedObject,
} from "../resolve/resolution.ts";
import { configMapText, secretText } from "../volumes/object-data.ts";
import { fieldValue, resourceFieldValue } from "./downward-api.ts";
import { expandValue } from "./expansion.ts";
import { refuseFileKeyRef } from "./file-key-ref.ts";
import { serviceVariables } from "./service-variables.ts";

/** The environment of one container. */
export interface Environment {
  /** Names are unique; what a later definition replaced is gone. */
  readonly variables: readonly ResolvedEnvVar[];
  /** What `$(NAME)` in command, args and subPathExpr sees: all but what the runtime adds (V3). */
  lookup(name: string): ResolvedValue | undefined;
}

type Variables = Map<string, ResolvedEnvVar>;

/**
 * The environment by the kubelet's rules (N1 to N7): service variables, then envFrom, then env, the later wins.
 * Missing objects and keys are noted as waits, fields that can never work as issues; both leave the variable out.
 */
export function resolveEnvironment(scope: ContainerScope, hostname: string): Environment {
  const { services } = scope;
  if (scope.inputs.services === undefined) {
    const message = "services have not yet been read at least once, cannot construct envvars";
    scope.resolution.waitForContainer(scope.container.name, message);
  }
  const defined: Variables = new Map();
  for (const [index, source] of (scope.container.envFrom ?? []).entries()) {
    addAll(scope, `${scope.path}.envFrom[${index}]`, source, defined);
  }
  const lookup = (name: string) => (defined.get(name) ?? services.get(name))?.value;
  for (const [index, variable] of (scope.container.env ?? []).entries()) {
    const resolved = resolveVariable(scope, `${scope.path}.env[${index}]`, variable, lookup);
    if (resolved) define(defined, { name: variable.name, ...resolved });
  }
  const variables = [...services.values()]
    .filter(({ name }) => !defined.has(name))
    .concat(...defined.values());
  if (!defined.has("HOSTNAME")) {
    variables.unshift({ name: "HOSTNAME", value: plainValue(hostname), source: "runtime" });
  }
  return { variables, lookup };
}

/** The later definition takes the place in the order, too. */
function define(variables: Variables, variable: ResolvedEnvVar): void {
  variables.delete(variable.name);
  variables.set(variable.name, variable);
}

/** By the list of Services, for all pods to which it is given: it is the same for each of a namespace. */
const serviceEnvironments = new WeakMap<
  readonly Service[],
  Map<string, ReadonlyMap<string, ResolvedEnvVar>>
>();
const noServices: readonly Service[] = [];

/** What Services add to the environment of every container of the pod (L1, L2), by name. */
export function serviceEnvironment(
  pod: Pod,
  services: readonly Service[] = noServices,
): ReadonlyMap<string, ResolvedEnvVar> {
  const namespace = namespaceOf(pod);
  const enableServiceLinks = pod.spec?.enableServiceLinks ?? true;
  const environments = serviceEnvironments.get(services) ?? new Map();
  serviceEnvironments.set(services, environments);
  const key = enableServiceLinks ? namespace : `${namespace} `;
  const known: ReadonlyMap<string, ResolvedEnvVar> | undefined = environments.get(key);
  if (known !== undefined) return known;
  const list = serviceVariables(services, { namespace, enableServiceLinks });
  const environment: ReadonlyMap<string, ResolvedEnvVar> = new Map(
    list.map(({ name, value }) => [name, { name, value: plainValue(value), source: "service" }]),
  );
  environments.set(key, environment);
  return environment;
}

function addAll(scope: ContainerScope, path: string, source: EnvFromSource, variables: Variables): void {
  const { configMapRef, secretRef } = source;
  if (configMapRef) {
    const name = configMapRef.name ?? "";
    const configMap = scope.inputs.configMap(name);
    if (!configMap) {
      if (!configMapRef.optional) missingObject(scope, { kind: "ConfigMap", name });
      return;
    }
    const keys = validKeys(scope, source, `configMap`, name, configMap.data);
    for (const key of keys) {
      const value = plainValue(configMapText(configMap, key) ?? "");
      define(variables, { name: (source.prefix ?? "") + key, value, source: "configMap" });
    }
  } else if (secretRef) {
    const name = secretRef.name ?? "";
    const secret = scope.inputs.secret(name);
    if (!secret) {
      if (!secretRef.optional) missingObject(scope, { kind: "Secret", name });
      return;
    }
    for (const key of validKeys(scope, source, "secret", name, secret.data)) {
      const content = secretText(secret, key);
      if (typeof content === "string") malformedKey(scope, name, key);
      else {
        const value = { parts: [content.text], secret: true };
        define(variables, { name: (source.prefix ?? "") + key, value, source: "secret" });
      }
    }
  } else scope.resolution.issue(path, "names neither configMapRef nor secretRef");
}

/** The keys that may be names of variables (N2), sorted; the others are skipped with the kubelet's warning. */
function validKeys(
  { pod, container, resolution }: ContainerScope,
  source: EnvFromSource,
  kind: "configMap" | "secret",
  name: string,
  data: Readonly<Record<string, string>> | undefined,
): string[] {
  const keys = Object.keys(data ?? {}).sort();
  const isName = (key: string) => /^[ -<>-~]+$/.test((source.prefix ?? "") + key);
  const skipped = keys.filter((key) => !isName(key)).map((key) => (source.prefix ?? "") + key);
  if (skipped.length > 0) {
    resolution.warnings.push({
      type: "Warning",
      reason: "InvalidEnvironmentVariableNames",
      message: `Keys [${skipped.join(", ")}] from the EnvFrom ${kind} ${namespaceOf(pod)}/${name} were skipped since they are considered invalid environment variable names.`,
      container: container.name,
    });
  }
  return keys.filter(isName);
}

type Definition = { readonly value: ResolvedValue; readonly source: EnvSource };

/** One entry of `env`; undefined where it is left out, waits or is wrong. */
function resolveVariable(
  scope: ContainerScope,
  path: string,
  variable: EnvVar,
  lookup: (name: string) => ResolvedValue | undefined,
): Definition | undefined {
  const { value, valueFrom } = variable;
  if (value && valueFrom) {
    scope.resolution.issue(path, "has both value and valueFrom: keep one of them");
    return undefined;
  }
  if (!valueFrom) return { value: expandValue(value ?? "", lookup), source: "literal" };
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = valueFrom;
  if (configMapKeyRef) return fromConfigMap(scope, configMapKeyRef);
  if (secretKeyRef) return fromSecret(scope, secretKeyRef);
  if (fieldRef) {
    const field = scope.resolution.attempt(`${path}.valueFrom.fieldRef.fieldPath`, () =>
      fieldValue(scope.pod, fieldRef.fieldPath),
    );
    return field && { value: field, source: "field" };
  }
  if (resourceFieldRef) return fromResource(scope, `${path}.valueFrom.resourceFieldRef`, resourceFieldRef);
  if (valueFrom.fileKeyRef) {
    refuseFileKeyRef(scope.pod, valueFrom.fileKeyRef, `${path}.valueFrom.fileKeyRef`, scope.resolution);
    return undefined;
  }
  const kind = Object.keys(valueFrom)[0];
  const place = `${path}.valueFrom${kind === undefined ? "" : `.${kind}`}`;
  scope.resolution.issue(place, "is no source of variables that is known here");
  return undefined;
}

function fromConfigMap(scope: ContainerScope, selector: KeySelector): Definition | undefined {
  const object = { kind: "ConfigMap", name: selector.name ?? "" } as const;
  const configMap = scope.inputs.configMap(object.name);
  const text = configMap && configMapText(configMap, selector.key);
  if (text !== undefined) return { value: plainValue(text), source: "configMap" };
  if (!selector.optional) {
    if (configMap) missingKey(scope, object, selector.key);
    else missingObject(scope, object);
  }
  return undefined;
}

function fromSecret(scope: ContainerScope, selector: KeySelector): Definition | undefined {
  const object = { kind: "Secret", name: selector.name ?? "" } as const;
  const secret = scope.inputs.secret(object.name);
  const content = secret ? secretText(secret, selector.key) : "absent";
  if (typeof content !== "string")
    return { value: { parts: [content.text], secret: true }, source: "secret" };
  if (content === "malformed") malformedKey(scope, object.name, selector.key);
  else if (!selector.optional) {
    if (secret) missingKey(scope, object, selector.key);
    else missingObject(scope, object);
  }
  return undefined;
}

function fromResource(
  scope: ContainerScope,
  path: string,
  selector: ResourceFieldSelector,
): Definition | undefined {
  const { pod, inputs, resolution } = scope;
  const container = selector.containerName ? containerNamed(pod, selector.containerName) : scope.container;
  if (!container) {
    resolution.issue(`${path}.containerName`, `the pod has no container "${selector.containerName}"`);
    return undefined;
  }
  const fallbacks = { podLimits: pod.spec?.resources?.limits, nodeAllocatable: inputs.nodeAllocatable };
  const text = resolution.attempt(path, () => resourceFieldValue(container, selector, fallbacks));
  return text === undefined ? undefined : { value: plainValue(text), source: "resource" };
}

function missingObject({ container, resolution }: ContainerScope, object: WaitedObject): void {
  resolution.waitForContainer(
    container.name,
    `${object.kind.toLowerCase()} "${object.name}" not found`,
    object,
  );
}

function missingKey({ pod, container, resolution }: ContainerScope, object: WaitedObject, key: string): void {
  const message = `couldn't find key ${key} in ${object.kind} ${namespaceOf(pod)}/${object.name}`;
  resolution.waitForContainer(container.name, message, object);
}

function malformedKey({ pod, container, resolution }: ContainerScope, name: string, key: string): void {
  const message = `key ${key} in Secret ${namespaceOf(pod)}/${name} cannot be a variable: it is not UTF-8 text`;
  resolution.waitForContainer(container.name, message, { kind: "Secret", name });
}
