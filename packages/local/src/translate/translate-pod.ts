import { type LateField, type ResolvedContainer, type ResolvedPod, renderValue } from "@vkubelet/core";
import {
  bytesOf,
  defineTranslator,
  type FieldAccount,
  milliCpu,
  resolveLifecycles,
  type Translator,
} from "@vkubelet/pod";
import { planEnvironment } from "./environment.ts";
import { planImage } from "./image.ts";
import { planMounts, planVolumes } from "./mounts.ts";
import { accountForDns, planNetwork } from "./network.ts";
import type { LocalHost, PlannedContainer, ProcessPlan } from "./process-plan.ts";
import { planOwnership, planSecurity } from "./security.ts";
import { planContainerStorage, planPodStorage } from "./storage.ts";
import { localSupport } from "./support.ts";

/** Pods as processes of a machine. */
export const localTranslator: Translator<LocalHost, ProcessPlan> = defineTranslator({
  backend: "local",
  support: localSupport,
  runsImages: () => false,
  map: mapToProcesses,
  operations: (plan) => [{ operation: "StartProcesses", input: plan }],
});

function mapToProcesses(pod: ResolvedPod, host: LocalHost, account: FieldAccount): ProcessPlan {
  const bindings: Record<LateField, string> = {
    "status.podIP": host.address,
    "status.podIPs": host.address,
    "status.hostIP": host.address,
    "status.hostIPs": host.address,
  };
  for (const { path, message } of resolveLifecycles(pod.pod).issues) account.reject(path, message);
  accountForDns(pod, host, account);
  return {
    restartPolicy: pod.restartPolicy,
    terminationGracePeriodSeconds: pod.terminationGracePeriodSeconds,
    address: host.address,
    containers: [
      ...pod.initContainers.map((container, index) => ({ container, path: `spec.initContainers[${index}]` })),
      ...pod.containers.map((container, index) => ({ container, path: `spec.containers[${index}]` })),
    ].map(({ container, path }) => planContainer(pod, container, path, host, bindings, account)),
    volumes: planVolumes(pod, host, account),
    ...planPodStorage(pod),
    ...planOwnership(pod.pod, host),
  };
}

/** As the kubelet turns quantities into shares, quota and bytes (`pkg/kubelet/cm/helpers_linux.go`). */
function limitsOf({ resources }: ResolvedContainer, host: LocalHost): Pick<PlannedContainer, "limits"> {
  const { requests, limits } = resources;
  const memoryBytes = Number(bytesOf(limits, "memory"));
  const cpuMilli = Number(milliCpu(limits));
  const requested = Number(milliCpu(requests));
  if (host.limits === "none" || memoryBytes + cpuMilli + requested === 0) return {};
  return {
    limits: {
      ...(memoryBytes === 0 ? {} : { memoryBytes }),
      ...(cpuMilli === 0 ? {} : { cpuMilli }),
      cpuShares: Math.min(262_144, Math.max(2, Math.floor((requested * 1024) / 1000))),
    },
  };
}

function hooksOf(
  { pod }: ResolvedPod,
  container: string,
): Pick<PlannedContainer, "postStart" | "preStop" | "stopSignal"> {
  const { container: _, ...hooks } = resolveLifecycles(pod).lifecycles.find(
    (lifecycle) => lifecycle.container === container,
  ) ?? { container };
  return hooks;
}

function planContainer(
  pod: ResolvedPod,
  container: ResolvedContainer,
  path: string,
  host: LocalHost,
  bindings: Readonly<Record<LateField, string>>,
  account: FieldAccount,
): PlannedContainer {
  const { image, root } = planImage(pod, container, path, host, account);
  const command = container.command?.map((value) => renderValue(value, bindings)) ?? image.command ?? [];
  const argv = [...command, ...(container.args ?? []).map((value) => renderValue(value, bindings))];
  if (command.length === 0) {
    account.reject(
      `${path}.command`,
      "is required: there is no image whose entrypoint could run; name a program of this machine, or map the image to one with the option images",
    );
  }
  if (argv.some((text) => text.includes("\0"))) {
    account.reject(`${path}.command`, "contains a NUL byte, which no argument can hold");
  }
  const workingDir = container.workingDir || image.workingDir || "/";
  if (!workingDir.startsWith("/")) {
    account.reject(`${path}.workingDir`, "must be absolute");
  }
  const spec = [...(pod.pod.spec?.initContainers ?? []), ...(pod.pod.spec?.containers ?? [])].find(
    ({ name }) => name === container.name,
  );
  const messagePath = spec?.terminationMessagePath;
  const collected = host.mounts === "namespace" && messagePath !== undefined;
  const security = planSecurity(pod.pod, container.name, path, host, account, image.user);
  return {
    name: container.name,
    kind: container.kind,
    image: container.image,
    argv,
    ...(root === undefined ? {} : { root }),
    workingDir,
    environment: planEnvironment(container.env, image.env ?? {}, `${path}.env`, bindings, account),
    mounts: planMounts(pod, container, `${path}.volumeMounts`, host, account),
    ...planNetwork(pod, container, host, root !== undefined),
    restartPolicy: container.restartPolicy,
    restartPolicyRules: spec?.restartPolicyRules ?? [],
    ...(collected ? { terminationMessagePath: messagePath } : {}),
    terminationMessagePolicy: spec?.terminationMessagePolicy ?? "File",
    ...planContainerStorage(pod, container),
    ...limitsOf(container, host),
    ...hooksOf(pod, container.name),
    ...(security === undefined ? {} : { security }),
  };
}
