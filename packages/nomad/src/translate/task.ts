import {
  type Container,
  lateFieldsOf,
  type ResolvedContainer,
  type ResolvedPod,
  type ResolvedValue,
} from "@vkubelet/core";
import { type FieldAccount, imageReferenceOf } from "@vkubelet/pod";
import type { EmptyDirFolders } from "./empty-dirs.ts";
import { taskEnvironment } from "./environment.ts";
import { configText, escapeConfig } from "./escape.ts";
import { gateTemplate } from "./gates.ts";
import { taskName } from "./identity.ts";
import { nanoseconds, type Task } from "./job-spec.ts";
import { networkMode } from "./network.ts";
import type { NomadTranslateOptions } from "./options.ts";
import type { RegistryLogins } from "./registry-login.ts";
import { hasHardCpuLimit, taskResources } from "./resources.ts";
import { restartPolicy } from "./restart.ts";
import { taskSecurity } from "./security.ts";
import type { VariableBuilder } from "./variables.ts";
import { type TaskVolumes, taskVolumes, unmountable } from "./volumes.ts";

/** What the translation of one container takes and fills. */
export interface TaskInputs {
  readonly pod: ResolvedPod;
  readonly container: ResolvedContainer;
  /** `spec.containers[0]`: where issues are. */
  readonly path: string;
  readonly options: NomadTranslateOptions;
  readonly secrets: VariableBuilder;
  readonly emptyDirs: EmptyDirFolders;
  readonly logins: RegistryLogins;
  /** The variable whose appearance starts the task, for tasks that wait for another. */
  readonly gate: string | undefined;
  readonly account: FieldAccount;
}

const noVolumes: TaskVolumes = { templates: [], mounts: [], volumes: [], registered: [], secretBytes: 0 };

/** One container as a task. Deterministic; what cannot be carried is added to the issues. */
export function translateTask(inputs: TaskInputs): Task {
  const { pod, container, path, options, secrets, account } = inputs;
  const raw = rawContainer(pod, container);
  const docker = options.driver === "docker";
  const login = docker ? inputs.logins.of(container.image) : undefined;
  const environment = taskEnvironment(container, path, secrets, account);
  const volumes = docker ? taskVolumes(pod, container, path, secrets, inputs.emptyDirs, account) : noVolumes;
  if (!docker) unmountable(container, path, account);
  checkBindings(inputs);
  checkRestarts(inputs);
  if (docker) checkImage(inputs);
  const security = docker ? taskSecurity(pod.pod, raw, path, account) : { config: {} };
  const config = docker ? dockerConfig(inputs, raw, volumes) : rawExecConfig(inputs);
  const gate = inputs.gate === undefined ? [] : [gateTemplate(inputs.gate)];
  const templates = [...gate, ...environment.templates, ...volumes.templates];
  const killSignal =
    (raw.lifecycle?.["stopSignal"] as string | undefined) ?? (docker ? undefined : "SIGTERM");
  return {
    Name: taskName(container.name),
    Driver: options.driver,
    ...(security.user === undefined ? {} : { User: security.user }),
    ...login?.task,
    Config: { ...config, ...security.config, ...(login === undefined ? {} : { auth: login.auth }) },
    Env: { ...environment.env, ...login?.env },
    ...(container.kind === "main"
      ? {}
      : { Lifecycle: { Hook: "prestart", Sidecar: container.kind === "sidecar" } }),
    Resources: taskResources(container, options, volumes.secretBytes),
    RestartPolicy: restartPolicy(container),
    // Zero would mean Nomad's default of five seconds.
    KillTimeout: Math.max(1_000_000, nanoseconds(pod.terminationGracePeriodSeconds)),
    ...(killSignal === undefined ? {} : { KillSignal: killSignal }),
    ...(templates.length === 0 ? {} : { Templates: templates }),
    ...(volumes.registered.length === 0 ? {} : { VolumeMounts: volumes.registered }),
    LogConfig: { MaxFiles: 5, MaxFileSizeMB: 10 },
  };
}

function rawContainer(pod: ResolvedPod, container: ResolvedContainer): Container {
  const spec = pod.pod.spec;
  const all = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  return all.find((candidate) => candidate.name === container.name) ?? { name: container.name };
}

/** The job's type decides for all its main tasks what follows exit code zero, see `jobType`. */
function checkRestarts({ pod, container, path, account }: TaskInputs): void {
  if (container.kind !== "main") return;
  if ((container.restartPolicy === "Always") === (pod.restartPolicy === "Always")) return;
  account.reject(
    `${path}.restartPolicy`,
    "Nomad decides by job what follows exit code 0: let Always stand at the pod and all its containers, or at none",
    "exit code 0 is followed by what the pod's own restartPolicy says",
  );
}

