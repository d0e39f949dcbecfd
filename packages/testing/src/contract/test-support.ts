import { type Provider, ProviderError, type ProviderErrorCode } from "@vkubelet/core";
import { type FailableMethod, InMemoryBackend } from "../in-memory-backend.ts";
import { createInMemoryProvider, type InMemoryProviderOptions } from "../in-memory-provider.ts";
import { inMemoryWorkloads } from "../in-memory-workloads.ts";
import { SkippingClock } from "../skipping-clock.ts";
import type { ContractFaults, FaultKind, ProviderUnderTest } from "./provider-under-test.ts";

/** The in-memory provider under test, with `change` made to each of its providers. */
export function inMemoryUnderTest(
  options: Omit<InMemoryProviderOptions, "backend"> = {},
  change: (provider: Provider, backend: InMemoryBackend) => Provider = (provider) => provider,
): ProviderUnderTest {
  const clock = new SkippingClock();
  const backend = new InMemoryBackend({ clock, restartsInPlace: options.restarts === "provider" });
  const open = (node: string) => change(createInMemoryProvider({ backend, node, ...options }), backend);
  return {
    provider: open("one"),
    reopen: async () => open("one"),
    neighbour: async () => open("another"),
    workloads: {
      ...inMemoryWorkloads,
      impossible: () => ({ container: { ...inMemoryWorkloads.runs(), image: "" }, field: "image" }),
    },
    faults: faultsOf(backend),
    runsOf: async (uid) => backend.started.filter((run) => run.startsWith(`${uid}/`)).length,
    clock,
    close: async () => {},
  };
}

const codes = {
  unavailable: "Unavailable",
  throttled: "Throttled",
  unauthorized: "Unauthorized",
  capacity: "CapacityExceeded",
  partial: "Unavailable",
} as const satisfies Partial<Record<FaultKind, ProviderErrorCode>>;

function faultsOf(backend: InMemoryBackend): ContractFaults {
  const at = (method: FailableMethod) => {
    const failing = Object.entries(codes).map(([kind, code]) => [
      kind,
      () => backend.fail(method, new ProviderError(code, `${method} failed: a fault was planned`)),
    ]);
    const lost = new ProviderError("Unavailable", `${method} failed: the reply was lost`);
    return {
      ...Object.fromEntries(failing),
      loseReply: () => backend.loseReply(method, lost),
      hang: () => ({ arrived: backend.hang(method) }),
    };
  };
  return {
    create: at("createPod"),
    find: at("findPod"),
    list: at("listPods"),
    stop: at("deletePod"),
    watch: at("watchPods"),
    health: at("checkHealth"),
  };
}
