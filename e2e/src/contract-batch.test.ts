import type { AwsEmulator } from "@vkubelet/aws-emulator";
import { createBatchProvider } from "@vkubelet/batch";
import type { ContractFaults } from "@vkubelet/testing";
import { testProviderContract } from "@vkubelet/testing/vitest";
import { awsFaults } from "./aws-faults.ts";
import { emulatedBatchOptions } from "./emulated-nodes.ts";
import { emulatedUnderTest } from "./emulated-under-test.ts";

function faultsOf(emulator: AwsEmulator): ContractFaults {
  const list = awsFaults(emulator, "ListJobs");
  return {
    create: awsFaults(emulator, "SubmitJob", { repeats: false }),
    find: list,
    list: { ...list, partial: awsFaults(emulator, "DescribeJobs").unavailable },
    stop: awsFaults(emulator, "TerminateJob"),
    health: awsFaults(emulator, "DescribeJobQueues"),
  };
}

const fixedGrace = "the time between signal and kill is fixed before a job starts";

testProviderContract("pods as jobs of Batch", {
  open: () =>
    emulatedUnderTest({
      createProvider: (emulator, nodeName) =>
        createBatchProvider({ nodeName, ...emulatedBatchOptions(emulator) }),
      // The provider names a job by node, UID and attempt.
      runsOf: (emulator, uid) => emulator.counts().jobs.filter(({ jobName }) => jobName.includes(uid)).length,
      faultsOf,
    }),
  omit: [
    { need: "watchPods", reason: "Batch is polled, since it tells nobody of a change by itself" },
    { need: "updatePod", reason: "Batch cannot change a job" },
    { need: "exec", reason: "Batch has no way into a running container" },
    { need: "releasePod", reason: "Batch forgets an ended job by itself" },
    { need: "restarts:provider", reason: "Batch runs a job once" },
    { need: "fault:create.capacity", reason: "a job for which there is no room waits in its queue" },
    { case: "status/created-is-listed", reason: "Batch shows a job some time after it was submitted" },
    {
      case: "status/one-ended",
      reason: "until the last container has started, Batch tells of none whether it runs",
    },
    { case: "deletion/zero", reason: fixedGrace },
    { case: "deletion/shorter", reason: fixedGrace },
    { case: "deletion/no-restart", reason: "a job has an end: pods that restart for ever are refused" },
    { case: "logs/empty-line", reason: "CloudWatch takes no empty message, and the driver leaves it out" },
  ],
});
