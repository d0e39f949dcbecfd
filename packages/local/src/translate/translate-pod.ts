import {
  type FieldIssue,
  type LateField,
  type ResolvedContainer,
  type ResolvedPod,
  renderValue,
  type TranslationReport,
} from "@vkubelet/core";
import { auditPod, rejectionOf, withIssues } from "@vkubelet/pod";
import { planEnvironment } from "./environment.ts";
import { planMounts, planVolumes } from "./mounts.ts";
import type { LocalHost, PlannedContainer, ProcessPlan } from "./process-plan.ts";
import { localSupport } from "./support.ts";

/** A pod as processes of this machine, and the account of its fields. */
export interface LocalTranslation {
  readonly plan: ProcessPlan;
  readonly report: TranslationReport;
}

const backend = "local";

/**
 * Turns a resolved pod into processes of `host`. Pure: same input, same plan.
 * Throws `InvalidInput` whose `issues` name every field that cannot be honoured, all at once.
 */
export function translatePod(pod: ResolvedPod, host: LocalHost): LocalTranslation {
  const issues: FieldIssue[] = [];
  const bindings: Record<LateField, string> = {
    "status.podIP": host.address,
    "status.podIPs": host.address,
    "status.hostIP": host.address,
    "status.hostIPs": host.address,
  };
  const volumes = planVolumes(pod, issues);
  const containers = [
    ...pod.initContainers.map((container, index) => ({ container, path: `spec.initContainers[${index}]` })),
    ...pod.containers.map((container, index) => ({ container, path: `spec.containers[${index}]` })),
  ].map(({ container, path }) => planContainer(pod, container, path, host, bindings, issues));
  const report = withIssues(reportPod(pod, host), issues);
  const rejection = rejectionOf(report, backend);
  if (rejection) throw rejection;
  return {
    plan: {
      restartPolicy: pod.restartPolicy,
      terminationGracePeriodSeconds: pod.terminationGracePeriodSeconds,
      address: host.address,
      containers,
      volumes,
    },
    report,
  };
}

/** The account alone, rejections included: what `translatePod` would do with each field of the pod. */
export function reportPod(pod: ResolvedPod, host: LocalHost): TranslationReport {
  return auditPod(pod.pod, localSupport(host));
}

function planContainer(
  pod: ResolvedPod,
  container: ResolvedContainer,
  path: string,
  host: LocalHost,
  bindings: Readonly<Record<LateField, string>>,
  issues: FieldIssue[],
): PlannedContainer {
  const argv = [...(container.command ?? []), ...(container.args ?? [])].map((value) =>
    renderValue(value, bindings),
  );
  if (container.command === undefined) {
    issues.push({
      path: `${path}.command`,
      message: "is required: there is no image whose entrypoint could run; name a program of this machine",
    });
  }
  if (argv.some((text) => text.includes("\0"))) {
    issues.push({ path: `${path}.command`, message: "contains a NUL byte, which no argument can hold" });
  }
  const workingDir = container.workingDir || "/";
  if (!workingDir.startsWith("/")) {
    issues.push({
      path: `${path}.workingDir`,
      message: "must be absolute: there is no image to be relative to",
    });
  }
  const spec = [...(pod.pod.spec?.initContainers ?? []), ...(pod.pod.spec?.containers ?? [])].find(
    ({ name }) => name === container.name,
  );
  const messagePath = spec?.terminationMessagePath;
  const collected =
    host.mounts === "namespace" && messagePath !== undefined && !messagePath.startsWith("/dev/");
  return {
    name: container.name,
    kind: container.kind,
    image: container.image,
    argv,
    workingDir,
    environment: planEnvironment(container.env, `${path}.env`, bindings, issues),
    mounts: planMounts(pod, container, `${path}.volumeMounts`, host, issues),
    restartPolicy: container.restartPolicy,
    restartPolicyRules: spec?.restartPolicyRules ?? [],
    ...(collected ? { terminationMessagePath: messagePath } : {}),
    terminationMessagePolicy: spec?.terminationMessagePolicy ?? "File",
  };
}
