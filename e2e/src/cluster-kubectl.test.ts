import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Cluster, createCluster } from "@vkubelet/cluster";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findKubectls } from "./kubectls.ts";

const run = promisify(execFile);

/** Plays a kubelet: pods of the node run, those whose command is `true` or `false` end, deleted ones go. */
function playKubelet(cluster: Cluster): void {
  for (const pod of cluster.objects.list("pods")) {
    const { namespace, name, deletionTimestamp } = pod.metadata;
    if (!pod.spec.nodeName) continue;
    if (deletionTimestamp) {
      cluster.objects.delete("pods", namespace, name, 0);
    } else if (pod.status.phase === "Pending") {
      const command = pod.spec.containers[0].command?.[0];
      const phase = command === "true" ? "Succeeded" : command === "false" ? "Failed" : "Running";
      cluster.objects.mutate(
        "pods",
        namespace,
        name,
        (object) => {
          const ready = {
            type: "Ready",
            status: phase === "Running" ? "True" : "False",
            lastTransitionTime: new Date().toISOString(),
          };
          object.status = { ...object.status, phase, conditions: [ready] };
        },
        "status",
      );
    }
  }
}

const manifest = (image: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: applied, labels: {part: e2e}}
spec:
  replicas: 2
  selector: {matchLabels: {app: applied}}
  template:
    metadata: {labels: {app: applied}}
    spec: {containers: [{name: c, image: "${image}", env: [{name: A, value: "1"}]}]}
