import { ProviderError, type ProviderErrorCode } from "@vkubelet/core";
import {
  type FailableMethod,
  InMemoryBackend,
  inMemoryWorkloads,
  type ProviderUnderTest,
  type RequestFaults,
  SkippingClock,
} from "@vkubelet/testing";
import { testProviderContract } from "@vkubelet/testing/vitest";
import { createExampleProvider } from "./provider.ts";

/** A backend of its own for each case; a provider that is opened again finds what runs there. */
async function open(): Promise<ProviderUnderTest> {
  const clock = new SkippingClock();
  const backend = new InMemoryBackend({ clock });
  return {
    provider: createExampleProvider(backend, "one"),
    reopen: async () => createExampleProvider(backend, "one"),
    neighbour: async () => createExampleProvider(backend, "another"),
    workloads: {
      ...inMemoryWorkloads,
      impossible: () => ({ container: { image: "" }, field: "image" }),
    },
    faults: {
      create: faultsOf(backend, "createPod"),
      find: faultsOf(backend, "findPod"),
      list: faultsOf(backend, "listPods"),
      stop: faultsOf(backend, "deletePod"),
      health: faultsOf(backend, "checkHealth"),
    },
    runsOf: async (uid) => backend.started.filter((run) => run.startsWith(uid)).length,
    clock,
    close: async () => {},
  };
}

/** How requests of the backend go wrong. */
function faultsOf(backend: InMemoryBackend, method: FailableMethod): RequestFaults {
  const error = (code: ProviderErrorCode) =>
    new ProviderError(code, `${method}: the backend answers ${code}`);
  const fail = (code: ProviderErrorCode) => () => backend.fail(method, error(code));
  return {
    unavailable: fail("Unavailable"),
    throttled: fail("Throttled"),
    unauthorized: fail("Unauthorized"),
    capacity: fail("CapacityExceeded"),
    partial: fail("Unavailable"),
    loseReply: () => backend.loseReply(method, error("Unavailable")),
    hang: () => ({ arrived: backend.hang(method) }),
  };
}

testProviderContract("the example", {
  open,
  omit: [
    { need: "watchPods", reason: "it is polled" },
    { need: "updatePod", reason: "its pods stay as they were created" },
    { need: "exec", reason: "its backend runs no commands" },
    { need: "asyncDispose", reason: "it holds nothing that would have to be freed" },
    { need: "restarts:provider", reason: "the runtime restarts its pods" },
    { case: "idempotency/record-gone", reason: "the backend knows its pods by UID: nothing is written down" },
    {
      case: "idempotency/crash-at-record",
      reason: "the backend knows its pods by UID: nothing is written down",
    },
  ],
});
