import { isProviderError } from "@vkubelet/core";
import type { ManifestObject, Translator } from "@vkubelet/pod";
import {
  type TranslatedObjects,
  type TranslateObjectsOptions,
  translateObjects,
} from "@vkubelet/pod/workloads";
import { UsageError } from "../cli-error.ts";
import type { ProviderName } from "../run/config.ts";

/** Translates manifests for one backend, whose options are settled. */
export type TranslateFor = (
  objects: readonly ManifestObject[],
  more: TranslateObjectsOptions,
) => TranslatedObjects;

/** Stands for whatever a configuration does not name. */
const preview = {
  nodeName: "preview",
  region: "us-east-1",
  cluster: "preview",
  subnets: ["subnet-preview"],
  jobQueue: "preview",
  executionRoleArn: "arn:aws:iam::000000000000:role/preview",
  address: "203.0.113.10",
  mhzPerCore: 1000,
};

/**
 * Loads the translator of a backend with the options of its own section of the configuration; what a section must have
 * and this one lacks stands as a preview. Rejects with a {@link UsageError}, one line per wrong option.
 */
export async function loadBackend(
  name: ProviderName,
  nodeName: string | undefined,
  section: unknown,
): Promise<TranslateFor> {
  const given = typeof section === "object" && section !== null ? section : undefined;
  if (section !== undefined && section !== null && given === undefined) {
    throw new UsageError(`${name}: must be a map of options`);
  }
  const named = { nodeName: nodeName ?? preview.nodeName, ...given };
  try {
    return await loaders[name](named, given);
  } catch (error) {
    if (!isProviderError(error) || error.code !== "InvalidInput") throw error;
    const lines = error.issues.map(
      ({ path, message }) => `${name}${path === "" ? "" : `.${path}`}: ${message}`,
    );
    throw new UsageError(lines.length > 0 ? lines.join("\n") : `${name}: ${error.message}`, { cause: error });
  }
}

type Loader = (named: { readonly nodeName: string }, given: object | undefined) => Promise<TranslateFor>;

const loaders: Readonly<Record<ProviderName, Loader>> = {
  async local(_, given) {
    const { localTranslator } = await import("@vkubelet/local/translate");
    const { parseLocalProviderOptions } = await import("@vkubelet/local");
    const options = given === undefined ? undefined : parseLocalProviderOptions(given);
    return translateWith(localTranslator, {
      operatingSystem: "linux",
      architecture: "amd64",
      uid: 0,
      gid: 0,
      address: options?.address ?? preview.address,
      mounts: options?.mounts ?? "namespace",
      users: "any",
      hostname: (options?.mounts ?? "namespace") === "namespace" ? "own" : "machine",
      limits: "cgroup",
      images: options?.images,
    });
  },
  async nomad(named) {
    const { nomadTranslator } = await import("@vkubelet/nomad/translate");
    const { parseNomadOptions } = await import("@vkubelet/nomad");
    const { nodePool, priority, mhzPerCore = preview.mhzPerCore, ...options } = parseNomadOptions(named);
    return translateWith(nomadTranslator, {
      ...options,
      ...(nodePool === undefined ? {} : { nodePool }),
      ...(priority === undefined ? {} : { priority }),
      mhzPerCore,
    });
  },
  async fargate(named) {
    const { fargateTranslator } = await import("@vkubelet/fargate/translate");
    const { parseFargateOptions } = await import("@vkubelet/fargate");
    const { region, cluster, subnets } = preview;
    return translateWith(fargateTranslator, parseFargateOptions({ region, cluster, subnets, ...named }));
  },
  async batch(named) {
    const { batchTranslator } = await import("@vkubelet/batch/translate");
    const { parseBatchOptions } = await import("@vkubelet/batch");
    const { region, jobQueue, executionRoleArn } = preview;
    const onEc2 = "platform" in named && named.platform === "EC2";
    const needed = { region, jobQueue, ...(onEc2 ? {} : { executionRoleArn }) };
    return translateWith(batchTranslator, parseBatchOptions({ ...needed, ...named }));
  },
};

function translateWith<Options extends object, Requests>(
  translator: Translator<Options, Requests>,
  options: Options,
): TranslateFor {
  return (objects, more) => translateObjects(translator, objects, options, more);
}
