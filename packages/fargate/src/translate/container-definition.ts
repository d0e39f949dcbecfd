import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { containerNeeds, type MappedContainer, registryCredential } from "@vkubelet/aws/translate";
import type { ResolvedPod } from "@vkubelet/core";
import type { FieldAccount } from "@vkubelet/pod";
import { logConfiguration } from "./log-configuration.ts";
import type { FargateTranslateOptions } from "./options.ts";

/** ECS takes 2 to 120 s on Fargate. */
export const stopTimeoutRange = { lowest: 2, highest: 120 } as const;

/** Below this ECS refuses a memory value (MiB). */
const smallestMemory = 6;

/** One `containerDefinitions[]` entry without command and environment, which may stand in overrides instead. */
export function containerDefinition(
  pod: ResolvedPod,
  mapped: MappedContainer,
  options: FargateTranslateOptions,
  account: FieldAccount,
): ContainerDefinition {
  const credential = registryCredential(pod, mapped, options.registryCredentials, account);
  return {
    name: mapped.name,
    image: mapped.image,
    essential: mapped.essential,
    ...(mapped.entryPoint ? { entryPoint: [...mapped.entryPoint] } : {}),
    ...(mapped.workingDirectory ? { workingDirectory: mapped.workingDirectory } : {}),
    ...(mapped.dependsOn.length > 0 ? { dependsOn: mapped.dependsOn.map((entry) => ({ ...entry })) } : {}),
    ...(mapped.mounts.length > 0 ? { mountPoints: mapped.mounts.map((mount) => ({ ...mount })) } : {}),
    ...(credential ? { repositoryCredentials: { credentialsParameter: credential } } : {}),
    ...sizes(mapped),
    ...security(mapped, account),
    ...ports(mapped, account),
    ...(mapped.located?.written && "tty" in mapped.located.written && mapped.located.written.tty === true
      ? { pseudoTerminal: true }
      : {}),
    stopTimeout: Math.min(
      Math.max(pod.terminationGracePeriodSeconds, stopTimeoutRange.lowest),
      stopTimeoutRange.highest,
    ),
    ...(options.logs ? { logConfiguration: logConfiguration(options.logs, options.region) } : {}),
  };
}

/** Init containers get no share of their own: ECS adds all containers up, where a pod takes the highest. */
function sizes({ located, role }: MappedContainer): ContainerDefinition {
  if (!located) return { memoryReservation: smallestMemory };
  const { milliCpu, memoryRequestMiB, memoryLimitMiB } = containerNeeds(located.container);
  const limit = memoryLimitMiB === undefined ? undefined : Math.max(Number(memoryLimitMiB), smallestMemory);
  if (role === "init") {
    return {
      ...(limit === undefined ? {} : { memory: limit }),
      ...(limit === undefined || limit > smallestMemory ? { memoryReservation: smallestMemory } : {}),
    };
  }
  // Without any number of memory a definition is legal on Fargate, but not everywhere else: the least says as little.
  const requested = memoryRequestMiB ?? (limit === undefined ? 0n : undefined);
  const reservation = requested === undefined ? undefined : Math.max(Number(requested), smallestMemory);
  return {
    ...(milliCpu === undefined ? {} : { cpu: Number((milliCpu * 1024n) / 1000n) }),
    ...(limit === undefined ? {} : { memory: limit }),
    ...(reservation !== undefined && (limit === undefined || limit > reservation)
      ? { memoryReservation: reservation }
      : {}),
  };
}

function security(
  { security: wanted, located }: MappedContainer,
  account: FieldAccount,
): ContainerDefinition {
  const refused = wanted.addCapabilities.filter((name) => name.replace(/^CAP_/, "") !== "SYS_PTRACE");
  if (located && refused.length > 0) {
    account.reject(
      `${located.path}.securityContext.capabilities.add`,
      `Fargate adds no capability but SYS_PTRACE: remove ${refused.join(", ")}`,
    );
  }
  if (located && wanted.privileged) {
    account.reject(`${located.path}.securityContext.privileged`, "Fargate runs no privileged containers");
  }
  const add = wanted.addCapabilities.map((name) => name.replace(/^CAP_/, ""));
  const drop = wanted.dropCapabilities.map((name) => name.replace(/^CAP_/, ""));
  return {
    ...(wanted.user === undefined ? {} : { user: wanted.user }),
    ...(wanted.readOnlyRootFilesystem ? { readonlyRootFilesystem: true } : {}),
    ...(add.length + drop.length > 0
      ? {
          linuxParameters: {
            capabilities: { ...(add.length > 0 ? { add } : {}), ...(drop.length > 0 ? { drop } : {}) },
          },
        }
      : {}),
  };
}

function ports({ located }: MappedContainer, account: FieldAccount): ContainerDefinition {
  const written = located?.written.ports ?? [];
  if (written.length === 0) return {};
  for (const [index, { containerPort, hostPort }] of written.entries()) {
    if (!hostPort || hostPort === containerPort) continue;
    account.reject(
      `${located?.path}.ports[${index}].hostPort`,
      "a task has no address but its own: make hostPort equal to containerPort or remove it",
    );
  }
  return {
    portMappings: written.map(({ containerPort, protocol }) => ({
      containerPort,
      protocol: protocol === "UDP" ? "udp" : "tcp",
    })),
  };
}
