import { imagePullPolicyOf } from "../images/image-pull-policy.ts";
import { type Draft, fill, fillEmpty, objectIn, objectMadeIn, objectsIn, textIn } from "./json-draft.ts";
import { defaultResourceLists } from "./resource-defaults.ts";

/**
 * The defaults of one container, of any of the three lists: SetDefaults_Container, _Probe, _HTTPGetAction,
 * _ObjectFieldSelector and _ResourceList of pkg/apis/core/v1/defaults.go, and the `+default` markers of the types
 * (`protocol`, `grpc.service`, `fileKeyRef.optional`).
 */
export function defaultContainer(container: Draft): void {
  fillEmpty(
    container,
    "imagePullPolicy",
    imagePullPolicyOf({ name: "", image: textIn(container, "image") || "" }),
  );
  fillEmpty(container, "terminationMessagePath", "/dev/termination-log");
  fillEmpty(container, "terminationMessagePolicy", "File");
  for (const port of objectsIn(container, "ports")) fillEmpty(port, "protocol", "TCP");
  for (const variable of objectsIn(container, "env")) defaultVariable(variable);
  const resources = objectMadeIn(container, "resources");
  if (resources) defaultResourceLists(resources);
  for (const name of ["livenessProbe", "readinessProbe", "startupProbe"]) {
    const probe = objectIn(container, name);
    if (probe) defaultProbe(probe);
  }
  const lifecycle = objectIn(container, "lifecycle");
  for (const name of ["postStart", "preStop"]) defaultHttpGet(objectIn(lifecycle, name));
}

/**
 * `fieldRef` names a version of the API, `v1` where none is given. The divisor of `resourceFieldRef` is a quantity that
 * the server never leaves out: `0`, which means 1.
 */
export function defaultFieldRefs(owner: Draft | undefined): void {
  const field = objectIn(owner, "fieldRef");
  if (field) fillEmpty(field, "apiVersion", "v1");
  const resource = objectIn(owner, "resourceFieldRef");
  if (resource) fillEmpty(resource, "divisor", "0");
}

function defaultVariable(variable: Draft): void {
  const source = objectIn(variable, "valueFrom");
  defaultFieldRefs(source);
  const fileKey = objectIn(source, "fileKeyRef");
  if (fileKey) fill(fileKey, "optional", false);
}

function defaultProbe(probe: Draft): void {
  fillEmpty(probe, "timeoutSeconds", 1);
  fillEmpty(probe, "periodSeconds", 10);
  fillEmpty(probe, "successThreshold", 1);
  fillEmpty(probe, "failureThreshold", 3);
  defaultHttpGet(probe);
  const grpc = objectIn(probe, "grpc");
  if (grpc) fill(grpc, "service", "");
}

function defaultHttpGet(handler: Draft | undefined): void {
  const action = objectIn(handler, "httpGet");
  if (!action) return;
  fillEmpty(action, "path", "/");
  fillEmpty(action, "scheme", "HTTP");
}
