import { type AwsEmulator, startAwsEmulator } from "@vkubelet/aws-emulator";
import type { Provider } from "@vkubelet/core";
import { type ContractFaults, type ProviderUnderTest, shellWorkloads } from "@vkubelet/testing";
import { acceleratedClock } from "./accelerated-clock.ts";
import { useTestCredentials } from "./emulated-nodes.ts";

/** What one service adds to the emulator that the contract is run on. */
export interface EmulatedService {
  /** Makes what has to be there before the provider. */
  readonly prepare?: (emulator: AwsEmulator) => Promise<void>;
  readonly createProvider: (emulator: AwsEmulator, nodeName: string) => Provider;
  /** How many runs the emulator has begun for the UID. */
  readonly runsOf: (emulator: AwsEmulator, uid: string) => number;
  readonly faultsOf: (emulator: AwsEmulator) => ContractFaults;
}

/**
 * A provider on an emulator of its own, in which ten seconds pass in one, and where something new is seen after a
 * second of them only, as AWS does not promise to show it at once.
 */
export async function emulatedUnderTest(service: EmulatedService): Promise<ProviderUnderTest> {
  useTestCredentials();
  const clock = acceleratedClock(10);
  const emulator = await startAwsEmulator({ clock, visibilityDelayMs: 1_000 });
  await service.prepare?.(emulator);
  const open = (nodeName: string) => service.createProvider(emulator, nodeName);
  let provider = open("vk-1");
  return {
    provider,
    reopen: async () => {
      await provider[Symbol.asyncDispose]?.();
      provider = open("vk-1");
      return provider;
    },
    neighbour: async () => open("vk-2"),
    workloads: {
      ...shellWorkloads(),
      impossible: () => ({
        container: { image: "busybox", securityContext: { procMount: "Unmasked" } },
        field: "securityContext.procMount",
      }),
    },
    faults: service.faultsOf(emulator),
    runsOf: async (uid) => service.runsOf(emulator, uid),
    clock,
    limitMs: 300_000,
    pollIntervalMs: 500,
    close: async () => {
      await provider[Symbol.asyncDispose]?.();
      await emulator[Symbol.asyncDispose]();
    },
  };
}
