import type { FileKeySelector, Pod } from "@vkubelet/core";
import { invalidValue, requiredValue, valueNotFound } from "../admission/field-message.ts";
import type { Resolution } from "../resolve/resolution.ts";
import { hasBackstep } from "../volumes/path-rules.ts";

/**
 * Notes why a variable from a file of an emptyDir (N5) gets no value: what the API server refuses about it, else that
 * the file does not exist before the pod runs and no provider can put its content into an environment.
 */
export function refuseFileKeyRef(
  pod: Pod,
  selector: FileKeySelector,
  path: string,
  resolution: Resolution,
): void {
  const { key = "", volumeName = "", path: file = "" } = selector;
  const before = resolution.issues.length;
  if (key === "") resolution.issue(`${path}.key`, requiredValue());
  if (file === "") resolution.issue(`${path}.path`, requiredValue());
  else if (hasBackstep(file)) resolution.issue(`${path}.path`, invalidValue(file, "must not contain '..'"));
  const volume = pod.spec?.volumes?.find(({ name }) => name === volumeName);
  if (volumeName === "") resolution.issue(`${path}.volumeName`, requiredValue());
  if (!volume) resolution.issue(`${path}.volumeName`, valueNotFound(volumeName));
  else if (!volume.emptyDir) {
    const message = invalidValue(volumeName, "referenced volume must be of type emptyDir");
    resolution.issue(`${path}.volumeName`, message);
  }
  if (resolution.issues.length > before) return;
  resolution.issue(
    path,
    "cannot be read before the containers run: let the command of the container read the file, or keep the value in a ConfigMap or Secret and use configMapKeyRef or secretKeyRef",
  );
}
