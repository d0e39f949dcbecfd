import type { SupportRule } from "@vkubelet/pod";
import { containerSecurity } from "./security-support.ts";
import { noIsolation, refusal, rule } from "./support-rule.ts";

const noProbes =
  "nothing runs probes against Nomad tasks yet; remove it, or let Nomad judge the task by its exit code";

/** What every driver does with a container; paths are relative to the container. */
export const anyContainer: readonly SupportRule[] = [
  rule("exact", "name", ""),
  rule("exact", "args", ""),
  rule("exact", "workingDir", ""),
  rule("exact", "env", ""),
  ...["requests", "limits"].map((list) =>
    rule(
      "reject",
      `resources.${list}`,
      "no Nomad task can ask for it: name cpu, memory, ephemeral-storage or nvidia.com/gpu, or leave it out",
    ),
  ),
  ...["requests", "limits"].map((list) =>
    rule("approx", `resources.${list}.ephemeral-storage`, "reserved for the pod as a whole, not enforced"),
  ),
  rule(
    "reject",
    "resources.claims",
    "Nomad has no dynamic resource allocation; ask for nvidia.com/gpu instead",
  ),
  rule(
    "approx",
    "restartPolicy",
    "Nomad restarts after 10 s, five times in five minutes, and then waits until these are over",
  ),
  rule("reject", "restartPolicyRules", "Nomad restarts by exit code zero or not; use restartPolicy"),
  rule(
    "approx",
    "ports",
    "nothing is published but hostPort; on the bridge network the address is reachable from that client only",
  ),
  rule("exact", "ports[].hostPort", ""),
  rule("reject", "ports[].hostIP", "Nomad binds host networks by name, not by address; leave it out"),
  rule("reject", "ports[].protocol", "Nomad maps TCP and UDP only", (value) => value === "SCTP"),
  refusal("livenessProbe", noProbes, "not run; the container goes on until it ends by itself"),
  refusal("readinessProbe", noProbes, "not run; the container is ready as soon as it runs"),
  refusal("startupProbe", noProbes, "not run; the container counts as started as soon as it runs"),
  refusal(
    "lifecycle.postStart",
    "Nomad has no hook inside a started task; start it in the command",
    "not run",
  ),
  refusal(
    "lifecycle.preStop",
    "Nomad has no hook before a stop; handle the stop signal",
    "not run; the stop signal comes at once",
  ),
  rule("exact", "lifecycle.stopSignal", ""),
  rule("approx", "terminationMessagePath", "the file is not read"),
  rule("approx", "terminationMessagePolicy", "termination messages are what Nomad says of the end"),
  rule("reject", "stdinOnce", "Nomad attaches nobody to a task's input"),
  rule("reject", "volumeDevices", "block devices are not passed on; mount a filesystem"),
  rule("reject", "volumeMounts[].mountPropagation", "mounts are private", (value) => value !== "None"),
  rule("approx", "volumeMounts[].recursiveReadOnly", "a plain read-only mount"),
  rule("reject", "volumeMounts[].recursiveReadOnly", "not available", (value) => value === "Enabled"),
  rule("reject", "volumeMounts[].bindMountOptions", "not available"),
];

/** What the docker driver does with a container. */
export const dockerContainer: readonly SupportRule[] = [
  rule("exact", "image", ""),
  rule("exact", "command", ""),
  ...["requests", "limits"].flatMap((list) => [
    rule(
      "approx",
      `resources.${list}.cpu`,
      "reserved in MHz and shared beyond that; a limit is hard where it equals the request",
    ),
    rule(
      "approx",
      `resources.${list}.memory`,
      "a hard limit in whole MiB: the pod's limit or, without one, what it requests",
    ),
    rule("exact", `resources.${list}["nvidia.com/gpu"]`, ""),
  ]),
  rule("exact", "imagePullPolicy", ""),
  rule(
    "reject",
    "imagePullPolicy",
    "Nomad cannot forbid a pull; use IfNotPresent",
    (value) => value === "Never",
  ),
  rule("exact", "tty", ""),
  rule("approx", "stdin", "input is open, but nobody can attach to it"),
  rule("exact", "volumeMounts", ""),
  ...containerSecurity,
];

/** What processes of the client do without. */
export const rawExecContainer: readonly SupportRule[] = [
  ...["requests", "limits"].flatMap((list) =>
    ["cpu", "memory", '["nvidia.com/gpu"]'].map((name) =>
      rule(
        "approx",
        `resources.${list}${name.startsWith("[") ? name : `.${name}`}`,
        "reserved, not enforced on processes",
      ),
    ),
  ),
  rule("approx", "image", "raw_exec runs no images: the command is looked for on the client"),
  rule("exact", "command", ""),
  rule("ignore", "imagePullPolicy", "raw_exec runs no images"),
  rule("reject", "tty", "raw_exec gives no terminal"),
  rule("reject", "stdin", "raw_exec gives no input"),
  rule("approx", "volumeMounts", "raw_exec mounts nothing; a service account token is left out"),
  rule("reject", "securityContext", noIsolation),
];
