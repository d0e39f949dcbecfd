import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createNomadProvider } from "@vkubelet/nomad";
import type { ProviderUnderTest } from "@vkubelet/testing";
import { countedShellWorkloads } from "@vkubelet/testing/node";
import { testProviderContract } from "@vkubelet/testing/vitest";
import { type NomadAgent, peerOrSkip, startNomad } from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe } from "vitest";
import { NomadFaults } from "./nomad-faults.ts";
import { podContext } from "./nomad-fixtures.ts";

describe.runIf(await peerOrSkip("nomad"))("the provider contract on a real Nomad", () => {
  let agent: NomadAgent;
  let marks: string;
  let cases = 0;

  beforeAll(async () => {
    marks = await mkdtemp(join(tmpdir(), "vkubelet-contract-"));
    agent = await startNomad();
  });
  afterAll(async () => {
    await agent?.stop();
    await rm(marks, { recursive: true, force: true });
  });

  /** A node of its own for each case. */
  const openNomad = async (): Promise<ProviderUnderTest> => {
    cases += 1;
    const options = {
      nodeName: `contract-${cases}`,
      address: agent.address,
      driver: "raw_exec" as const,
    };
    const { faults, fetch } = new NomadFaults();
    const counted = countedShellWorkloads(marks);
    // Processes of a client have no mounts.
    const { printsFile: _, ...workloads } = counted.workloads;
    const open = () => createNomadProvider(options, { fetch });
    let provider = open();
    return {
      provider,
      reopen: async () => {
        await provider[Symbol.asyncDispose]?.();
        provider = open();
        return provider;
      },
      neighbour: async () =>
        createNomadProvider({ ...options, nodeName: `${options.nodeName}-neighbour` }, { fetch }),
      workloads: {
        ...workloads,
        impossible: () => ({ container: { image: "busybox" }, field: "command" }),
      },
      faults,
      runsOf: counted.runsOf,
      limitMs: 120_000,
      close: async () => {
        await provider[Symbol.asyncDispose]?.();
        const cleaner = createNomadProvider(options);
        const context = podContext(AbortSignal.timeout(60_000));
        const left = await cleaner.listPods(context);
        await Promise.all(left.map(({ ref }) => cleaner.releasePod?.(ref, context)));
      },
    };
  };

  testProviderContract("raw_exec tasks", {
    open: openNomad,
    omit: [
      { need: "restarts:runtime", reason: "Nomad restarts tasks itself" },
      { need: "exec", reason: "commands are not run in Nomad's tasks yet" },
      { need: "workload:printsFile", reason: "processes of a client have no mounts" },
      { need: "fault:create.capacity", reason: "Nomad takes every job and lets it wait for room" },
      { case: "idempotency/record-gone", reason: "the job's ID says it all, and no record is written" },
      { case: "idempotency/crash-at-record", reason: "the job's ID says it all, and no record is written" },
      { case: "lifecycle/containers", reason: "one task that fails ends the others of its job" },
      {
        case: "status/created-is-listed",
        reason: "Nomad forgets ended jobs, so that the host is to write down what it creates",
      },
      { case: "logs/times", reason: "Nomad keeps no times of lines" },
    ],
  });
});
