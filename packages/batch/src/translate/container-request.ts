import type { LinuxParameters, LogConfiguration, TaskContainerProperties } from "@aws-sdk/client-batch";
import { capabilityChanges, type MappedContainer, registryCredential } from "@vkubelet/aws/translate";
import type { ResolvedPod } from "@vkubelet/core";
import type { FieldAccount } from "@vkubelet/pod";
import { parameterReference } from "./job-names.ts";
import type { BatchTranslateOptions } from "./options.ts";

/** The fields of a container that `containerProperties` and `ecsProperties` write alike. */
export type CommonContainer = Pick<
  TaskContainerProperties,
  | "image"
  | "linuxParameters"
  | "logConfiguration"
  | "mountPoints"
  | "privileged"
  | "readonlyRootFilesystem"
  | "repositoryCredentials"
  | "secrets"
  | "user"
>;

/** One container without command, environment and size. */
export function commonContainer(
  pod: ResolvedPod,
  mapped: MappedContainer,
  options: BatchTranslateOptions,
  account: FieldAccount,
): CommonContainer {
  const { security, located } = mapped;
  const credential = registryCredential(pod, mapped, options.registryCredentials, account);
  const onEc2 = options.platform === "EC2";
  checkCapabilities(mapped, account);
  if (located && security.privileged && !onEc2) {
    account.reject(
      `${located.path}.securityContext.privileged`,
      "Fargate runs no privileged containers: use a queue on EC2",
    );
  }
  return {
    image: mapped.image,
    ...(mapped.secrets.length > 0 ? { secrets: mapped.secrets.map((entry) => ({ ...entry })) } : {}),
    ...linuxParameters(mapped),
    ...(mapped.mounts.length > 0 ? { mountPoints: mapped.mounts.map((mount) => ({ ...mount })) } : {}),
    ...(credential ? { repositoryCredentials: { credentialsParameter: credential } } : {}),
    ...(security.user === undefined ? {} : { user: security.user }),
    ...(security.readOnlyRootFilesystem ? { readonlyRootFilesystem: true } : {}),
    ...(security.privileged && onEc2 ? { privileged: true } : {}),
    ...(options.logs ? { logConfiguration: logConfiguration(options.logs, options.region) } : {}),
  };
}

/** Batch sets no capabilities, so that a container has the common ones, no fewer and no more. */
function checkCapabilities({ located, security }: MappedContainer, account: FieldAccount): void {
  if (!located) return;
  const { add, drop } = capabilityChanges(security.addCapabilities, security.dropCapabilities);
  const path = `${located.path}.securityContext.capabilities`;
  if (add.length > 0) {
    account.reject(`${path}.add`, `Batch adds no capabilities to the common ones: remove ${add.join(", ")}`);
  }
  if (drop.length > 0) {
    account.reject(
      `${path}.drop`,
      "Batch takes no capabilities away: remove it",
      "the container keeps the common capabilities",
    );
  }
}

const sharedMemory = "/dev/shm";

function linuxParameters({ tmpfs }: MappedContainer): Pick<CommonContainer, "linuxParameters"> {
  if (tmpfs.length === 0) return {};
  const shared = tmpfs.find(({ containerPath }) => containerPath === sharedMemory);
  const others = tmpfs.filter(({ containerPath }) => containerPath !== sharedMemory);
  const parameters: LinuxParameters = {
    ...(shared ? { sharedMemorySize: shared.sizeMiB } : {}),
    ...(others.length > 0
      ? {
          tmpfs: others.map(({ containerPath, sizeMiB }) => ({
            containerPath,
            size: sizeMiB,
            // Docker's default is noexec, a pod's volume is not.
            mountOptions: ["exec"],
          })),
        }
      : {}),
  };
  return { linuxParameters: parameters };
}

function logConfiguration(
  logs: NonNullable<BatchTranslateOptions["logs"]>,
  region: string,
): LogConfiguration {
  return {
    logDriver: "awslogs",
    options: {
      "awslogs-group": logs.group,
      "awslogs-region": region,
      "awslogs-stream-prefix": logs.streamPrefix ?? "vkubelet",
      mode: "blocking",
    },
  };
}

/** What Batch sends as CMD. An ENTRYPOINT cannot be replaced, so `command` is an issue unless the options allow it. */
export function commandOf(
  { entryPoint, command, located }: MappedContainer,
  options: BatchTranslateOptions,
  account: FieldAccount,
): readonly string[] | undefined {
  if (located && entryPoint && options.entryPoint !== "assume-none") {
    account.reject(
      `${located.path}.command`,
      'Batch cannot replace an image\'s ENTRYPOINT: write args only, or set the option entryPoint: "assume-none" where images have none, or use Fargate without Batch',
      "command and args are sent as CMD, which is right where the image has no ENTRYPOINT",
    );
  }
  if (!entryPoint && !command) return undefined;
  const whole = [...(entryPoint ?? []), ...(command ?? [])];
  if (located && whole.some((part) => parameterReference.test(part))) {
    account.reject(`${located.path}.args`, "Batch would replace Ref::vkubelet_…: rename it");
  }
  return whole;
}

/** Batch keeps names that begin so for itself. */
const reservedPrefix = "AWS_BATCH";

/** Issues about the names of variables. */
export function checkEnvironment(
  { environment, secrets, located }: MappedContainer,
  account: FieldAccount,
): void {
  if (!located) return;
  for (const { name } of [...environment, ...secrets]) {
    if (!name.startsWith(reservedPrefix)) continue;
    const index = located.written.env?.findIndex((entry) => entry.name === name) ?? -1;
    account.reject(
      index < 0 ? `${located.path}.envFrom` : `${located.path}.env[${index}].name`,
      `Batch keeps names that begin with ${reservedPrefix} for itself: rename ${name}`,
    );
  }
}
