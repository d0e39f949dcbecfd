import { ProviderError, type ResolvedPod } from "@vkubelet/core";
import { bytesOf, defineTranslator, type FieldAccount, type Translator } from "@vkubelet/pod";
import { EmptyDirFolders } from "./empty-dirs.ts";
import { expression } from "./escape.ts";
import { formatStages, gatePath, stagesOf } from "./gates.ts";
import { groupName, groupVariable, jobId, metaKeys, schemaVersion, taskVariable } from "./identity.ts";
import type { Constraint, JobSpec, RegisterBody, Task, VolumeRequest } from "./job-spec.ts";
import { groupNetwork, networkMode } from "./network.ts";
import type { NomadTranslateOptions } from "./options.ts";
import { volumeRequests } from "./reference-volumes.ts";
import { RegistryLogins } from "./registry-login.ts";
import { jobType, restartPolicy } from "./restart.ts";
import { specHash } from "./spec-hash.ts";
import { supportTable } from "./support.ts";
import { translateTask } from "./task.ts";
import { VariableBuilder, type VariableRequest, variableRequests } from "./variables.ts";

/** What starts a pod on Nomad: these variables first, then this registration. */
export interface NomadRequests {
  readonly variables: readonly VariableRequest[];
  readonly register: RegisterBody;
}

/** Pods as Nomad jobs. Deterministic. */
export const nomadTranslator: Translator<NomadTranslateOptions, NomadRequests> = defineTranslator({
  backend: "nomad",
  support: supportTable,
  runsImages: ({ driver }) => driver !== "raw_exec",
  map: mapToJob,
  operations: ({ variables, register }) => [
    ...variables.map(({ path, items }) => ({
      operation: `PUT /v1/var/${path}`,
      input: { Path: path, Items: items },
    })),
    { operation: "PUT /v1/jobs", input: register },
  ],
});

function mapToJob(pod: ResolvedPod, options: NomadTranslateOptions, account: FieldAccount): NomadRequests {
  const id = jobId(options.nodeName, pod.ref.uid);
  const builders: VariableBuilder[] = [];
  const tasks = translateTasks(pod, id, options, builders, account);
  const volumes = options.driver === "docker" ? volumeRequests(pod, options, account) : {};
  checkSettings(pod, options, account);
  if (pod.containers.length > 1) {
    account.approximate(
      "spec.containers",
      "one that fails for good ends the others, as Nomad ends sibling tasks",
    );
  }
  const job = translateJob(pod, id, options, tasks, volumes);
  const Meta = { ...job.Meta, [metaKeys.specHash]: specHash(job, pod) };
  return {
    variables: variableRequests(builders),
    register: { Job: { ...job, Meta }, EnforceIndex: true, JobModifyIndex: 0 },
  };
}

function translateTasks(
  pod: ResolvedPod,
  id: string,
  options: NomadTranslateOptions,
  builders: VariableBuilder[],
  account: FieldAccount,
): readonly Task[] {
  const stages = stagesOf(pod.initContainers);
  const emptyDirs = new EmptyDirFolders(pod);
  if (options.driver === "docker") emptyDirs.note(pod, account);
  const logins = new RegistryLogins(pod, id, account);
  builders.push(logins.variable);
  const common = { pod, options, emptyDirs, logins, account };
  const initTasks = pod.initContainers.map((container, index) => {
    const stage = stages[index];
    const gate = index === 0 || stage === undefined ? undefined : gatePath(id, stage);
    // The appearance of a gated task's own variable is its gate, so its secrets lie with the group's.
    const secrets =
      gate === undefined
        ? new VariableBuilder(taskVariable(id, stage?.task ?? ""))
        : new VariableBuilder(groupVariable(id), `i${index}_`);
    builders.push(secrets);
    const path = `spec.initContainers[${index}]`;
    return translateTask({ ...common, container, path, secrets, gate });
  });
  const mainTasks = pod.containers.map((container, index) => {
    const secrets = new VariableBuilder(
      taskVariable(id, container.name === "alloc" ? "vk_alloc" : container.name),
    );
    builders.push(secrets);
    const path = `spec.containers[${index}]`;
    return translateTask({ ...common, container, path, secrets, gate: undefined });
  });
  return [...initTasks, ...mainTasks];
}

