import type { Pod, Volume } from "@vkubelet/core";
import { duplicateValue, forbiddenValue, invalidValue, requiredValue } from "../admission/field-message.ts";
import type { Resolution } from "../resolve/resolution.ts";
import { checkEmptyDir } from "./empty-dir.ts";
import { checkFieldItems, checkKeyItems, checkMode } from "./file-checks.ts";
import { checkProjectedSources } from "./projected-checks.ts";

/**
 * Notes what the API server refuses about the volumes of a pod, in its own words and each at its own path, whatever
 * the cluster holds (KK pkg/apis/core/validation ValidateVolumes). What a kind of volume that is only passed on holds
 * is left to the backend that knows the kind.
 */
export function checkVolumes(pod: Pod, resolution: Resolution): void {
  const volumes = pod.spec?.volumes ?? [];
  const names = new Set<string>();
  const made = new Set(
    volumes.filter(({ ephemeral }) => ephemeral).map((volume) => claimNameOf(pod, volume)),
  );
  for (const [index, volume] of volumes.entries()) {
    const path = `spec.volumes[${index}]`;
    for (const message of labelProblems(volume.name)) resolution.issue(`${path}.name`, message);
    if (names.has(volume.name)) resolution.issue(`${path}.name`, duplicateValue(volume.name));
    names.add(volume.name);
    for (const kind of sourceKinds(volume).slice(1)) {
      resolution.issue(`${path}.${kind}`, forbiddenValue("may not specify more than 1 volume type"));
    }
    checkSource(pod, volume, path, resolution);
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim && made.has(claim)) {
      const message = invalidValue(
        claim,
        "must not reference a PVC that gets created for an ephemeral volume",
      );
      resolution.issue(`${path}.persistentVolumeClaim.claimName`, message);
    }
  }
}

/** The kinds of source that a volume names; more than one is refused. */
export function sourceKinds(volume: Volume): readonly string[] {
  return Object.keys(volume).filter((key) => key !== "name" && volume[key as keyof Volume] != null);
}

/** The claim behind a volume: the one it names, or the one that is made for it (`<pod>-<volume>`). */
export function claimNameOf(pod: Pod, volume: Volume): string | undefined {
  if (volume.persistentVolumeClaim) return volume.persistentVolumeClaim.claimName;
  return volume.ephemeral ? `${pod.metadata?.name ?? ""}-${volume.name}` : undefined;
}

function checkSource(pod: Pod, volume: Volume, path: string, resolution: Resolution): void {
  const { configMap, secret, downwardAPI, projected, emptyDir, persistentVolumeClaim, ephemeral } = volume;
  if (configMap) {
    if (!configMap.name) resolution.issue(`${path}.configMap.name`, requiredValue());
    checkMode(configMap.defaultMode, `${path}.configMap.defaultMode`, resolution);
    checkKeyItems(configMap.items, `${path}.configMap`, resolution);
  }
  if (secret) {
    if (!secret.secretName) resolution.issue(`${path}.secret.secretName`, requiredValue());
    checkMode(secret.defaultMode, `${path}.secret.defaultMode`, resolution);
    checkKeyItems(secret.items, `${path}.secret`, resolution);
  }
  if (downwardAPI) {
    checkMode(downwardAPI.defaultMode, `${path}.downwardAPI.defaultMode`, resolution);
    checkFieldItems(downwardAPI.items, `${path}.downwardAPI`, resolution);
  }
  if (projected) {
    checkMode(projected.defaultMode, `${path}.projected.defaultMode`, resolution);
    checkProjectedSources(projected.sources ?? [], `${path}.projected.sources`, resolution);
  }
  if (emptyDir) checkEmptyDir(pod, emptyDir, `${path}.emptyDir`, resolution);
  if (persistentVolumeClaim && !persistentVolumeClaim.claimName) {
    resolution.issue(`${path}.persistentVolumeClaim.claimName`, requiredValue());
  }
  if (ephemeral) {
    if (!ephemeral.volumeClaimTemplate) {
      resolution.issue(`${path}.ephemeral.volumeClaimTemplate`, requiredValue());
    }
    const claim = claimNameOf(pod, volume) ?? "";
    if (claim.length > 253) {
      const detail = `PVC name "${claim}": must be no more than 253 characters`;
      resolution.issue(`${path}.name`, invalidValue(volume.name, detail));
    }
  }
}

/** Why a text is no DNS label, in the words of apimachinery's IsDNS1123Label. */
function labelProblems(name: string): readonly string[] {
  if (!name) return [requiredValue()];
  const problems: string[] = [];
  if (name.length > 63) problems.push(invalidValue(name, "must be no more than 63 characters"));
  if (!label.test(name)) {
    const dotted = name.split(".").every((part) => label.test(part));
    problems.push(invalidValue(name, dotted ? "must not contain dots" : labelRule));
  }
  return problems;
}

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const labelRule =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
