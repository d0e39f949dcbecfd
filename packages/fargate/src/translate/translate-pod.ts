import { leftOutReason, mapPod, unknownResourceIssues } from "@vkubelet/aws/translate";
import type { FieldIssue, ResolvedPod, TranslationReport } from "@vkubelet/core";
import { auditPod, withApproximation, withIssues } from "@vkubelet/pod";
import { containerDefinition } from "./container-definition.ts";
import type { FargateTranslateOptions } from "./options.ts";
import { buildRequests, definitionLimit, type FargateRequests } from "./requests.ts";
import { fargateSupport } from "./support.ts";
import { taskSize } from "./task-size.ts";

/** What a pod becomes on Fargate. */
export interface FargateTranslation {
  /** Absent exactly when the report rejects something. */
  readonly requests?: FargateRequests;
  readonly report: TranslationReport;
}

const knownResources: ReadonlySet<string> = new Set(["cpu", "memory", "ephemeral-storage"]);

/**
 * Translates a resolved pod. Pure, and the same for the same input byte for byte: ECS compares the parameters of a
 * repeated RunTask with those of the first.
 */
export function translatePod(pod: ResolvedPod, options: FargateTranslateOptions): FargateTranslation {
  const mapping = mapPod(pod, {
    secrets: options.secrets ?? "reject",
    ...(options.writerImage === undefined ? {} : { writerImage: options.writerImage }),
    ...(options.sentinelImage === undefined ? {} : { sentinelImage: options.sentinelImage }),
  });
  const issues: FieldIssue[] = [...mapping.issues, ...unknownResourceIssues(pod, knownResources)];
  const size = taskSize(pod, issues);
  const containers = mapping.containers.map((mapped) => containerDefinition(pod, mapped, options, issues));
  let report = withIssues(auditPod(pod.pod, fargateSupport), issues);
  if (mapping.firstEndStopsOthers) {
    report = withApproximation(
      report,
      "spec.containers",
      "the first main container to end stops the others; the option sentinelImage lets each end by itself where the pod is not restarted for ever",
    );
  }
  for (const path of mapping.leftOut) report = withApproximation(report, path, leftOutReason);
  if (size === undefined || report.entries.some(({ disposition }) => disposition === "reject")) {
    return { report };
  }
  const requests = buildRequests({
    pod,
    options,
    size,
    containers,
    values: mapping.containers,
    volumes: mapping.volumes,
  });
  if (requests === undefined) {
    const message = `becomes a task definition above ECS's ${definitionLimit} bytes: shorten environment, commands or files`;
    return { report: withIssues(report, [{ path: "spec.containers", message }]) };
  }
  return { requests, report };
}
