import { type FieldIssue, isProviderError, type Pod } from "@vkubelet/core";
import { auditPod } from "../audit/audit.ts";
import { withIssues } from "../audit/report-issues.ts";
import type { ResolveInputs } from "../resolve/resolution.ts";
import { resolvePod } from "../resolve/resolve-pod.ts";
import type { ResolveWait } from "../resolve/resolve-wait.ts";
import type { Translation } from "./translation.ts";
import type { Translator } from "./translator.ts";

/**
 * Resolves a pod as it stands in a manifest or at the API server, and translates it. What a cluster would wait for (a
 * ConfigMap that is not there, an image whose name is none) and what can never be resolved are rejections, like any
 * other. Whether images matter the translator says, not `inputs`. Never throws for a pod whose JSON has the API's types.
 */
export function translateManifest<Options extends object, Requests>(
  translator: Translator<Options, Requests>,
  pod: Pod,
  inputs: ResolveInputs,
  options: Options,
): Translation<Requests> {
  const runsImages = translator.runsImages(options) && hasImages(pod);
  const issues = unresolved(pod, { ...inputs, runsImages });
  if ("pod" in issues) return translator.translate(issues.pod, options);
  return { report: withIssues(auditPod(pod, translator.support(options)), issues.issues) };
}

/** No pod of a cluster lacks an image; of one that does, the backend says what it needs. */
function hasImages({ spec }: Pod): boolean {
  return [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].every(({ image }) => image);
}

function unresolved(pod: Pod, inputs: ResolveInputs) {
  try {
    const outcome = resolvePod(pod, inputs);
    if (outcome.type === "resolved") return { pod: outcome.pod };
    return { issues: outcome.waits.map((wait) => issueOf(pod, wait)) };
  } catch (error) {
    if (!isProviderError(error) || error.code !== "InvalidInput") throw error;
    return { issues: error.issues.length > 0 ? error.issues : [{ path: "spec", message: error.message }] };
  }
}

function issueOf(pod: Pod, wait: ResolveWait): FieldIssue {
  return { path: pathOf(pod, wait), message: wait.message };
}

function pathOf({ spec }: Pod, { container, volume, reason }: ResolveWait): string {
  if (volume !== undefined) {
    const index = (spec?.volumes ?? []).findIndex(({ name }) => name === volume);
    return index < 0 ? "spec.volumes" : `spec.volumes[${index}]`;
  }
  for (const list of ["initContainers", "containers"] as const) {
    const index = (spec?.[list] ?? []).findIndex(({ name }) => name === container);
    const field = reason === "InvalidImageName" ? ".image" : "";
    if (index >= 0) return `spec.${list}[${index}]${field}`;
  }
  return "spec";
}
