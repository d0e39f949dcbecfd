import { describe, expect, it } from "vitest";
import { taskStates } from "../testdata/nomad-objects.ts";
import { metaKeys } from "../translate/identity.ts";
import type { Allocation, Evaluation, JobStub } from "../wire.ts";
import type { JobEntry } from "./job-entry.ts";
import { observePod } from "./pod.ts";

const meta = {
  [metaKeys.uid]: "u1",
  [metaKeys.namespace]: "team",
  [metaKeys.name]: "web",
  [metaKeys.network]: "host",
};

function entry(
  job: Partial<JobStub>,
  allocations: readonly Partial<Allocation>[] = [],
  rest: { evaluation?: Partial<Evaluation>; deleting?: boolean } = {},
): JobEntry {
  const full = allocations.map((allocation, index) => ({
    ID: `a${index}`,
    JobID: "j",
    NodeID: "n1",
    DesiredStatus: "run",
    ClientStatus: "running",
    CreateIndex: 20 + index,
    ModifyIndex: 30 + index,
    ...allocation,
  }));
  return {
    job: { ID: "j", ModifyIndex: 10, Status: "running", Meta: meta, ...job },
    allocations: new Map(full.map((allocation) => [allocation.ID, allocation])),
    evaluation:
      rest.evaluation === undefined
        ? undefined
        : { ID: "e", JobID: "j", Status: "blocked", ModifyIndex: 5, ...rest.evaluation },
    deleting: rest.deleting ?? false,
  };
}
const observe = (one: JobEntry) => observePod(one, (node) => (node === "n1" ? "10.0.0.7" : undefined));
const dead = { app: taskStates.dead(0) };
const running = { app: taskStates.running };

describe("observePod", () => {
  it("leaves jobs of others alone", () => {
    expect(observe(entry({ Meta: { owner: "me" } }))).toBeUndefined();
  });

  it.each([
    ["registered", entry({ Status: "pending" }), { state: "waiting" }],
    [
      "blocked",
      entry({ Status: "pending" }, [], {
        evaluation: {
          FailedTGAllocs: {
            pod: {
              NodesInPool: 3,
              DimensionExhausted: { memory: 2, cpu: 1 },
              ConstraintFiltered: { "os = x": 1 },
            },
          },
        },
      }),
      {
        state: "waiting",
        reason: "NomadPlacementBlocked",
        message:
          "no room for cpu on 1 node(s); no room for memory on 2 node(s); 1 node(s) filtered by os = x",
      },
    ],
    [
      "given up on",
      entry({ Status: "pending" }, [], {
        evaluation: { Status: "failed", StatusDescription: "too many attempts" },
      }),
      { state: "waiting", reason: "NomadEvaluationFailed", message: "too many attempts" },
    ],
    [
      "stopped before it was placed",
      entry({ Stop: true, Status: "dead" }),
      { state: "ended", reason: "NomadJobStopped" },
    ],
    ["forgotten", entry({ Status: "dead" }), { state: "ended", failure: { reason: "NomadAllocationGone" } }],
    ["placed", entry({}, [{ ClientStatus: "pending" }]), { state: "active" }],
    ["running", entry({}, [{ TaskStates: running }]), { state: "active", podIPs: ["10.0.0.7"] }],
    [
      "on a client that is away",
      entry({}, [{ ClientStatus: "unknown", TaskStates: running }]),
      { state: "active", reason: "NomadClientDisconnected" },
    ],
    ["complete", entry({}, [{ ClientStatus: "complete", TaskStates: dead }]), { state: "ended" }],
    [
      "failed",
      entry({}, [{ ClientStatus: "failed", TaskStates: { app: taskStates.dead(3) } }]),
      { state: "ended" },
    ],
    [
      "stopped by somebody else",
      entry({ Stop: true }, [{ ClientStatus: "complete", DesiredStatus: "stop", TaskStates: dead }]),
      { state: "ended", failure: { reason: "NomadJobStopped" } },
    ],
    [
      "moved, until its successor is there",
      entry({}, [{ ClientStatus: "complete", DesiredStatus: "stop", TaskStates: dead }]),
      { state: "active", reason: "NomadAllocationStopped" },
    ],
    [
      "lost",
      entry({ Stop: true }, [{ ClientStatus: "lost", TaskStates: running }]),
      { state: "ended", failure: { reason: "NodeLost", disruption: true } },
    ],
    [
      "preempted",
      entry({ Stop: true }, [{ ClientStatus: "complete", DesiredStatus: "evict", TaskStates: dead }]),
      { state: "ended", failure: { reason: "Preempted", disruption: true } },
    ],
  ])("%s", (_, one, expected) => {
    expect(observe(one)).toMatchObject({
      ref: { namespace: "team", name: "web", uid: "u1" },
      attempt: 0,
      ...expected,
    });
  });

  it("does not call a stop that was asked for a failure", () => {
    const stopped = [{ ClientStatus: "complete", DesiredStatus: "stop", TaskStates: dead }];
    const observation = observe(entry({ Stop: true }, stopped, { deleting: true }));
    expect(observation).toMatchObject({ state: "ended" });
    expect(observation).not.toHaveProperty("failure");
  });

  it("follows a replacement and counts the instances before", () => {
    const observation = observe(
      entry({}, [
        {
          ClientStatus: "complete",
          NextAllocation: "a1",
          TaskStates: { app: taskStates.dead(0, { Restarts: 2 }) },
        },
        { TaskStates: running },
      ]),
    );
    expect(observation?.containers[0]).toMatchObject({ state: { type: "running" }, restartCount: 3 });
  });

  it("never invents an address", () => {
    const bridge = { ...meta, [metaKeys.network]: "bridge" };
    const observation = observe(entry({ Meta: bridge }, [{ NodeID: "n9", TaskStates: running }]));
    expect(observation).not.toHaveProperty("podIPs");
    expect(observation).not.toHaveProperty("hostIPs");
    const addressed = entry({ Meta: bridge }, [{ NetworkStatus: { Address: "172.26.64.2" } }]);
    expect(observe(addressed)).toMatchObject({ podIPs: ["172.26.64.2"], hostIPs: ["10.0.0.7"] });
  });

  it("keeps what waits for a stage initializing, and the container's own name", () => {
    const staged = { ...meta, [metaKeys.stages]: "init:setup,sidecar:vk_alloc" };
    const states = { setup: taskStates.running, vk_alloc: taskStates.pending, app: taskStates.pending };
    const observation = observe(entry({ Meta: staged }, [{ TaskStates: states }]));
    expect(
      observation?.containers.map(({ name, state }) => [name, state.type === "waiting" && state.reason]),
    ).toEqual([
      ["app", "PodInitializing"],
      ["setup", false],
      ["alloc", "PodInitializing"],
    ]);
  });
});
