import { ProviderError } from "@vkubelet/core";
import { expect } from "vitest";
import type { Simulation } from "./simulation.ts";

/** A pod's life in steps; each must leave the world in a state that any kubelet goes on from. */
export type Life = (world: Simulation) => {
  readonly steps: readonly (() => void)[];
  /** Checked in the end, beyond "no run started twice". */
  readonly check: () => void;
};

/** Everything that a pod goes through, from the outside. */
export const lives: Readonly<Record<string, Life>> = {
  "a pod that succeeds and is deleted": (world) => {
    let uid = "";
    return {
      steps: [
        () => {
          uid = world.addPod("p");
        },
        () => finishLatest(world, 0),
        () => {
          expect(world.status("p").phase).toBe("Succeeded");
          world.deletePod("p", 0);
        },
      ],
      check: () => {
        expectRuns(world, uid, 1);
        expectReleased(world, uid);
      },
    };
  },
  "a pod that is run anew, and deleted while it runs": (world) => {
    let uid = "";
    return {
      steps: [
        () => {
          uid = world.addPod("p", { restartPolicy: "OnFailure" });
        },
        () => finishLatest(world, 1),
        () => finishLatest(world, 1),
        () => {
          expect(world.container("p")).toMatchObject({ restartCount: 2, state: { running: {} } });
          world.deletePod("p");
        },
      ],
      check: () => {
        expectRuns(world, uid, 3);
        expect(world.pod("p")).toBeUndefined();
        expectReleased(world, uid);
      },
    };
  },
  "a job's pod that fails, is run anew, succeeds, and is deleted": (world) => {
    let uid = "";
    return {
      steps: [
        () => {
          uid = world.addPod("p", { restartPolicy: "OnFailure" });
        },
        () => finishLatest(world, 1),
        () => finishLatest(world, 0),
        () => {
          expect(world.status("p").phase).toBe("Succeeded");
          expect(world.container("p")).toMatchObject({ restartCount: 1, state: { terminated: { exitCode: 0 } } });
          world.deletePod("p");
        },
      ],
      check: () => {
        expectRuns(world, uid, 2);
        expect(world.pod("p")).toBeUndefined();
        expectReleased(world, uid);
      },
    };
  },
  "a pod that takes its time to stop": (world) => {
    let uid = "";
    world.backend.stopsAtOnce = false;
    return {
      steps: [
        () => {
          uid = world.addPod("p", { terminationGracePeriodSeconds: 300 });
        },
        () => world.deletePod("p", 300),
        () => {
          expect(world.backend.stopRequests).toContain(`${uid}/300`);
          expect(world.container("p").state.running).toBeDefined();
          world.deletePod("p", 10);
        },
        () => {
          expect(world.backend.stopRequests).toContain(`${uid}/10`);
          world.backend.finish(uid, 137);
        },
      ],
      check: () => {
        expectRuns(world, uid, 1);
        expect(world.pod("p")).toBeUndefined();
        expectReleased(world, uid);
      },
    };
  },
  "a pod that waits for a ConfigMap and then for room at the backend": (world) => {
    let uid = "";
    const envFrom = [{ configMapRef: { name: "late" } }];
    const full = new ProviderError("CapacityExceeded", "no room", { reason: "Full" });
    return {
      steps: [
        () => {
          uid = world.addPod("p", { containers: [{ name: "main", image: "app:1", envFrom }] });
        },
        () => {
          const { waiting } = world.container("p").state;
          expect(waiting).toMatchObject({ reason: "CreateContainerConfigError" });
          expect(waiting.message).toContain("late");
          world.backend.fail("createPod", ...Array(100).fill(full));
          world.addConfigMap("late", { a: "1" });
        },
        () => {
          expect(world.status("p")).toMatchObject({ phase: "Pending", reason: "Full", message: "no room" });
          world.backend.heal("createPod");
        },
        // The pause between two tries has grown, and one more may fail.
        () => {},
        () => {},
        () => finishLatest(world, 0),
        () => world.deletePod("p", 0),
      ],
      check: () => {
        expectRuns(world, uid, 1);
        expect(world.pod("p")).toBeUndefined();
        expectReleased(world, uid);
      },
    };
  },
  "a pod that is deleted while it waits, and made anew under its name": (world) => {
    let uid = "";
    const envFrom = [{ configMapRef: { name: "late" } }];
    return {
      steps: [
        () => {
          world.addPod("p", { containers: [{ name: "main", image: "app:1", envFrom }] });
        },
        () => world.deletePod("p"),
        () => {
          expect(world.pod("p")).toBeUndefined();
          uid = world.addPod("p");
        },
        () => finishLatest(world, 3),
      ],
      check: () => {
        expectRuns(world, uid, 1);
        expect(world.status("p").phase).toBe("Failed");
      },
    };
  },
  "a pod that is deleted by force while it runs": (world) => {
    let uid = "";
    return {
      steps: [
        () => {
          uid = world.addPod("p");
        },
        () => world.deletePod("p", 0),
      ],
      check: () => {
        expectRuns(world, uid, 1);
        expectReleased(world, uid);
      },
    };
  },
  "a pod whose deadline passes": (world) => {
    let uid = "";
    return {
      steps: [
        () => {
          uid = world.addPod("p", { restartPolicy: "Always", activeDeadlineSeconds: 20 });
        },
      ],
      check: () => {
        expect(world.status("p")).toMatchObject({ phase: "Failed", reason: "DeadlineExceeded" });
        // A kubelet that is away for longer than the deadline starts nothing.
        expect([`${uid}/0`]).toEqual(expect.arrayContaining(world.backend.started));
      },
    };
  },
  "a pod for which there is no room": (world) => {
    world.allocatable = { pods: "0" };
    return {
      steps: [
        () => {
          world.addPod("p");
        },
        () => {
          world.allocatable = { pods: "110" };
        },
      ],
      check: () => {
        expect(world.status("p")).toMatchObject({ phase: "Failed", reason: "OutOfpods" });
        expect(world.backend.started).toEqual([]);
      },
    };
  },
  "a pod whose files and image change while it runs": (world) => {
    world.addConfigMap("cm", { a: "1" });
    const containers = [
      { name: "main", image: "app:1", volumeMounts: [{ name: "v", mountPath: "/v" }] },
    ];
    let uid = "";
    return {
      steps: [
        () => {
          uid = world.addPod("p", { containers, volumes: [{ name: "v", configMap: { name: "cm" } }] });
        },
        () => world.addConfigMap("cm", { a: "2" }),
        () => world.changePod("p", { spec: { containers: [{ ...containers[0], image: "app:2" }] } }),
      ],
      check: () => {
        expectRuns(world, uid, 1);
        expect(world.updates.at(-1)).toBe("app:2 a=2");
      },
    };
  },
};

/** So many runs of the pod, one after the other, and nothing else was ever started. */
function expectRuns({ backend }: Simulation, uid: string, count: number): void {
  expect(backend.started).toEqual(Array.from({ length: count }, (_, attempt) => `${uid}/${attempt}`));
}

/** The backend was told that the pod is over, and has nothing left of it. */
function expectReleased({ backend }: Simulation, uid: string): void {
  expect(backend.released).toContain(uid);
  expect(backend.list()).toEqual([]);
}

function finishLatest(world: Simulation, exitCode: number): void {
  const running = world.backend.list().find(({ state }) => state === "active");
  expect(running, "a run is active").toBeDefined();
  world.backend.finish(running?.ref.uid ?? "", exitCode);
}
