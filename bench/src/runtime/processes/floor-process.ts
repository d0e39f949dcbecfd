// The floor: from one watch, with as few requests as a kubelet owes, written by hand and without any bookkeeping.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { connectApi } from "../cluster/api-connection.ts";
import { podsPath, type SeenPod, watchPods } from "../cluster/pod-watch.ts";

const { values } = parseArgs({
  options: {
    kubeconfig: { type: "string", default: "" },
    node: { type: "string", default: "" },
    "ready-file": { type: "string", default: "" },
    "without-terminal-phase": { type: "boolean", default: false },
  },
});
const connection = connectApi(values.kubeconfig);
const strategic = "application/strategic-merge-patch+json";
const running = new Map<string, SeenPod>();
const abort = new AbortController();

const watching = watchPods(
  connection,
  values.node,
  (pod, gone) => {
    const { name, deletionTimestamp } = pod.metadata;
    if (gone) running.delete(name);
    else if (deletionTimestamp !== undefined) remove(pod);
    else if (pod.status.phase === "Pending" && !running.has(name)) {
      running.set(name, pod);
      send(patch(pod, status(pod, "Running")));
    }
  },
  abort.signal,
);
process.on("SIGUSR2", () => {
  for (const pod of running.values()) send(patch(pod, status(pod, "Succeeded")));
});
process.once("SIGTERM", () => process.exit(0));
writeFileSync(values["ready-file"], "");
await watching;

/** The terminal status comes back by the watch and must not be taken for news. */
function remove(pod: SeenPod): void {
  const { name } = pod.metadata;
  if (!running.delete(name)) return;
  send(
    (async () => {
      const ended = pod.status.phase === "Succeeded";
      if (!values["without-terminal-phase"] && !ended) await patch(pod, status(pod, "Succeeded"));
      const { uid } = pod.metadata;
      await checked("DELETE", `${podsPath}/${name}`, { gracePeriodSeconds: 0, preconditions: { uid } });
    })(),
  );
}

function patch(pod: SeenPod, body: object): Promise<void> {
  return checked("PATCH", `${podsPath}/${pod.metadata.name}/status`, body, strategic);
}

function status(pod: SeenPod, phase: "Running" | "Succeeded"): object {
  const now = `${new Date().toISOString().slice(0, 19)}Z`;
  const ready = phase === "Running";
  const condition = (type: string, value: boolean) => ({
    type,
    status: value ? "True" : "False",
    lastTransitionTime: now,
  });
  const state = ready
    ? { running: { startedAt: now } }
    : { terminated: { exitCode: 0, reason: "Completed", startedAt: now, finishedAt: now } };
  return {
    metadata: { uid: pod.metadata.uid },
    status: {
      phase,
      startTime: now,
      hostIP: "127.0.0.1",
      podIP: "192.0.2.2",
      podIPs: [{ ip: "192.0.2.2" }],
      conditions: [
        condition("PodScheduled", true),
        condition("Initialized", true),
        condition("ContainersReady", ready),
        condition("Ready", ready),
      ],
      containerStatuses: pod.spec.containers.map(({ name, image }) => ({
        name,
        image,
        imageID: "",
        ready,
        started: ready,
        restartCount: 0,
        state,
      })),
    },
  };
}

async function checked(
  method: "PATCH" | "DELETE",
  path: string,
  body: object,
  type = "application/json",
): Promise<void> {
  const answer = await connection.request(method, path, { body, type });
  if (answer.status >= 300) throw new Error(`${method} ${path}: status ${answer.status}: ${answer.text}`);
}

function send(request: Promise<void>): void {
  request.catch((error: unknown) => process.stderr.write(`${(error as Error).message}\n`));
}
