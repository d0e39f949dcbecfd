import type { SupportRule, SupportTable } from "@vkubelet/pod";
import { localImage } from "./local-image.ts";
import type { LocalHost } from "./process-plan.ts";
import { containerSecurityRules } from "./security-support.ts";

const noProbe = "no probe is run for processes of this machine; remove it, or watch from within the program";

/** What this machine makes of a container, main or init, at `path`. */
export function containerRules(path: string, host: LocalHost): SupportTable {
  const rules = [
    ...programRules(host),
    ...resourceRules,
    ...limitRules(host),
    ...lifeRules,
    ...stopSignalRules(host),
    ...streamRules,
    ...mountRules(host),
    ...terminationMessageRules(host),
  ];
  return [
    ...rules.map((rule) => ({ ...rule, path: `${path}.${rule.path}` })),
    ...containerSecurityRules(`${path}.securityContext`, host),
  ];
}

function rule(path: string, disposition: SupportRule["disposition"], reason = ""): SupportRule {
  return { path, disposition, reason };
}

function programRules({ images = {} }: LocalHost): SupportTable {
  return [
    rule("name", "exact"),
    rule(
      "image",
      "approx",
      "nothing is pulled: the command runs on this machine's filesystem, with the default PATH where env sets none, in / where workingDir is not given",
    ),
    {
      ...rule("image", "approx", "nothing is pulled: a directory of this machine stands in for it"),
      when: (value) => localImage(String(value), images)?.root !== undefined,
    },
    rule("imagePullPolicy", "ignore", "no image is pulled"),
    rule("command", "exact"),
    rule("args", "exact"),
    rule("workingDir", "exact"),
    rule("env", "exact"),
    rule("envFrom", "exact"),
  ];
}

const resourceRules: SupportTable = [
  rule("resources", "approx", "counted at admission, not enforced on processes"),
  rule("resources.requests.ephemeral-storage", "exact", "counted by the scheduler, as in Kubernetes"),
  rule(
    "resources.limits.ephemeral-storage",
    "exact",
    "measured every 10 s, and the pod is evicted that exceeds it",
  ),
  rule("resources.claims", "reject", "there is no driver for dynamic resources on this machine"),
  rule("ports", "approx", "the process binds this machine's ports itself; nothing is forwarded"),
  rule("ports[].hostIP", "reject", "the process chooses its own address"),
];

function limitRules(host: LocalHost): SupportTable {
  const memoryRequest = rule(
    "resources.requests.memory",
    "exact",
    "counted by the scheduler, as in Kubernetes",
  );
  if (host.limits === "none") return [memoryRequest];
  return [
    memoryRequest,
    rule("resources.limits.cpu", "exact"),
    rule("resources.limits.memory", "exact"),
    rule("resources.requests.cpu", "exact"),
  ];
}

const lifeRules: SupportTable = [
  rule("restartPolicy", "exact"),
  rule("restartPolicyRules", "exact"),
  {
    ...rule("restartPolicyRules[].action", "reject", "only Restart is supported"),
    when: (value) => value !== "Restart",
  },
  {
    ...rule("livenessProbe", "reject", noProbe),
    accepted: "not run; the process goes on until it ends by itself",
  },
  {
    ...rule("readinessProbe", "reject", noProbe),
    accepted: "not run; the process is ready as soon as it runs",
  },
  {
    ...rule("startupProbe", "reject", noProbe),
    accepted: "not run; the process counts as started as soon as it runs",
  },
  rule("lifecycle", "exact"),
  ...["postStart", "preStop"].flatMap((hook) => [
    rule(`lifecycle.${hook}.tcpSocket`, "exact", "fails whenever it runs, as in Kubernetes"),
    rule(`lifecycle.${hook}.httpGet.protocol`, "reject", "hooks speak HTTP/1.1; remove it"),
  ]),
];

function stopSignalRules(host: LocalHost): SupportTable {
  if (host.operatingSystem === "linux") return [];
  return [
    rule("lifecycle.stopSignal", "reject", "signals have Linux names and numbers; leave it to SIGTERM"),
  ];
}

const streamRules: SupportTable = [
  { ...rule("tty", "reject", "there is no terminal"), default: false },
  { ...rule("stdin", "reject", "standard input is empty"), default: false },
  { ...rule("stdinOnce", "reject", "standard input is empty"), default: false },
];

function mountRules(host: LocalHost): SupportTable {
  return [
    host.mounts === "namespace"
      ? rule("volumeMounts", "exact")
      : rule(
          "volumeMounts",
          "approx",
          "only a hostPath at its own path is there; the service account's token is not mounted",
        ),
    { ...rule("volumeMounts[].mountPropagation", "reject", "only None is supported"), default: "None" },
    {
      ...rule("volumeMounts[].recursiveReadOnly", "reject", "mounts below are not made read-only"),
      when: (value) => value === "Enabled",
    },
    rule("volumeMounts[].bindMountOptions", "reject", "mounts have no options; remove it"),
    rule("volumeDevices", "reject", "there is no block device to map"),
  ];
}

function terminationMessageRules(host: LocalHost): SupportTable {
  return [
    host.mounts === "namespace"
      ? rule("terminationMessagePath", "exact")
      : rule(
          "terminationMessagePath",
          "approx",
          "not collected without mount namespaces; FallbackToLogsOnError works",
        ),
    rule("terminationMessagePolicy", "exact"),
  ];
}
