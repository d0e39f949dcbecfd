import type { ResolvedPod } from "@vkubelet/core";
import type { FieldAccount } from "@vkubelet/pod";
import { plainTextOf, type SecretsPolicy } from "./plain-text.ts";
import type { NameValue } from "./run-names.ts";
import { type ContainerSecurity, containerSecurity } from "./security.ts";
import { type LocatedContainer, variablePath } from "./spec-paths.ts";

/** When a container may start, in the words that ECS and Batch share. */
export interface ContainerDependency {
  readonly containerName: string;
  readonly condition: "START" | "COMPLETE" | "SUCCESS";
}

export interface MappedMount {
  readonly sourceVolume: string;
  readonly containerPath: string;
  readonly readOnly: boolean;
}

/** A container in the terms that ECS and Batch share; each backend renders it into its own request. */
export interface MappedContainer {
  readonly name: string;
  /** Absent for a helper that stands in no pod. */
  readonly located?: LocatedContainer;
  readonly role: "init" | "sidecar" | "main" | "writer" | "sentinel";
  readonly image: string;
  /** What Kubernetes calls `command`: replaces the image's ENTRYPOINT. */
  readonly entryPoint?: readonly string[];
  /** What Kubernetes calls `args`: replaces the image's CMD. */
  readonly command?: readonly string[];
  readonly workingDirectory?: string;
  readonly environment: readonly NameValue[];
  readonly security: ContainerSecurity;
  readonly mounts: readonly MappedMount[];
  readonly essential: boolean;
  readonly dependsOn: readonly ContainerDependency[];
}

/** One container of the pod, its order and essentiality aside. */
export function mapContainer(
  pod: ResolvedPod,
  located: LocatedContainer,
  secrets: SecretsPolicy,
  account: FieldAccount,
): Omit<MappedContainer, "essential" | "dependsOn"> {
  const { container, path } = located;
  const texts = (field: "command" | "args") =>
    container[field]?.flatMap(
      (value, index) => plainTextOf(value, `${path}.${field}[${index}]`, secrets, account) ?? [],
    );
  const entryPoint = texts("command");
  const command = texts("args");
  if (container.image === "") account.reject(`${path}.image`, "an image is needed here");
  if (container.imagePullPolicy === "Never") {
    account.reject(`${path}.imagePullPolicy`, "every run pulls its images: use Always or IfNotPresent");
  }
  return {
    name: container.name,
    located,
    role: container.kind,
    image: container.image,
    ...(entryPoint ? { entryPoint } : {}),
    ...(command ? { command } : {}),
    ...(container.workingDir ? { workingDirectory: container.workingDir } : {}),
    environment: container.env.flatMap((variable) => {
      const value = plainTextOf(variable.value, variablePath(located, variable.name), secrets, account);
      return value === undefined ? [] : [{ name: variable.name, value }];
    }),
    security: containerSecurity(pod, located, account),
    mounts: container.mounts.map((mount, index) => {
      if (mount.subPath) {
        account.reject(
          `${path}.volumeMounts[${index}].subPath`,
          "a mount takes a whole volume: mount the volume elsewhere and use the path below it",
        );
      }
      return {
        sourceVolume: mount.volume,
        containerPath: mount.mountPath,
        readOnly: mount.readOnly || pod.volumes.some((v) => v.name === mount.volume && v.type === "files"),
      };
    }),
  };
}