function translateJob(
  pod: ResolvedPod,
  id: string,
  options: NomadTranslateOptions,
  tasks: readonly Task[],
  volumes: Readonly<Record<string, VolumeRequest>>,
): JobSpec {
  const type = jobType(pod.restartPolicy);
  // Without it a service job becomes a deployment with a deadline of its own.
  const update = type === "service" ? { Update: { MaxParallel: 0 } as const } : {};
  const spec = pod.pod.spec ?? { containers: [] };
  const networks = groupNetwork(pod, options);
  const [first] = pod.containers;
  if (first === undefined)
    throw new ProviderError("InvalidInput", "translation to Nomad failed: no containers");
  return {
    ID: id,
    Name: `${pod.ref.namespace}/${pod.ref.name}`,
    Namespace: options.namespace,
    Type: type,
    Datacenters: options.datacenters,
    ...(options.nodePool === undefined ? {} : { NodePool: options.nodePool }),
    ...(options.priority === undefined ? {} : { Priority: options.priority }),
    Constraints: constraints(spec.nodeSelector ?? {}),
    Meta: {
      [metaKeys.namespace]: pod.ref.namespace,
      [metaKeys.name]: pod.ref.name,
      [metaKeys.uid]: pod.ref.uid,
      [metaKeys.node]: options.nodeName,
      [metaKeys.schema]: schemaVersion,
      [metaKeys.network]: networkMode(spec, options),
      [metaKeys.mhzPerCore]: String(options.mhzPerCore),
      ...(pod.initContainers.length === 0
        ? {}
        : { [metaKeys.stages]: formatStages(stagesOf(pod.initContainers)) }),
    },
    ...update,
    TaskGroups: [
      {
        Name: groupName,
        Count: 1,
        Tasks: tasks,
        RestartPolicy: restartPolicy(first),
        ReschedulePolicy: { Attempts: 0, Unlimited: false },
        Disconnect: { Replace: false, Reconcile: "keep_original" },
        EphemeralDisk: { SizeMB: diskMebibytes(pod, tasks.length) },
        ...update,
        ...(networks.length === 0 ? {} : { Networks: networks }),
        ...(Object.keys(volumes).length === 0 ? {} : { Volumes: volumes }),
      },
    ],
  };
}

/** What only the options or the network can tell of the pod's runtime class and kernel settings. */
function checkSettings(pod: ResolvedPod, options: NomadTranslateOptions, account: FieldAccount): void {
  if (options.driver !== "docker") return;
  const spec = (pod.pod.spec ?? {}) as {
    readonly runtimeClassName?: string;
    readonly securityContext?: { readonly sysctls?: readonly { readonly name: string }[] };
  };
  const runtime = spec.runtimeClassName;
  if (runtime !== undefined && runtime !== "" && options.runtimes[runtime] === undefined) {
    account.reject(
      "spec.runtimeClassName",
      `no runtime of the clients stands for ${runtime}: name one in the option runtimes, or leave it out`,
    );
  }
  for (const [index, { name }] of (spec.securityContext?.sysctls ?? []).entries()) {
    if (!name.startsWith("net.")) continue;
    account.reject(
      `spec.securityContext.sysctls[${index}]`,
      `${name} belongs to the network, which the tasks of a group share and docker does not change: set it on the clients`,
    );
  }
}

function constraints(nodeSelector: Readonly<Record<string, string>>): readonly Constraint[] {
  const architecture = nodeSelector["kubernetes.io/arch"];
  return [
    { LTarget: expression("attr.kernel.name"), RTarget: "linux", Operand: "=" },
    ...(architecture === undefined
      ? []
      : [{ LTarget: expression("attr.cpu.arch"), RTarget: architecture, Operand: "=" }]),
  ];
}

/** Nomad wants the disk to hold the logs of all tasks: five files of ten MB each. */
function diskMebibytes(pod: ResolvedPod, tasks: number): number {
  const containers = [...pod.initContainers, ...pod.containers];
  const requested = containers.reduce(
    (sum, container) => sum + bytesOf(container.resources.requests, "ephemeral-storage"),
    0n,
  );
  const volumes = pod.volumes.reduce(
    (sum, volume) => sum + (volume.type === "emptyDir" ? (volume.sizeLimitBytes ?? 0n) : 0n),
    0n,
  );
  return Math.max(300, Number((requested + volumes) / 1_048_576n) + tasks * 60);
}
