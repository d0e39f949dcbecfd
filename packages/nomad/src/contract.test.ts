import { ProviderError } from "@vkubelet/core";
import {
  type ContractFaults,
  inMemoryWorkloads,
  type ProviderUnderTest,
  SkippingClock,
} from "@vkubelet/testing";
import { testProviderContract } from "@vkubelet/testing/vitest";
import { createNomadProvider } from "./provider.ts";
import { FakeNomad } from "./testdata/fake-nomad.ts";
import { SimulatedClient } from "./testdata/simulated-client.ts";
import { jobId } from "./translate/identity.ts";

const nodeName = "vk-contract";

/** Processes of a client have no mounts. */
const { printsFile: _, ...workloads } = inMemoryWorkloads;

/** The fake, held to what the end-to-end suite of the same name holds the real server to. */
async function openFake(): Promise<ProviderUnderTest> {
  const clock = new SkippingClock();
  const nomad = new FakeNomad();
  const client = new SimulatedClient(nomad, clock);
  const openNode = (name: string) =>
    createNomadProvider({ nodeName: name, driver: "raw_exec" }, { client: nomad });
  const open = () => openNode(nodeName);
  let provider = open();
  return {
    provider,
    reopen: async () => {
      await provider[Symbol.asyncDispose]?.();
      provider = open();
      return provider;
    },
    neighbour: async () => openNode("vk-neighbour"),
    workloads: {
      ...workloads,
      impossible: () => ({ container: { image: "busybox" }, field: "command" }),
    },
    faults: faultsOf(nomad),
    runsOf: async (uid) => client.starts.get(jobId(nodeName, uid)) ?? 0,
    clock,
    close: async () => {
      await provider[Symbol.asyncDispose]?.();
      client.close();
    },
  };
}

function faultsOf(nomad: FakeNomad): ContractFaults {
  type Operation = Parameters<FakeNomad["failNext"]>[0]["operation"];
  const failing = (operation: Operation) => ({
    unavailable: () => nomad.failNext({ operation, when: "before" }),
    throttled: () => {
      const error = new ProviderError("Throttled", "Too Many Requests", { retryAfterMs: 1_000 });
      nomad.failNext({ operation, when: "before", error });
    },
    unauthorized: () => {
      const error = new ProviderError("Unauthorized", "Permission denied");
      nomad.failNext({ operation, when: "before", error });
    },
    hang: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      nomad.failNext({ operation, when: "never", onArrival: resolve });
      return { arrived: promise };
    },
  });
  return {
    create: {
      ...failing("registerJob"),
      loseReply: () => nomad.failNext({ operation: "registerJob", when: "after" }),
    },
    find: failing("readJob"),
    list: {
      ...failing("listJobs"),
      partial: () => nomad.failNext({ operation: "listAllocations", when: "before" }),
    },
    stop: failing("deregisterJob"),
    watch: { unavailable: () => nomad.breakStreams() },
    health: failing("readLeader"),
  };
}

testProviderContract("pods as jobs of a Nomad in memory", {
  open: openFake,
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
