import { mapPod, rejectUnknownResources } from "@vkubelet/aws/translate";
import type { ResolvedPod } from "@vkubelet/core";
import { defineTranslator, type FieldAccount, type Translator } from "@vkubelet/pod";
import { containerDefinition } from "./container-definition.ts";
import type { FargateTranslateOptions } from "./options.ts";
import { buildRequests, definitionLimit, type FargateRequests } from "./requests.ts";
import { fargateSupport } from "./support.ts";
import { taskSize } from "./task-size.ts";

const knownResources: ReadonlySet<string> = new Set(["cpu", "memory", "ephemeral-storage"]);

/**
 * Pods as ECS tasks on Fargate. The same for the same input byte for byte: ECS compares the parameters of a repeated
 * RunTask with those of the first.
 */
export const fargateTranslator: Translator<FargateTranslateOptions, FargateRequests> = defineTranslator({
  backend: "fargate",
  support: () => fargateSupport,
  map: mapToTask,
  operations: ({ registerTaskDefinition, runTask }) => [
    { operation: "RegisterTaskDefinition", input: registerTaskDefinition },
    { operation: "RunTask", input: runTask },
  ],
});

function mapToTask(
  pod: ResolvedPod,
  options: FargateTranslateOptions,
  account: FieldAccount,
): FargateRequests | undefined {
  const mapping = mapPod(
    pod,
    {
      secrets: options.secrets ?? "reject",
      ...(options.writerImage === undefined ? {} : { writerImage: options.writerImage }),
      ...(options.sentinelImage === undefined ? {} : { sentinelImage: options.sentinelImage }),
    },
    account,
  );
  rejectUnknownResources(pod, knownResources, account);
  const size = taskSize(pod, account);
  const containers = mapping.containers.map((mapped) => containerDefinition(pod, mapped, options, account));
  if (mapping.firstEndStopsOthers) {
    account.approximate(
      "spec.containers",
      "the first main container to end stops the others; the option sentinelImage lets each end by itself where the pod is not restarted for ever",
    );
  }
  if (size === undefined) return undefined;
  const requests = buildRequests({
    pod,
    options,
    size,
    containers,
    values: mapping.containers,
    volumes: mapping.volumes,
  });
  if (requests === undefined) {
    account.reject(
      "spec.containers",
      `becomes a task definition above ECS's ${definitionLimit} bytes: shorten environment, commands or files`,
    );
  }
  return requests;
}
