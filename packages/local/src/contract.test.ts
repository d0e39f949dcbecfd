import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProviderUnderTest } from "@vkubelet/testing";
import { countedShellWorkloads } from "@vkubelet/testing/node";
import { testProviderContract } from "@vkubelet/testing/vitest";
import { probeHost } from "./machine/host.ts";
import { createLocalProvider } from "./provider.ts";

/** Whether pods can have files on this machine. */
const mounts = (await probeHost({})).mounts !== "reject";

/** A provider on a directory of its own, beside the marks that the starts of containers leave. */
async function openLocal(): Promise<ProviderUnderTest> {
  const root = await mkdtemp(join(tmpdir(), "vkubelet-local-"));
  const open = () => createLocalProvider({ directory: join(root, "pods"), address: "10.0.0.1" });
  let provider = open();
  const counted = countedShellWorkloads(root);
  const { printsFile, ...workloads } = counted.workloads;
  return {
    provider,
    reopen: async () => {
      await provider[Symbol.asyncDispose]?.();
      provider = open();
      return provider;
    },
    workloads: {
      ...workloads,
      ...(mounts ? { printsFile } : {}),
      impossible: () => ({ container: { image: "busybox" }, field: "command" }),
    },
    runsOf: counted.runsOf,
    close: async () => {
      await provider[Symbol.asyncDispose]?.();
      // What was killed a moment ago may still write its last words.
      await rm(root, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
}

/** Requests that there are none of: a directory answers, takes everything that fits and keeps nobody waiting. */
const requestFaults = [
  "create.loseReply",
  "create.hang",
  "create.unavailable",
  "create.throttled",
  "create.unauthorized",
  "create.capacity",
  "list.hang",
  "list.unavailable",
  "list.partial",
  "list.throttled",
  "list.unauthorized",
  "stop.hang",
  "stop.unavailable",
  "watch.unavailable",
  "health.unavailable",
] as const;

testProviderContract("pods as processes of this machine", {
  open: openLocal,
  omit: [
    ...requestFaults.map((fault) => ({
      need: `fault:${fault}` as const,
      reason: "the backend is a directory, to which there are no requests",
    })),
    ...(mounts
      ? []
      : [
          {
            case: "updates/file",
            reason: "this machine allows no private mount namespaces (needs Linux and root)",
          },
        ]),
    { need: "neighbour", reason: "a directory is the backend of one node" },
    { need: "restarts:runtime", reason: "it restarts containers itself" },
    { case: "idempotency/record-gone", reason: "the directory remembers, and no record is written" },
    { case: "idempotency/crash-at-record", reason: "the directory remembers, and no record is written" },
  ],
});
