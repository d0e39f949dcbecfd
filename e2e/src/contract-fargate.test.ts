import type { AwsEmulator } from "@vkubelet/aws-emulator";
import { createFargateProvider } from "@vkubelet/fargate";
import type { ContractFaults } from "@vkubelet/testing";
import { testProviderContract } from "@vkubelet/testing/vitest";
import { awsFaults } from "./aws-faults.ts";
import { createEcsCluster, emulatedFargateOptions } from "./emulated-nodes.ts";
import { emulatedUnderTest } from "./emulated-under-test.ts";

function faultsOf(emulator: AwsEmulator): ContractFaults {
  const full = { failure: { reason: "Capacity is unavailable at this time. Please try again later." } };
  const list = awsFaults(emulator, "ListTasks");
  return {
    create: {
      ...awsFaults(emulator, "RunTask", { repeats: false }),
      capacity: () => void emulator.failNext("RunTask", full),
    },
    find: list,
    list: { ...list, partial: awsFaults(emulator, "DescribeTasks").unavailable },
    stop: awsFaults(emulator, "StopTask"),
    health: awsFaults(emulator, "DescribeClusters"),
  };
}

const fixedGrace = "the time between signal and kill is fixed when the definition is registered";

testProviderContract("pods as tasks of ECS", {
  open: () =>
    emulatedUnderTest({
      prepare: ({ endpoint, region }) => createEcsCluster(endpoint, region),
      createProvider: (emulator, nodeName) =>
        createFargateProvider({ nodeName, ...emulatedFargateOptions(emulator) }),
      // The provider lets startedBy end with the pod's UID.
      runsOf: (emulator, uid) =>
        emulator.counts().tasks.filter(({ startedBy }) => startedBy?.endsWith(uid)).length,
      faultsOf,
    }),
  omit: [
    { need: "watchPods", reason: "ECS is polled, since it tells nobody of a change by itself" },
    { need: "updatePod", reason: "ECS cannot change a task" },
    { need: "exec", reason: "commands are not run in tasks of ECS yet" },
    { need: "releasePod", reason: "ECS forgets a stopped task by itself" },
    { need: "restarts:provider", reason: "ECS runs a task once" },
    { case: "status/created-is-listed", reason: "ECS shows a task some time after it was started" },
    { case: "deletion/zero", reason: fixedGrace },
    { case: "deletion/shorter", reason: fixedGrace },
    { case: "logs/empty-line", reason: "CloudWatch takes no empty message, and the driver leaves it out" },
  ],
});