/** Names the images that the docker driver cannot pull as asked. */
function checkImage({ container, path, account }: TaskInputs): void {
  const reference = imageReferenceOf(container.image);
  if (reference === undefined) {
    account.reject(`${path}.image`, "is no name of an image: the docker driver needs one");
  } else if (container.imagePullPolicy === "IfNotPresent" && reference.tag === "latest") {
    account.approximate(
      `${path}.imagePullPolicy`,
      "the tag latest is pulled before every start all the same",
    );
  }
}

/** Refuses what would put a secret into the job, and addresses that Nomad does not know before the start. */
function checkBindings({ pod, container, path, options, account }: TaskInputs): void {
  const hostMode = networkMode(pod.pod.spec ?? { containers: [] }, options) === "host";
  const check = (value: ResolvedValue, at: string, inSpec: boolean) => {
    if (inSpec && value.secret) {
      account.reject(
        at,
        "a value from a Secret would stand in the Nomad job; pass it as an environment variable to a shell",
      );
    }
    const unknown = lateFieldsOf(value).filter((field) => field.startsWith("status.podIP") && !hostMode);
    for (const field of unknown) {
      account.reject(at, `${field} is known only after the start on network ${options.network}`);
    }
  };
  container.command?.forEach((value, index) => {
    check(value, `${path}.command[${index}]`, true);
  });
  container.args?.forEach((value, index) => {
    check(value, `${path}.args[${index}]`, true);
  });
  for (const variable of container.env) check(variable.value, `${path}.env`, false);
}

function dockerConfig(
  { pod, container, options }: TaskInputs,
  raw: Container,
  volumes: TaskVolumes,
): Record<string, unknown> {
  const spec = (pod.pod.spec ?? {}) as Readonly<Record<string, unknown>>;
  const fields = raw as unknown as Readonly<Record<string, unknown>>;
  const hostMode = networkMode(pod.pod.spec ?? { containers: [] }, options) === "host";
  const hosts = pod.network.hostAliases.flatMap(({ ip, hostnames }) =>
    hostnames.map((name) => `${name}:${ip}`),
  );
  return {
    image: escapeConfig(container.image),
    ...(container.command === undefined ? {} : { entrypoint: container.command.map(configText) }),
    ...(container.args === undefined ? {} : { args: container.args.map(configText) }),
    ...(container.workingDir === undefined ? {} : { work_dir: escapeConfig(container.workingDir) }),
    ...(container.imagePullPolicy === "Always" ? { force_pull: true } : {}),
    ...(hasHardCpuLimit(container) ? { cpu_hard_limit: true } : {}),
    ...(hostMode ? { network_mode: "host" } : {}),
    ...(hosts.length > 0 ? { extra_hosts: hosts } : {}),
    ...runtimeOf(pod, options),
    ...sysctlsOf(pod),
    ...(spec["hostPID"] === true ? { pid_mode: "host" } : {}),
    ...(spec["hostIPC"] === true ? { ipc_mode: "host" } : {}),
    ...(fields["tty"] === true ? { tty: true } : {}),
    ...(fields["stdin"] === true ? { interactive: true } : {}),
    ...(volumes.mounts.length > 0 ? { mount: volumes.mounts } : {}),
    ...(volumes.volumes.length > 0 ? { volumes: volumes.volumes } : {}),
  };
}

/** The docker runtime that stands for the pod's RuntimeClass. */
function runtimeOf(pod: ResolvedPod, options: NomadTranslateOptions): { runtime?: string } {
  const name = (pod.pod.spec as { readonly runtimeClassName?: string } | undefined)?.runtimeClassName;
  const runtime = name === undefined ? undefined : options.runtimes[name];
  return runtime === undefined ? {} : { runtime };
}

/** Kernel settings of the pod, which docker makes for each container in its namespaces; the driver takes a list of maps. */
function sysctlsOf(pod: ResolvedPod): { sysctl?: readonly Readonly<Record<string, string>>[] } {
  const context = (pod.pod.spec?.securityContext ?? {}) as {
    readonly sysctls?: readonly { readonly name: string; readonly value: string }[];
  };
  const settings = (context.sysctls ?? []).map(({ name, value }) => [name, value] as const);
  return settings.length === 0 ? {} : { sysctl: [Object.fromEntries(settings)] };
}

function rawExecConfig({ container, path, account }: TaskInputs): Record<string, unknown> {
  const [command, ...rest] = container.command ?? [];
  if (command === undefined) {
    account.reject(`${path}.command`, "raw_exec runs no images: name the command to run");
  }
  return {
    ...(command === undefined ? {} : { command: configText(command) }),
    args: [...rest, ...(container.args ?? [])].map(configText),
    ...(container.workingDir === undefined ? {} : { work_dir: escapeConfig(container.workingDir) }),
  };
}
