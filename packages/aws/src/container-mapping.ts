import type { ResolvedPod } from "@vkubelet/core";
import type { FieldAccount } from "@vkubelet/pod";
import { imageProblem } from "./image-problem.ts";
import { plainTextOf, type SecretsOptions, secretVariable } from "./plain-text.ts";
import type { NameValue } from "./run-names.ts";
import { type SecretVariable, secretOfVariable } from "./secret-references.ts";
import { type ContainerSecurity, containerSecurity } from "./security.ts";
import { type LocatedContainer, variablePath } from "./spec-paths.ts";
import type { MappedMount, MappedTmpfs, VolumePlan } from "./volume-mapping.ts";

/** When a container may start, in the words that ECS and Batch share. */
export interface ContainerDependency {
  readonly containerName: string;
  /** `HEALTHY` only where {@link MappedContainer} has a health check, which Batch does not know. */
  readonly condition: "START" | "COMPLETE" | "SUCCESS" | "HEALTHY";
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
  /** Variables that AWS fills from Secrets Manager or Parameter Store at the start. */
  readonly secrets: readonly SecretVariable[];
  readonly security: ContainerSecurity;
  readonly mounts: readonly MappedMount[];
  readonly tmpfs: readonly MappedTmpfs[];
  readonly essential: boolean;
  readonly dependsOn: readonly ContainerDependency[];
}

/** One container of the pod, its order and essentiality aside. */
export function mapContainer(
  pod: ResolvedPod,
  located: LocatedContainer,
  plan: VolumePlan,
  secrets: SecretsOptions,
  account: FieldAccount,
): Omit<MappedContainer, "essential" | "dependsOn"> {
  const { container, path } = located;
  const texts = (field: "command" | "args") =>
    container[field]?.flatMap(
      (value, index) => plainTextOf(value, `${path}.${field}[${index}]`, secrets.policy, account) ?? [],
    );
  const entryPoint = texts("command");
  const command = texts("args");
  const problem = imageProblem(container.image);
  if (problem !== undefined) account.reject(`${path}.image`, problem);
  return {
    name: container.name,
    located,
    role: container.kind,
    image: container.image,
    ...(entryPoint ? { entryPoint } : {}),
    ...(command ? { command } : {}),
    ...(container.workingDir ? { workingDirectory: container.workingDir } : {}),
    ...variables(pod, located, secrets, account),
    security: containerSecurity(pod, located, account),
    mounts: plan.mountsOf(located),
    tmpfs: plan.tmpfsOf(located),
  };
}

function variables(
  pod: ResolvedPod,
  located: LocatedContainer,
  secrets: SecretsOptions,
  account: FieldAccount,
): Pick<MappedContainer, "environment" | "secrets"> {
  const environment: NameValue[] = [];
  const fromSecrets: SecretVariable[] = [];
  for (const { name, value, source } of located.container.env) {
    const path = variablePath(located, name);
    const key = source === "secret" ? secretOfVariable(located, name) : undefined;
    const secret = secretVariable(pod, name, key, path, secrets, account);
    if (secret) {
      fromSecrets.push(secret);
      continue;
    }
    const text = plainTextOf(value, path, secrets.policy, account);
    if (text !== undefined) environment.push({ name, value: text });
  }
  return { environment, secrets: fromSecrets };
}
