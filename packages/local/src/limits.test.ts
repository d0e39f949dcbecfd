import { describe, expect, it } from "vitest";
import { findCgroups } from "./machine/cgroups.ts";
import { createLocalProvider } from "./provider.ts";
import { linesOf, observed, resolved, shell, temporaryDirectory, testContext } from "./test-support.ts";

const cgroups = await findCgroups();
const never = { restartPolicy: "Never" } as const;

/** One container with resources, run to its end. */
async function runLimited(script: string, limits: Record<string, string>) {
  await using directory = await temporaryDirectory();
  await using provider = createLocalProvider({ directory: directory.path });
  const pod = resolved(`limited-${process.pid}`, { ...never, containers: [shell("main", script)] });
  const containers = pod.containers.map((one) => ({ ...one, resources: { limits, requests: limits } }));
  await provider.createPod({ ...pod, containers }, testContext());
  const end = await observed(provider, pod.ref.uid, ({ state }) => state === "ended");
  const lines = await linesOf(provider, pod.ref.uid, "main");
  await provider.releasePod?.(pod.ref, testContext());
  return { state: end.containers[0]?.state, lines };
}

if (cgroups === undefined) {
  describe("limits", () => {
    it("skipped: control groups with memory and cpu cannot be made on this machine (needs Linux and root)", () => {});
  });
} else {
  describe("limits", () => {
    it("A4: a program that needs more memory than its limit is killed, and that is told apart", async () => {
      const greedy = "exec dd if=/dev/zero of=/dev/null bs=200M count=1";
      const { state } = await runLimited(greedy, { memory: "20Mi" });
      expect(state).toMatchObject({ exitCode: 137, reason: "OOMKilled" });
    });

    it("a program has its quota and shares, and a kill by somebody else is no want of memory", async () => {
      const script =
        cgroups.version === 2
          ? `cd ${cgroups.base}; cd *limited-*; cat cpu.max; kill -9 $$`
          : `cd ${cgroups.cpu}; cd *limited-*; cat cpu.cfs_quota_us; kill -9 $$`;
      const { state, lines } = await runLimited(script, { cpu: "500m", memory: "64Mi" });
      expect(lines).toEqual([cgroups.version === 2 ? "50000 100000" : "50000"]);
      expect(state).toMatchObject({ exitCode: 137, signal: 9 });
      expect(state).not.toHaveProperty("reason");
    });
  });
}
