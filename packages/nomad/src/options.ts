import { optionsError } from "@vkubelet/core";
import { z } from "zod";
import { defaultTranslateOptions, type NomadDriver, type NomadVolume } from "./translate/options.ts";

/** Options of {@link createNomadProvider}, as a user writes them. */
export interface NomadProviderOptions {
  /** Name of the Kubernetes node that this provider stands for; part of every job's ID, so it must not change. */
  readonly nodeName: string;
  /** Address of any Nomad agent. Default `http://127.0.0.1:4646`. */
  readonly address?: string;
  /** Secret ID of an ACL token. */
  readonly token?: string;
  /** File that holds the token; read again for every request. */
  readonly tokenFile?: string;
  readonly region?: string;
  /** Nomad namespace of all jobs. Default `default`. */
  readonly namespace?: string;
  readonly nodePool?: string;
  /** Default `["*"]`. */
  readonly datacenters?: readonly string[];
  /** Default `docker`. `raw_exec` runs commands of the clients, without image and isolation. */
  readonly driver?: NomadDriver;
  /** Nomad job priority, 1 to 100. */
  readonly priority?: number;
  /** MHz that stand for one CPU. Default: the lowest MHz per core of the eligible nodes, read once. */
  readonly mhzPerCore?: number;
  /** MHz for a container that asks for no CPU. Default 100. */
  readonly defaultCpuMHz?: number;
  /** MiB for a container that asks for no memory. Default 256. */
  readonly defaultMemoryMiB?: number;
  /** Whether Nomad's scheduler has memory oversubscription enabled. Default false. */
  readonly memoryOversubscription?: boolean;
  /** Network of pods without `hostNetwork`: `host`, `bridge` or `cni/NAME`. Default: `bridge`, with `raw_exec` `host`. */
  readonly network?: string;
  /** The clients' `max_kill_timeout` in seconds. Default 30. */
  readonly maximumKillSeconds?: number;
  /** Name of a PersistentVolumeClaim, alone or as `namespace/name`, to the registered volume that stands for it. */
  readonly claims?: Readonly<Record<string, NomadVolume>>;
  /** Name of a RuntimeClass to the runtime of the clients' docker engines that stands for it. */
  readonly runtimes?: Readonly<Record<string, string>>;
  /** Pods that the node takes at most. Default 1000. */
  readonly maximumPods?: number;
  /** Milliseconds for one request. Default 30,000. */
  readonly requestTimeoutMs?: number;
}

/** {@link NomadProviderOptions} with every default in place. */
export interface ParsedNomadOptions {
  readonly nodeName: string;
  readonly address: string;
  readonly token?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly region?: string | undefined;
  readonly namespace: string;
  readonly nodePool?: string | undefined;
  readonly datacenters: readonly string[];
  readonly driver: NomadDriver;
  readonly priority?: number | undefined;
  readonly mhzPerCore?: number | undefined;
  readonly defaultCpuMHz: number;
  readonly defaultMemoryMiB: number;
  readonly memoryOversubscription: boolean;
  readonly network: string;
  readonly maximumKillSeconds: number;
  readonly claims: Readonly<Record<string, NomadVolume>>;
  readonly runtimes: Readonly<Record<string, string>>;
  readonly maximumPods: number;
  readonly requestTimeoutMs: number;
}

const defaults = defaultTranslateOptions;
const positive = z.number().int().positive();

const fields = z.strictObject({
  nodeName: z.string().min(1),
  address: z.url({ protocol: /^https?$/ }).default("http://127.0.0.1:4646"),
  token: z.string().min(1).optional(),
  tokenFile: z.string().min(1).optional(),
  region: z.string().min(1).optional(),
  namespace: z
    .string()
    .regex(/^[a-zA-Z0-9-]{1,128}$/)
    .default(defaults.namespace),
  nodePool: z.string().min(1).optional(),
  datacenters: z
    .array(z.string().min(1))
    .min(1)
    .default([...defaults.datacenters]),
  driver: z.enum(["docker", "raw_exec"]).default(defaults.driver),
  priority: z.number().int().min(1).max(100).optional(),
  mhzPerCore: positive.optional(),
  defaultCpuMHz: positive.default(defaults.defaultCpuMHz),
  defaultMemoryMiB: positive.min(10).default(defaults.defaultMemoryMiB),
  memoryOversubscription: z.boolean().default(defaults.memoryOversubscription),
  network: z
    .string()
    .regex(/^(host|bridge|cni\/.+)$/)
    .optional(),
  maximumKillSeconds: positive.default(defaults.maximumKillSeconds),
  claims: z
    .record(
      z.string().min(1),
      z.strictObject({
        type: z.enum(["csi", "host"]),
        source: z.string().min(1),
        accessMode: z.string().min(1).optional(),
        attachmentMode: z.string().min(1).optional(),
      }),
    )
    .default({}),
  runtimes: z.record(z.string().min(1), z.string().min(1)).default({}),
  maximumPods: positive.default(1_000),
  requestTimeoutMs: positive.default(30_000),
});

const schema = fields.refine(({ token, tokenFile }) => token === undefined || tokenFile === undefined, {
  path: ["tokenFile"],
  message: "give token or tokenFile, not both",
});

/** Checks what a user wrote, unknown names included. Throws `InvalidInput` that names every offending option. */
export function parseNomadOptions(input: unknown): ParsedNomadOptions {
  const parsed = schema.safeParse(input);
  if (!parsed.success) throw optionsError("nomad", parsed.error.issues);
  const options = parsed.data;
  return {
    ...options,
    network: options.network ?? (options.driver === "raw_exec" ? "host" : defaults.network),
  };
}
