import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitFor } from "../wait-for.ts";
import type { Behaviour } from "./behaviour.ts";
import { apply, containerStatus, hasPhase, kubectl, list, podSpec, shell, waitForPod } from "./objects.ts";

const refusedByBatch = {
  because: "a Batch job only finishes, so restartPolicy Always is refused with the path of the field",
} as const;

/** A Deployment of 3, scaled to 5 and to 0. */
export const deploymentScales: Behaviour = {
  name: "Deployment 3, 5, 0",
  expected: { ready3: 3, ready5: 5, left: 0, refusedField: "none" },
  differences: {
    batch: {
      ready3: { value: 0, ...refusedByBatch },
      ready5: { value: 0, ...refusedByBatch },
      refusedField: { value: "spec.restartPolicy", ...refusedByBatch },
    },
  },
  async observe(trial) {
    const spec = podSpec(trial.node, {
      containers: [{ name: "main", ...shell("trap 'exit 0' TERM; while :; do sleep 1; done") }],
    });
    await apply(trial, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web" },
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: "web" } },
        template: { metadata: { labels: { app: "web" } }, spec },
      },
    });
    const pods = () => list(trial, "pods", "-l", "app=web");
    const look = async () => ({
      ready: Number(
        await kubectl(trial, ["get", "deployment", "web", "-o", "jsonpath={.status.readyReplicas}"]),
      ),
      refused: (await pods()).find((pod) => pod.status.message?.startsWith("Pod was rejected"))?.status
        .message as string | undefined,
    });
    const first = await waitFor(
      "3 ready",
      look,
      ({ ready, refused }) => ready === 3 || refused !== undefined,
    );
    if (first.refused !== undefined) {
      await kubectl(trial, ["delete", "deployment", "web"]);
      const left = await waitFor(
        "none left",
        async () => (await pods()).length,
        (count) => count === 0,
      );
      return {
        ready3: first.ready,
        ready5: 0,
        left,
        refusedField: /spec\.[\w.]+/.exec(first.refused)?.[0] ?? first.refused,
      };
    }
    await kubectl(trial, ["scale", "deployment", "web", "--replicas=5"]);
    const second = await waitFor("5 ready", look, ({ ready }) => ready === 5);
    await kubectl(trial, ["scale", "deployment", "web", "--replicas=0"]);
    const left = await waitFor(
      "none left",
      async () => (await pods()).length,
      (count) => count === 0,
    );
    return { ready3: first.ready, ready5: second.ready, left, refusedField: "none" };
  },
};

/** A command that does not exist: the container cannot be started, and the pod says so by name. */
export const missingCommand: Behaviour = {
  name: "command that does not exist",
  expected: { phase: "Failed", started: false, namesTheCommand: true },
  async observe(trial) {
    const spec = podSpec(trial.node, {
      restartPolicy: "Never",
      containers: [{ name: "main", command: ["/no/such/command"] }],
    });
    await apply(trial, { apiVersion: "v1", kind: "Pod", metadata: { name: "lost" }, spec });
    const pod = await waitForPod(trial, "lost", hasPhase("Succeeded", "Failed"));
    const { state } = containerStatus(pod, "main");
    return {
      phase: pod.status.phase,
      started: state.terminated?.exitCode === 0,
      namesTheCommand: JSON.stringify(pod.status).includes("/no/such/command"),
    };
  },
};

/** P6, B1, A3, A5: OnFailure starts a failed container again; the end of the instance before stays to be seen. */
export const restartOnFailure: Behaviour = {
  name: "OnFailure restarts",
  expected: { phase: "Succeeded", restartCount: 1, lastExit: 3, exit: 0 },
  async observe(trial) {
    // Fails at the first start and not at the second: the nodes of the suite share this machine's files.
    const mark = join(await mkdtemp(join(tmpdir(), "vkubelet-restart-")), "started");
    const spec = podSpec(trial.node, {
      restartPolicy: "OnFailure",
      containers: [{ name: "main", ...shell(`if [ -e ${mark} ]; then exit 0; fi; touch ${mark}; exit 3`) }],
    });
    await apply(trial, { apiVersion: "v1", kind: "Pod", metadata: { name: "second-try" }, spec });
    const pod = await waitForPod(trial, "second-try", hasPhase("Succeeded", "Failed"));
    const status = containerStatus(pod, "main");
    return {
      phase: pod.status.phase,
      restartCount: status.restartCount,
      lastExit: status.lastState?.terminated?.exitCode ?? -1,
      exit: status.state.terminated.exitCode,
    };
  },
};

/** Keeps the object of a deleted pod, so that its last status can be read. */
const holdFinalizer = "vkubelet.dev/e2e-hold";

/**
 * G1, G2, G6, A4: deletion sends SIGTERM and waits for the grace period, then kills; the final status has the exit
 * codes, the phase follows from them, and only then the object goes.
 */
export const deletionWithGrace: Behaviour = {
  name: "deletion with grace",
  expected: {
    politeExit: 0,
    politePhase: "Succeeded",
    stubbornExit: 137,
    stubbornPhase: "Failed",
    gone: true,
  },
  async observe(trial) {
    const pod = (name: string, script: string) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name, finalizers: [holdFinalizer] },
      spec: podSpec(trial.node, {
        restartPolicy: "Never",
        terminationGracePeriodSeconds: 3,
        containers: [{ name: "main", ...shell(script) }],
      }),
    });
    await apply(
      trial,
      pod("polite", "trap 'exit 0' TERM; while :; do sleep 0.2; done"),
      pod("stubborn", "trap '' TERM; while :; do sleep 0.2; done"),
    );
    for (const name of ["polite", "stubborn"]) {
      await waitForPod(trial, name, hasPhase("Running", "Succeeded", "Failed"));
    }
    await kubectl(trial, ["delete", "pod", "polite", "stubborn", "--wait=false"]);
    const polite = await waitForPod(trial, "polite", hasPhase("Succeeded", "Failed"));
    const stubborn = await waitForPod(trial, "stubborn", hasPhase("Succeeded", "Failed"));
    for (const name of ["polite", "stubborn"]) {
      await kubectl(trial, ["patch", "pod", name, "--type=merge", "-p", '{"metadata":{"finalizers":null}}']);
    }
    const gone = await waitFor(
      "pods gone",
      async () => (await list(trial, "pods")).length === 0,
      (isGone) => isGone,
    );
    return {
      politeExit: containerStatus(polite, "main").state.terminated.exitCode,
      politePhase: polite.status.phase,
      stubbornExit: containerStatus(stubborn, "main").state.terminated.exitCode,
      stubbornPhase: stubborn.status.phase,
      gone,
    };
  },
};

/** Logs of a running container, followed to its end. */
export const followedLogs: Behaviour = {
  name: "logs and logs -f",
  expected: { followed: "1,2,3", whole: "1,2,3", tail: "3" },
  async observe(trial) {
    const spec = podSpec(trial.node, {
      restartPolicy: "Never",
      containers: [{ name: "main", ...shell("for i in 1 2 3; do echo $i; sleep 1; done") }],
    });
    await apply(trial, { apiVersion: "v1", kind: "Pod", metadata: { name: "talker" }, spec });
    await waitForPod(trial, "talker", hasPhase("Running", "Succeeded", "Failed"));
    const lines = async (...args: readonly string[]) =>
      (await kubectl(trial, ["logs", "talker", ...args])).trim().split("\n").join(",");
    const followed = await lines("-f");
    await waitForPod(trial, "talker", hasPhase("Succeeded", "Failed"));
    return { followed, whole: await lines(), tail: await lines("--tail=1") };
  },
};
