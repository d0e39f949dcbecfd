import { isAbsolute } from "node:path";
import { type Clock, optionsError } from "@vkubelet/core";
import { z } from "zod";
import type { LocalImages } from "./translate/local-image.ts";

/** Options of {@link createLocalProvider}. */
export interface LocalProviderOptions {
  /**
   * Absolute path of the provider's own directory, made with mode 0700. It is the backend: pods, output and secrets
   * lie there, and a provider on the same directory adopts all of them. Nothing outside is written but control groups.
   */
  readonly directory: string;
  /** Capacity of the node, each name in place of what is measured: `{ cpu: "2", memory: "4Gi", pods: "20" }`. */
  readonly capacity?: Readonly<Record<string, string>> | undefined;
  /**
   * How `mountPath` is honoured. `namespace`: every container with mounts gets a private mount namespace (Linux, root).
   * `reject`: pods with mounts are rejected by path. Default: what this machine allows.
   */
  readonly mounts?: "namespace" | "reject" | undefined;
  /** Stands as pod and host IP. Default: the first address of this machine that is not internal, else 127.0.0.1. */
  readonly address?: string | undefined;
  /**
   * What stands in for images, by their names as pods write them, with and without tag and digest; `*` stands for any
   * text, and the first that fits counts: programs of this machine, `{ "nginx": { command: ["/usr/sbin/nginx"] } }`, or a
   * directory as root, `{ "busybox": { root: "/srv/busybox", command: ["/bin/sh"] } }`, with what an image would say of
   * itself (`workingDir`, `user`, `env`).
   */
  readonly images?: LocalImages | undefined;
  /** The source of time for backoff and grace. Default: the clock of the call that opens the provider. */
  readonly clock?: Clock | undefined;
  /** Milliseconds between looks at a pod without any news. Default 30000. */
  readonly rescanMs?: number | undefined;
  /**
   * Output that is dropped at once when there is too much of a stream, in bytes, as a kubelet drops its oldest file:
   * at least 4096. Default 10 MiB.
   */
  readonly logMaxBytes?: number | undefined;
  /** Of each stream at most so many times {@link logMaxBytes} are kept: at least 2. Default 5. */
  readonly logMaxFiles?: number | undefined;
}

const isClock = (value: unknown): value is Clock =>
  typeof value === "object" && value !== null && "now" in value && "monotonic" in value && "sleep" in value;

const image = z
  .strictObject({
    root: z.string().refine(isAbsolute, "must be an absolute path").optional(),
    command: z.array(z.string()).min(1).optional(),
    workingDir: z.string().refine(isAbsolute, "must be an absolute path").optional(),
    user: z
      .string()
      .regex(/^[^:\s]+(:[^:\s]+)?$/, "must be user or user:group")
      .optional(),
    env: z.record(z.string().regex(/^[^=\0]+$/, "must be a variable's name"), z.string()).optional(),
  })
  .refine(
    ({ root, command }) => root !== undefined || command !== undefined,
    "must have a root or a command",
  );

const schema = z.strictObject({
  directory: z.string().refine(isAbsolute, "must be an absolute path"),
  capacity: z
    .record(
      z.string(),
      z.string().regex(/^[0-9.]+([eE][0-9]+|[numkMGTPE]|[KMGTPE]i)?$/, "must be a quantity"),
    )
    .optional(),
  mounts: z.enum(["namespace", "reject"]).optional(),
  address: z.union([z.ipv4(), z.ipv6()]).optional(),
  images: z.record(z.string(), image).optional(),
  clock: z.custom<Clock>(isClock, "must have now(), monotonic() and sleep()").optional(),
  rescanMs: z.int().min(100).optional(),
  logMaxBytes: z.int().min(4096).optional(),
  logMaxFiles: z.int().min(2).optional(),
}) satisfies z.ZodType<LocalProviderOptions>;

/** Checks options from a file or from code. `InvalidInput` names every field that is wrong, unknown ones included. */
export function parseLocalProviderOptions(input: unknown): LocalProviderOptions {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw optionsError("local", result.error.issues);
}
