import { isProviderError, type Provider } from "@vkubelet/core";
import { UsageError } from "../cli-error.ts";
import type { ProviderName } from "./config.ts";

/**
 * Makes the provider from its own section of the configuration. Each backend is loaded only when it is asked for, so
 * that a local node does not load the AWS SDK. Rejects with a {@link UsageError}, one line per wrong option.
 */
export async function createProvider(
  name: ProviderName,
  nodeName: string,
  options: unknown,
): Promise<Provider> {
  try {
    return await load(name, nodeName, options);
  } catch (error) {
    if (!isProviderError(error) || error.code !== "InvalidInput") throw error;
    const lines = error.issues.map(
      (issue) => `${name}${issue.path === "" ? "" : `.${issue.path}`}: ${issue.message}`,
    );
    throw new UsageError(lines.length > 0 ? lines.join("\n") : `${name}: ${error.message}`, { cause: error });
  }
}

async function load(name: ProviderName, nodeName: string, options: unknown): Promise<Provider> {
  const given = typeof options === "object" && options !== null && !Array.isArray(options) ? options : {};
  switch (name) {
    case "local": {
      const { createLocalProvider, parseLocalProviderOptions } = await import("@vkubelet/local");
      return createLocalProvider(parseLocalProviderOptions(given));
    }
    case "nomad": {
      const { createNomadProvider, parseNomadOptions } = await import("@vkubelet/nomad");
      const settings = { nodeName, ...given };
      parseNomadOptions(settings);
      return createNomadProvider(settings);
    }
    case "fargate": {
      const { createFargateProvider, parseFargateOptions } = await import("@vkubelet/fargate");
      return createFargateProvider(parseFargateOptions({ nodeName, ...given }));
    }
    case "batch": {
      const { createBatchProvider, parseBatchOptions } = await import("@vkubelet/batch");
      return createBatchProvider(parseBatchOptions({ nodeName, ...given }));
    }
  }
}
