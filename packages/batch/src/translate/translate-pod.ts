import {
  leftOutReason,
  mapPod,
  type PodMapping,
  podNeeds,
  unknownResourceIssues,
} from "@vkubelet/aws/translate";
import type { FieldIssue, ResolvedPod, TranslationReport } from "@vkubelet/core";
import { auditPod, withApproximation, withIssues } from "@vkubelet/pod";
import { checkEnvironment, commandOf, commonContainer } from "./container-request.ts";
import { containerSizes } from "./job-size.ts";
import type { BatchTranslateOptions } from "./options.ts";
import { type BatchRequests, buildRequests } from "./requests.ts";
import { batchSupport } from "./support.ts";

/** What a pod becomes on Batch. */
export interface BatchTranslation {
  /** Absent exactly when the report rejects something. */
  readonly requests?: BatchRequests;
  readonly report: TranslationReport;
}

const fargateResources: ReadonlySet<string> = new Set(["cpu", "memory", "ephemeral-storage"]);
const ec2Resources: ReadonlySet<string> = new Set([...fargateResources, "nvidia.com/gpu"]);

/** Translates a resolved pod. Pure, and the same for the same input byte for byte. */
export function translatePod(pod: ResolvedPod, options: BatchTranslateOptions): BatchTranslation {
  const platform = options.platform ?? "FARGATE";
  const mapping = mapPod(pod, {
    secrets: options.secrets ?? "reject",
    ...(options.writerImage === undefined ? {} : { writerImage: options.writerImage }),
    ...(options.sentinelImage === undefined ? {} : { sentinelImage: options.sentinelImage }),
  });
  const known = platform === "EC2" ? ec2Resources : fargateResources;
  const issues: FieldIssue[] = [...mapping.issues, ...unknownResourceIssues(pod, known)];
  if (pod.restartPolicy === "Always") {
    issues.push({
      path: "spec.restartPolicy",
      message: "a Batch job only finishes: use a Job or restartPolicy Never or OnFailure",
    });
  }
  const sizes = containerSizes(mapping.containers, platform, issues);
  const ephemeralGiB = platform === "EC2" ? undefined : ephemeralStorage(pod, issues);
  const containers = mapping.containers.map((mapped) => ({
    mapped,
    common: commonContainer(pod, mapped, options, issues),
  }));
  const values = mapping.containers.map((mapped) => {
    checkEnvironment(mapped, issues);
    const command = commandOf(mapped, options, issues);
    return { name: mapped.name, environment: mapped.environment, ...(command ? { command } : {}) };
  });
  const report = approximations(withIssues(auditPod(pod.pod, batchSupport), issues), mapping);
  if (report.entries.some(({ disposition }) => disposition === "reject")) return { report };
  const requests = buildRequests({
    pod,
    options,
    containers,
    values,
    sizes,
    volumes: mapping.volumes,
    ephemeralGiB,
  });
  if (requests) return { requests, report };
  const message =
    "becomes more than Batch's 24 KiB of definition or 30 KiB of submission: shorten environment, commands or files";
  return { report: withIssues(report, [{ path: "spec.containers", message }]) };
}

function approximations(audited: TranslationReport, mapping: PodMapping): TranslationReport {
  let report = audited;
  for (const path of mapping.leftOut) report = withApproximation(report, path, leftOutReason);
  if (!mapping.firstEndStopsOthers) return report;
  return withApproximation(
    report,
    "spec.containers",
    "the first main container to end stops the others; the option sentinelImage lets each end by itself",
  );
}

/** For Fargate; on EC2 the disk of the instance is not divided. Undefined where the included 20 GiB are enough. */
function ephemeralStorage(pod: ResolvedPod, issues: FieldIssue[]): number | undefined {
  const { ephemeralGiB } = podNeeds(pod);
  if (ephemeralGiB > 200n) {
    issues.push({
      path: "spec.containers",
      message: `need ${ephemeralGiB} GiB of ephemeral storage together; Fargate gives at most 200`,
    });
  }
  return ephemeralGiB > 20n ? Number(ephemeralGiB) : undefined;
}
