import { readFile } from "node:fs/promises";
import type { Taint } from "@vkubelet/core";
import type { DrainSettings, KubeletOptions } from "@vkubelet/kubelet";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { UsageError } from "../cli-error.ts";

/** The backends that the command knows. */
export const providerNames = ["local", "nomad", "fargate", "batch"] as const;
export type ProviderName = (typeof providerNames)[number];

const taint = z.strictObject({
  key: z.string().min(1),
  value: z.string().optional(),
  effect: z.enum(["NoSchedule", "PreferNoSchedule", "NoExecute"]),
});

/** The file, and what is laid over it. Strict: users write it. */
const configSchema = z.strictObject({
  provider: z.enum(providerNames).optional(),
  nodeName: z.string().min(1).max(253).optional(),
  kubeconfig: z.string().optional(),
  labels: z.record(z.string(), z.string()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  taints: z.array(taint).optional(),
  providerID: z.string().min(1).optional(),
  internalIP: z.string().optional(),
  server: z
    .strictObject({
      port: z.int().min(0).max(65_535).optional(),
      address: z.string().optional(),
      clientCaFile: z.string().optional(),
      certificateFile: z.string().optional(),
      keyFile: z.string().optional(),
    })
    .optional(),
  clusterDomain: z.string().min(1).max(253).optional(),
  clusterDNS: z
    .array(z.union([z.ipv4(), z.ipv6()]))
    .min(1)
    .optional(),
  concurrency: z.int().min(1).max(10_000).optional(),
  apiRequests: z.strictObject({ perSecond: z.number().positive(), burst: z.int().min(1) }).optional(),
  orphans: z
    .strictObject({
      graceSeconds: z.number().min(0).optional(),
      refuseAbove: z.strictObject({ count: z.int().min(0), share: z.number().min(0).max(1) }).optional(),
    })
    .optional(),
  drain: z
    .strictObject({
      graceSeconds: z.number().min(0),
      criticalSeconds: z.number().min(0).optional(),
      deleteNode: z.boolean().optional(),
    })
    .refine(({ graceSeconds, criticalSeconds = 0 }) => criticalSeconds <= graceSeconds, {
      error: "criticalSeconds is a part of graceSeconds and cannot be more",
    })
    .optional(),
  leaderElection: z
    .strictObject({
      namespace: z.string().min(1).max(63).optional(),
      name: z.string().min(1).max(253).optional(),
      identity: z.string().min(1).optional(),
      leaseDurationSeconds: z.int().positive().optional(),
      renewDeadlineSeconds: z.number().positive().optional(),
      retryPeriodSeconds: z.number().positive().optional(),
    })
    .refine((settings) => isInOrder(settings), {
      error:
        "leaseDurationSeconds (15) must be above renewDeadlineSeconds (10), and that above retryPeriodSeconds (2)",
    })
    .optional(),
  logLevel: z.enum(["debug", "info", "warn", "error"]).optional(),
  /** Checked by each provider's own parser. */
  local: z.unknown().optional(),
  nomad: z.unknown().optional(),
  fargate: z.unknown().optional(),
  batch: z.unknown().optional(),
});

function isInOrder(settings: {
  readonly leaseDurationSeconds?: number | undefined;
  readonly renewDeadlineSeconds?: number | undefined;
  readonly retryPeriodSeconds?: number | undefined;
}): boolean {
  const { leaseDurationSeconds = 15, renewDeadlineSeconds = 10, retryPeriodSeconds = 2 } = settings;
  return leaseDurationSeconds > renewDeadlineSeconds && renewDeadlineSeconds > retryPeriodSeconds;
}

type ConfigFile = z.infer<typeof configSchema>;

/** Settings given on the command line or by the environment; each wins over the file. */
export interface RunFlags {
  readonly provider?: string;
  readonly nodeName?: string;
  readonly kubeconfig?: string;
  readonly config?: string;
  readonly logLevel?: string;
}

/** Where the kubelet API listens, and with which certificates. Paths as given. */
export interface ServerConfig {
  readonly port?: number | undefined;
  readonly address?: string | undefined;
  readonly clientCaFile?: string | undefined;
  readonly certificateFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

/** Everything that `vkubelet run` needs, checked. */
export interface RunConfig {
  readonly provider: ProviderName;
  readonly nodeName: string;
  readonly kubeconfig: string | undefined;
  readonly labels: Readonly<Record<string, string>> | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
  readonly taints: readonly Taint[] | undefined;
  readonly providerID: string | undefined;
  readonly internalIP: string | undefined;
  readonly server: ServerConfig;
  readonly clusterDomain: string | undefined;
  readonly clusterDNS: readonly string[] | undefined;
  readonly concurrency: number | undefined;
  readonly apiRequests: KubeletOptions["apiRequests"];
  readonly orphans: KubeletOptions["orphans"];
  readonly drain: DrainSettings | undefined;
  readonly leaderElection: KubeletOptions["leaderElection"];
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly providerOptions: unknown;
}

/**
 * Reads the file and lays environment and flags over it: flags win over `VKUBELET_…` variables, these over the file.
 * Throws {@link UsageError} with one line per mistake: `file: path: what is wrong`.
 */
export async function loadRunConfig(
  flags: RunFlags,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<RunConfig> {
  const path = flags.config ?? environment["VKUBELET_CONFIG"];
  const file = path === undefined ? {} : await readConfigFile(path);
  const given = {
    provider: flags.provider ?? environment["VKUBELET_PROVIDER"],
    nodeName: flags.nodeName ?? environment["VKUBELET_NODE_NAME"],
    kubeconfig: flags.kubeconfig ?? environment["VKUBELET_KUBECONFIG"],
    logLevel: flags.logLevel ?? environment["VKUBELET_LOG_LEVEL"],
  };
  const overlay = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const config = check({ ...file, ...overlay }, "settings");
  if (config.provider === undefined) {
    throw new UsageError(`provider: missing; give --provider with one of ${providerNames.join(", ")}`);
  }
  if (config.nodeName === undefined) throw new UsageError("nodeName: missing; give --node-name");
  return {
    provider: config.provider,
    nodeName: config.nodeName,
    kubeconfig: config.kubeconfig,
    labels: config.labels,
    annotations: config.annotations,
    taints: config.taints?.map(({ key, value, effect }) => ({
      key,
      effect,
      ...(value === undefined ? {} : { value }),
    })),
    providerID: config.providerID,
    internalIP: config.internalIP,
    server: config.server ?? {},
    clusterDomain: config.clusterDomain,
    clusterDNS: config.clusterDNS,
    concurrency: config.concurrency,
    apiRequests: config.apiRequests,
    orphans: config.orphans,
    drain: config.drain,
    leaderElection: config.leaderElection,
    logLevel: config.logLevel ?? "info",
    providerOptions: config[config.provider] ?? {},
  };
}

/** The part of a configuration file that concerns one backend. */
export interface BackendConfig {
  readonly nodeName: string | undefined;
  /** The backend's own section, not checked; undefined where there is none. */
  readonly section: unknown;
}

/** Reads and checks a configuration file. Throws {@link UsageError} with one line per mistake. */
export async function loadBackendConfig(path: string, backend: ProviderName): Promise<BackendConfig> {
  const file = await readConfigFile(path);
  return { nodeName: file.nodeName, section: file[backend] };
}

async function readConfigFile(path: string): Promise<ConfigFile> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new UsageError(`${path}: cannot be read: ${(error as NodeJS.ErrnoException).code ?? "error"}`, {
      cause: error,
    });
  }
  let value: unknown;
  try {
    value = parseYaml(text) ?? {};
  } catch (error) {
    const [firstLine] = (error as Error).message.split("\n");
    throw new UsageError(`${path}: not YAML: ${firstLine}`, { cause: error });
  }
  return check(value, path);
}

function check(value: unknown, origin: string): ConfigFile {
  const result = configSchema.safeParse(value);
  if (result.success) return result.data;
  throw new UsageError(
    result.error.issues
      .map((issue) => `${origin}: ${issue.path.join(".") || "top level"}: ${issue.message}`)
      .join("\n"),
  );
}
