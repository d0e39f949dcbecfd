import type { ContainerDefinition, PortMapping } from "@aws-sdk/client-ecs";
import { containerNeeds, type MappedContainer, registryCredential } from "@vkubelet/aws/translate";
import type { ResolvedPod } from "@vkubelet/core";
import type { FieldAccount } from "@vkubelet/pod";
import type { MappedHealth } from "./health-check.ts";
import { linuxParameters, systemControls } from "./linux-parameters.ts";
import { logConfiguration } from "./log-configuration.ts";
import type { FargateTranslateOptions } from "./options.ts";

/** ECS takes 2 to 120 s on Fargate. */
export const stopTimeoutRange = { lowest: 2, highest: 120 } as const;

/** Below this ECS refuses a memory value (MiB). */
const smallestMemory = 6;

/** API reference, ContainerRestartPolicy: who ran for less is not started again (seconds). */
const shortestRestartPeriod = 60;

/** What is known of a container beyond itself. */
export interface ContainerSurroundings {
  readonly pod: ResolvedPod;
  readonly options: FargateTranslateOptions;
  readonly health: MappedHealth | undefined;
  readonly ports: readonly PortMapping[];
}

/** One `containerDefinitions[]` entry without command and environment, which may stand in overrides instead. */
export function containerDefinition(
  mapped: MappedContainer,
  { pod, options, health, ports }: ContainerSurroundings,
  account: FieldAccount,
): ContainerDefinition {
  const credential = registryCredential(pod, mapped, options.registryCredentials, account);
  return {
    name: mapped.name,
    image: mapped.image,
    essential: mapped.essential,
    ...(mapped.entryPoint ? { entryPoint: [...mapped.entryPoint] } : {}),
    ...(mapped.workingDirectory ? { workingDirectory: mapped.workingDirectory } : {}),
    ...(mapped.secrets.length > 0 ? { secrets: mapped.secrets.map((entry) => ({ ...entry })) } : {}),
    ...(mapped.dependsOn.length > 0 ? { dependsOn: mapped.dependsOn.map((entry) => ({ ...entry })) } : {}),
    ...(mapped.mounts.length > 0 ? { mountPoints: mapped.mounts.map((mount) => ({ ...mount })) } : {}),
    ...(credential ? { repositoryCredentials: { credentialsParameter: credential } } : {}),
    ...sizes(mapped),
    ...security(mapped, account),
    ...linuxParameters(mapped, account),
    ...(mapped.located ? systemControls(pod, account) : {}),
    ...(ports.length > 0 ? { portMappings: [...ports] } : {}),
    ...(health ? { healthCheck: health.healthCheck } : {}),
    ...terminal(mapped),
    ...(mapped.role === "sidecar"
      ? { restartPolicy: { enabled: true, restartAttemptPeriod: shortestRestartPeriod } }
      : {}),
    stopTimeout: Math.min(
      Math.max(pod.terminationGracePeriodSeconds, stopTimeoutRange.lowest),
      stopTimeoutRange.highest,
    ),
    ...(options.logs ? { logConfiguration: logConfiguration(options.logs, options.region) } : {}),
  };
}

function terminal({ located }: MappedContainer): ContainerDefinition {
  const written = located?.written as
    | { readonly tty?: unknown; readonly stdin?: unknown; readonly stdinOnce?: unknown }
    | undefined;
  return {
    ...(written?.stdin === true ? { interactive: true } : {}),
    ...(written?.tty === true ? { pseudoTerminal: true } : {}),
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
  if (located && wanted.privileged) {
    account.reject(`${located.path}.securityContext.privileged`, "Fargate runs no privileged containers");
  }
  return {
    ...(wanted.user === undefined ? {} : { user: wanted.user }),
    ...(wanted.readOnlyRootFilesystem ? { readonlyRootFilesystem: true } : {}),
  };
}
