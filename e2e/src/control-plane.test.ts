import {
  type ControlPlane,
  kubernetesVersion,
  oldestKubernetesVersion,
  peerOrSkip,
  startControlPlane,
} from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

const releases = [
  ["newest", kubernetesVersion, await peerOrSkip("kubernetes")],
  ["oldest", oldestKubernetesVersion, await peerOrSkip("kubernetes-oldest")],
] as const;

describe.for(releases)("a real control plane, the %s: %s", ([release, version, isThere]) => {
  describe.runIf(isThere)("runs", () => {
    let controlPlane: ControlPlane;

    beforeAll(async () => {
      controlPlane = await startControlPlane({ release, users: [{ name: "alice", groups: ["developers"] }] });
    });
    afterAll(() => controlPlane?.stop());

    const kubectl = async (args: readonly string[], user = "admin") => {
      const result = await controlPlane.kubectl(args, { user });
      return { ...result, json: () => JSON.parse(result.stdout) };
    };

    it("is ready, and client and server are of the same version", async () => {
      expect((await kubectl(["get", "--raw", "/readyz"])).stdout).toBe("ok");
      const { clientVersion, serverVersion } = (await kubectl(["version", "-o", "json"])).json();
      expect([clientVersion.gitVersion, serverVersion.gitVersion]).toEqual([`v${version}`, `v${version}`]);
    });

    it("knows users by token and by certificate, and refuses what RBAC does not allow", async () => {
      const alice = (await kubectl(["auth", "whoami", "-o", "json"], "alice")).json();
      expect(alice.status.userInfo).toMatchObject({ username: "alice" });
      expect(alice.status.userInfo.groups).toContain("developers");
      const kubeconfig = await controlPlane.issueKubeconfig("system:node:vk-1", ["system:nodes"]);
      const node = (await kubectl(["--kubeconfig", kubeconfig, "auth", "whoami", "-o", "json"])).json();
      expect(node.status.userInfo).toMatchObject({ username: "system:node:vk-1" });
      const refused = await kubectl(["get", "namespaces"], "nobody");
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain('User "nobody" cannot list resource "namespaces"');
    });

    it("makes the pods of a Deployment, which stay Pending without a node", async () => {
      expect(await kubectl(["create", "namespace", "smoke"])).toMatchObject({ code: 0 });
      const created = [
        "create",
        "deployment",
        "web",
        "-n",
        "smoke",
        "--image=example.invalid/web:1",
        "--replicas=2",
      ];
      expect(await kubectl(created)).toMatchObject({ code: 0, stdout: "deployment.apps/web created\n" });
      const unschedulable = await vi.waitUntil(
        async () => {
          const pods = (await kubectl(["get", "pods", "-n", "smoke", "-l", "app=web", "-o", "json"])).json()
            .items;
          const judged = pods.filter((pod: { status: { conditions?: unknown } }) => pod.status.conditions);
          return judged.length === 2 && judged;
        },
        { timeout: 30_000, interval: 200 },
      );
      for (const pod of unschedulable) {
        expect(pod.status.phase).toBe("Pending");
        expect(pod.spec.nodeName).toBeUndefined();
        expect(pod.status.conditions).toContainEqual(
          expect.objectContaining({ type: "PodScheduled", status: "False", reason: "Unschedulable" }),
        );
      }
    });
  });
});