`;

const kubectls = await findKubectls();

describe.runIf(kubectls.size > 0)("the in-memory cluster and kubectl", () => {
  describe.each([...kubectls])("%s", (_title, binary) => {
    let cluster: Cluster;
    let folder: string;
    let timer: NodeJS.Timeout;

    async function kubectl(...args: string[]): Promise<string> {
      const { stdout } = await run(
        binary,
        ["--kubeconfig", join(folder, "kubeconfig"), "--cache-dir", join(folder, "cache"), ...args],
        { timeout: 60_000 },
      );
      return stdout;
    }

    beforeAll(async () => {
      cluster = await createCluster();
      folder = await mkdtemp(join(tmpdir(), "vkubelet-cluster-"));
      await writeFile(join(folder, "kubeconfig"), cluster.kubeconfig);
      const allocatable = { cpu: "8", memory: "16Gi", pods: "110" };
      cluster.objects.create("nodes", undefined, {
        apiVersion: "v1",
        kind: "Node",
        metadata: { name: "n1" },
        status: { allocatable, capacity: allocatable, conditions: [{ type: "Ready", status: "True" }] },
      });
      timer = setInterval(() => playKubelet(cluster), 50);
    });

    afterAll(async () => {
      clearInterval(timer);
      await cluster[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    });

    it("get, describe, api-resources, explain, version", async () => {
      expect(await kubectl("get", "nodes")).toMatch(/n1\s+Ready\s+<none>/);
      expect(await kubectl("get", "namespaces")).toMatch(/kube-node-lease\s+Active/);
      expect(await kubectl("describe", "node", "n1")).toContain("Capacity:");
      expect(await kubectl("api-resources")).toMatch(/deployments\s+deploy\s+apps\/v1\s+true\s+Deployment/);
      expect(await kubectl("explain", "pod.spec.containers")).toContain("FIELD: containers <[]Container>");
      expect(await kubectl("version")).toContain("Server Version: v1.36");
      expect(await kubectl("get", "--raw", "/readyz")).toBe("ok");
    });

    it("create sends protobuf: namespace, configmap, secret, job, token", async () => {
      expect(await kubectl("create", "namespace", "made")).toContain("namespace/made created");
      await kubectl("create", "configmap", "m", "--from-literal=a=b", "-n", "made");
      await kubectl("create", "secret", "generic", "s", "--from-literal=a=b", "-n", "made");
      expect(await kubectl("get", "secret", "s", "-n", "made", "-o", "jsonpath={.data.a}")).toBe("Yg==");
      expect(await kubectl("create", "token", "default", "-n", "made")).toMatch(/^\S+\.\S+\.\S+\s*$/);
      await kubectl("create", "job", "ok", "--image=busybox", "-n", "made", "--", "true");
      await kubectl("wait", "--for=condition=complete", "job/ok", "-n", "made", "--timeout=30s");
      expect(await kubectl("get", "jobs", "-n", "made")).toMatch(/ok\s+Complete\s+1\/1/);
      await kubectl("delete", "namespace", "made", "--timeout=30s");
      expect(await kubectl("get", "namespaces")).not.toContain("made");
    });

    it("apply, rollout, scale, undo, delete a Deployment", async () => {
      const file = join(folder, "deployment.yaml");
      await writeFile(file, manifest("nginx:1"));
      expect(await kubectl("apply", "-f", file)).toContain("deployment.apps/applied created");
      expect(await kubectl("apply", "-f", file)).toContain("deployment.apps/applied unchanged");
      await kubectl("rollout", "status", "deployment/applied", "--timeout=30s");
      await writeFile(file, manifest("nginx:2"));
      expect(await kubectl("apply", "-f", file)).toContain("deployment.apps/applied configured");
      await kubectl("rollout", "status", "deployment/applied", "--timeout=30s");
      const images = () =>
        kubectl("get", "deployment", "applied", "-o", "jsonpath={.spec.template.spec.containers[*].image}");
      expect(await images()).toBe("nginx:2");
      await kubectl("rollout", "undo", "deployment/applied");
      expect(await images()).toBe("nginx:1");
      await kubectl("scale", "deployment/applied", "--replicas=4");
      await kubectl("rollout", "status", "deployment/applied", "--timeout=30s");
      expect(await kubectl("get", "deployment", "applied")).toMatch(/applied\s+4\/4/);
      await kubectl("delete", "deployment", "applied", "--cascade=foreground", "--timeout=30s");
      expect(await kubectl("get", "pods", "-l", "app=applied", "-o", "name")).toBe("");
    });

    it("run, label, annotate, patch, expose, drain", async () => {
      await kubectl("run", "p", "--image=nginx", "--port=80");
      await kubectl("wait", "--for=condition=Ready", "pod/p", "--timeout=30s");
      await kubectl("label", "pod", "p", "x=y");
      await kubectl("annotate", "pod", "p", "note=1");
      await kubectl(
        "patch",
        "pod",
        "p",
        "--type=json",
        "-p",
        '[{"op":"remove","path":"/metadata/annotations/note"}]',
      );
      expect(await kubectl("get", "pods", "-l", "x=y", "-o", "wide")).toMatch(
        /p\s+0\/1\s+Running\s+0\s+\S+\s+<none>\s+n1/,
      );
      expect(await kubectl("expose", "pod", "p", "--port=80")).toContain("service/p exposed");
      expect(await kubectl("get", "events")).toContain("Successfully assigned default/p to n1");
      await kubectl("drain", "n1", "--force", "--timeout=30s");
      expect(await kubectl("get", "pods", "-o", "name")).toBe("");
      await kubectl("uncordon", "n1");
      expect(await kubectl("auth", "can-i", "create", "pods")).toContain("yes");
    });

    it("errors read as a real server's", async () => {
      await expect(kubectl("get", "pod", "none")).rejects.toMatchObject({
        stderr: expect.stringContaining('Error from server (NotFound): pods "none" not found'),
      });
      await kubectl("apply", "--server-side", "-f", join(folder, "deployment.yaml"));
      await kubectl("scale", "deployment/applied", "--replicas=7");
      await expect(
        kubectl("apply", "--server-side", "-f", join(folder, "deployment.yaml")),
      ).rejects.toMatchObject({
        stderr: expect.stringContaining(
          'conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
        ),
      });
    });
  });
});
