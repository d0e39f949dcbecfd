import { readFile } from "node:fs/promises";
import { type KubeletServerSettings, startKubelet } from "@vkubelet/kubelet";
import { UsageError } from "../cli-error.ts";
import { createConsoleLogger } from "../console-logger.ts";
import { loadRunConfig, type RunConfig, type RunFlags } from "./config.ts";
import { loadKubeConfig } from "./kube-config.ts";
import { createProvider } from "./providers.ts";

/**
 * `vkubelet run`: registers the node and works until a signal comes. SIGINT and SIGTERM end the process politely; pods
 * at the backend go on, and the next run under the same node name adopts them, unless the settings say to drain the
 * node. Fails when another process has taken the leadership over.
 */
export async function runCommand(flags: RunFlags): Promise<void> {
  const config = await loadRunConfig(flags, process.env);
  const logger = createConsoleLogger(config.logLevel, (line) => process.stderr.write(line));
  const provider = await createProvider(config.provider, config.nodeName, config.providerOptions);
  const kubelet = await startKubelet({
    provider,
    nodeName: config.nodeName,
    kubeConfig: await loadKubeConfig(config.kubeconfig, process.env),
    server: await serverSettings(config),
    logger,
    ...(config.labels === undefined ? {} : { labels: config.labels }),
    ...(config.annotations === undefined ? {} : { annotations: config.annotations }),
    ...(config.taints === undefined ? {} : { taints: config.taints }),
    ...(config.providerID === undefined ? {} : { providerID: config.providerID }),
    ...(config.internalIP === undefined ? {} : { internalIP: config.internalIP }),
    ...(config.clusterDomain === undefined ? {} : { clusterDomain: config.clusterDomain }),
    ...(config.clusterDNS === undefined ? {} : { clusterDNS: config.clusterDNS }),
    ...(config.concurrency === undefined ? {} : { concurrency: config.concurrency }),
    ...(config.apiRequests === undefined ? {} : { apiRequests: config.apiRequests }),
    ...(config.orphans === undefined ? {} : { orphans: config.orphans }),
    ...(config.leaderElection === undefined ? {} : { leaderElection: config.leaderElection }),
  });
  const signal = new Promise<string>((resolve) => {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => resolve(name));
  });
  const end = await Promise.race([signal, kubelet.ended]);
  if (end instanceof Error) throw end;
  const { drain } = config;
  const what = drain === undefined ? "pods at the backend go on" : "pods are ended first";
  logger.info(`stopping; ${what}`, { signal: end });
  await kubelet.stop(drain === undefined ? {} : { drain });
}

async function serverSettings(config: RunConfig): Promise<KubeletServerSettings> {
  const { port, address, clientCaFile, certificateFile, keyFile } = config.server;
  if ((certificateFile === undefined) !== (keyFile === undefined)) {
    throw new UsageError("server: certificateFile and keyFile belong together; give both or none");
  }
  return {
    ...(port === undefined ? {} : { port }),
    ...(address === undefined ? {} : { address }),
    ...(clientCaFile === undefined ? {} : { clientCa: await readCa(clientCaFile) }),
    ...(certificateFile === undefined || keyFile === undefined
      ? {}
      : { certificateFiles: { certificateFile, keyFile } }),
  };
}

async function readCa(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? "error";
    throw new UsageError(`server.clientCaFile: ${path}: cannot be read: ${why}`, { cause: error });
  }
}
