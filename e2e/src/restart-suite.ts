import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import type { NodeKind } from "./behaviours/behaviour.ts";
import { type AnyObject, containerStatus, podSpec, shell } from "./behaviours/objects.ts";
import { KubeletProcess } from "./kubelet-process.ts";
import type { TestCluster } from "./test-cluster.ts";
import { waitFor } from "./wait-for.ts";

/** A backend that goes on while its kubelet is killed; its pods are processes of this machine. */
export interface RestartBackend extends AsyncDisposable {
  readonly kind: NodeKind;
  readonly image: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Identities of the runs at the backend; one that was created anew has another. */
  readonly created?: () => Promise<readonly string[]>;
}

/** kill -9 of a kubelet with running pods: everything is adopted, nothing is created twice. */
export function describeRestart(
  title: string,
  startCluster: () => Promise<TestCluster>,
  startBackend: () => Promise<RestartBackend>,
  podCount = 20,
): void {
  describe(title, () => {
    let cluster: TestCluster;
    let backend: RestartBackend;
    let kubelet: KubeletProcess;
    let marks: string;
    const namespace = "default";
    const nodeName = "vk-restart";

    const kubectl = async (args: readonly string[], input?: string) => {
      const result = await cluster.kubectl(["-n", namespace, ...args], input === undefined ? {} : { input });
      if (result.code !== 0)
        throw new Error(`kubectl ${args.join(" ")}: ${result.stderr}\n${kubelet.output.slice(-2_000)}`);
      return result.stdout;
    };
    const pods = async (): Promise<readonly AnyObject[]> =>
      JSON.parse(await kubectl(["get", "pods", "-o", "json"])).items;
    const podNamed = async (name: string) => (await pods()).find((pod) => pod.metadata.name === name);

    beforeAll(async () => {
      cluster = await startCluster();
      backend = await startBackend();
      marks = await mkdtemp(join(tmpdir(), "vkubelet-marks-"));
      kubelet = await KubeletProcess.prepare(cluster, backend.kind, nodeName, backend.options);
      kubelet.start();
    });
    afterAll(async () => {
      await kubelet?.end("SIGTERM");
      await backend?.[Symbol.asyncDispose]();
      await cluster?.[Symbol.asyncDispose]();
    });

    it("adopts every pod, repeats no create, and learns what happened meanwhile", async () => {
      // Each pod marks its start, talks, and goes on; some of them end with 5 when their file says so.
      const ending = ["p0", "p2"];
      const script = (name: string) => {
        const begin = `echo x >> ${marks}/start-${name}; trap 'exit 0' TERM; echo begin`;
        if (!ending.includes(name)) return `${begin}; while :; do sleep 5 & wait $!; done`;
        return `${begin}; while [ ! -e ${marks}/end-${name} ]; do sleep 0.2; done; echo end; exit 5`;
      };
      const manifests = Array.from({ length: podCount }, (_, index) => {
        const name = `p${index}`;
        return {
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name },
          spec: podSpec(
            { kind: backend.kind, name: nodeName, image: backend.image },
            {
              restartPolicy: "Never",
              containers: [
                {
                  name: "main",
                  ...shell(script(name)),
                  resources: { requests: { cpu: "1m", memory: "10Mi" } },
                },
              ],
            },
          ),
        };
      });
      await waitFor(
        "service account",
        () => cluster.kubectl(["-n", namespace, "get", "serviceaccount", "default"]),
        (result) => result.code === 0,
      );
      await kubectl(["apply", "-f", "-"], manifests.map((manifest) => stringify(manifest)).join("---\n"));
      await waitFor(
        "all pods running",
        pods,
        (all) => all.length === podCount && all.every((pod) => pod.status.phase === "Running"),
        180_000,
      );
      const createdBefore = await backend.created?.();

      await kubelet.end("SIGKILL");
      await writeFile(join(marks, "end-p0"), "");
      await kubectl(["delete", "pod", "p1", "--wait=false"]);
      kubelet.start();

      await waitFor(
        "the deleted pod gone",
        () => podNamed("p1"),
        (pod) => pod === undefined,
        120_000,
      );
      const ended = await waitFor(
        "the ended pod",
        () => podNamed("p0"),
        (pod) => pod.status.phase === "Failed",
      );
      expect(containerStatus(ended, "main").state.terminated).toMatchObject({
        exitCode: 5,
        reason: "Error",
      });
      expect(await kubectl(["logs", "p0"])).toBe("begin\nend\n");
      const starts = await Promise.all(
        (await readdir(marks))
          .filter((file) => file.startsWith("start-"))
          .map((file) => readFile(join(marks, file), "utf8")),
      );
      expect(starts).toEqual(Array.from({ length: podCount }, () => "x\n"));
      const createdAgain = (await backend.created?.())?.filter((id) => !createdBefore?.includes(id));
      expect(createdAgain ?? []).toEqual([]);
      const left = (await pods()).filter((pod) => pod.metadata.name !== "p0");
      expect(left.map((pod) => [pod.status.phase, containerStatus(pod, "main").restartCount])).toEqual(
        left.map(() => ["Running", 0]),
      );

      // Statuses and logs go on after the adoption.
      await writeFile(join(marks, "end-p2"), "");
      await waitFor(
        "an adopted pod ends",
        () => podNamed("p2"),
        (pod) => pod.status.phase === "Failed",
      );
      expect(await kubectl(["logs", "p2"])).toBe("begin\nend\n");
      await kubectl(["delete", "pods", "--all", "--wait=false"]);
      await waitFor("all pods gone", pods, (all) => all.length === 0, 120_000);
    });
  });
}
