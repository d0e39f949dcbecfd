import { testProviderContract } from "../vitest/provider-contract.ts";
import { inMemoryUnderTest } from "./test-support.ts";

testProviderContract("in memory, polled, restarted by the runtime", {
  open: async () => inMemoryUnderTest({ recordsIntent: true, updates: true }),
  omit: [
    { need: "restarts:provider", reason: "the runtime restarts its pods" },
    { need: "watchPods", reason: "it is polled" },
  ],
});

testProviderContract("in memory, watched, restarting by itself", {
  open: async () => inMemoryUnderTest({ restarts: "provider", watches: true }),
  omit: [
    { need: "restarts:runtime", reason: "it restarts containers itself" },
    { need: "updatePod", reason: "its pods stay as they were created" },
    { case: "idempotency/record-gone", reason: "it writes no record" },
    { case: "idempotency/crash-at-record", reason: "it writes no record" },
  ],
});
