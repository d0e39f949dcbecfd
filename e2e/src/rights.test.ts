import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { KubeConfig } from "@kubernetes/client-node";
import { type Logger, type Provider, type ResolvedPod, silentLogger } from "@vkubelet/core";
import { type Kubelet, type KubeletOptions, startKubelet } from "@vkubelet/kubelet";
import { createInMemoryProvider, InMemoryBackend } from "@vkubelet/testing";
import {
  type ControlPlane,
  findKubernetesCommands,
  peerOrSkip,
  runCommand,
  startControlPlane,
} from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AuditLog, grantedBy, prepareAuditLog } from "./audit-log.ts";
import type { AnyObject } from "./behaviours/objects.ts";
import { waitFor } from "./wait-for.ts";

const manifests = join(dirname(fileURLToPath(import.meta.url)), "../../docs/manifests");

/** A kubelet with credentials under test, the pods that it was given, and what it complained of. */
class LimitedNode {
  readonly name: string;
  readonly complaints: string[] = [];
  /** Files of each pod by its name, as they reached the backend. */
  readonly files = new Map<string, Readonly<Record<string, string>>>();
  readonly #plane: ControlPlane;
  readonly #config: KubeConfig;

  constructor(plane: ControlPlane, name: string, config: KubeConfig) {
    this.#plane = plane;
    this.name = name;
    this.#config = config;
  }

  start(options: Partial<KubeletOptions> = {}): Promise<Kubelet> {
    return startKubelet({
      provider: this.#provider(),
      nodeName: this.name,
      kubeConfig: this.#config,
      internalIP: "127.0.0.1",
      server: { address: "127.0.0.1", port: 0, clientCa: this.#plane.clientCaPem },
      logger: this.#logger(),
      ...options,
    });
  }

  #provider(): Provider {
    const backend = new InMemoryBackend({ now: () => Date.now() });
    const provider = createInMemoryProvider({ backend, watches: true });
    return {
      ...provider,
      createPod: async (pod, context) => {
        this.files.set(pod.ref.name, filesOf(pod));
        await provider.createPod(pod, context);
        backend.print(pod.ref.uid, "hello", "main");
      },
    };
  }

  #logger(): Logger {
    const note: Logger["warn"] = (message, fields) => {
      const { error, ...rest } = fields ?? {};
      const why = error instanceof Error ? error.message : String(error ?? "");
      // The API server may learn of a pod's references after the kubelet has learnt of the pod.
      if (JSON.stringify([why, rest]).includes("no relationship found between node")) return;
      this.complaints.push(`${message} ${why} ${JSON.stringify(rest)}`);
    };
    return { ...silentLogger, warn: note, error: note, child: () => this.#logger() };
  }
}

function filesOf(pod: ResolvedPod): Readonly<Record<string, string>> {
  const files = pod.volumes.flatMap((volume) => (volume.type === "files" ? volume.files : []));
  return Object.fromEntries(files.map(({ path, content }) => [path, new TextDecoder().decode(content)]));
}

/** Everything that makes a kubelet ask the API server for something. */
function podOf(node: string): object {
  const sources = [
    { configMap: { name: "settings" } },
    { secret: { name: "keys" } },
    { serviceAccountToken: { path: "token", audience: "vault", expirationSeconds: 3600 } },
  ];
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: `uses-${node}` },
    spec: {
      nodeName: node,
      terminationGracePeriodSeconds: 5,
      tolerations: [{ operator: "Exists" }],
      imagePullSecrets: [{ name: "keys" }],
      volumes: [{ name: "all", projected: { sources } }],
      containers: [
        {
          name: "main",
          image: "busybox",
          env: [{ name: "COLOR", valueFrom: { configMapKeyRef: { name: "settings", key: "color" } } }],
          envFrom: [{ secretRef: { name: "keys" } }],
          volumeMounts: [{ name: "all", mountPath: "/all" }],
        },
      ],
    },
  };
}

describe.runIf(await peerOrSkip("kubernetes"))("the rights that a kubelet needs", () => {
  let audit: AuditLog;
  let plane: ControlPlane;
  beforeAll(async () => {
    audit = await prepareAuditLog();
    plane = await startControlPlane({ extraArguments: { apiServer: audit.arguments } });
    await run(["create", "configmap", "settings", "--from-literal", "color=blue"]);
    await run(["create", "secret", "generic", "keys", "--from-literal", "password=s3cret"]);
  });
  afterAll(async () => {
    await plane?.stop();
    await audit?.[Symbol.asyncDispose]();
  });

  const run = async (args: readonly string[], input?: string) => {
    const result = await plane.kubectl(args, input === undefined ? {} : { input });
    expect(result, `${args.join(" ")}: ${result.stderr}`).toMatchObject({ code: 0 });
    return result.stdout;
  };
  const get = async (...args: readonly string[]): Promise<AnyObject> => {
    const text = await run(["get", ...args, "--ignore-not-found", "-o", "json"]);
    return text === "" ? undefined : JSON.parse(text);
  };

  /** A pod's whole life on the node. */
  const useNode = async (node: LimitedNode): Promise<void> => {
    const pod = `uses-${node.name}`;
    await run(["create", "-f", "-"], JSON.stringify(podOf(node.name)));
    await waitFor(
      "the pod runs",
      () => get("pod", pod),
      ({ status }) => status.phase === "Running",
    );
    expect(node.files.get(pod)).toMatchObject({
      color: "blue",
      password: "s3cret",
      token: expect.stringMatching(/^ey/),
    });
    expect(await run(["logs", pod])).toBe("hello\n");
    const events = async () => (await get("events", "--field-selector", `involvedObject.name=${pod}`)).items;
    await waitFor("its events", events, (items) => items.length > 0);
    const lease = await get("lease", node.name, "-n", "kube-node-lease");
    await waitFor(
      "the lease renewed",
      () => get("lease", node.name, "-n", "kube-node-lease"),
      (renewed) => renewed.spec.renewTime > lease.spec.renewTime,
    );
    expect(lease.metadata.ownerReferences[0].name).toBe(node.name);
    await run(["delete", "pod", pod]);
    expect(await get("pod", pod)).toBeUndefined();
  };

  describe("with a node's own credentials", () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "vkubelet-credentials-"));
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    /** As an administrator makes them. */
    const credentialsOf = async (name: string): Promise<KubeConfig> => {
      const commands = await findKubernetesCommands();
      const path = `${dirname(commands?.kubectl ?? "")}:${process.env["PATH"]}`;
      const env = { ...process.env, PATH: path, KUBECONFIG: plane.adminKubeconfig };
      const made = await runCommand("sh", [join(manifests, "node-credentials.sh"), name, folder], { env });
      expect(made, made.stderr).toMatchObject({ code: 0 });
      const config = new KubeConfig();
      config.loadFromFile(join(folder, `${name}.kubeconfig`));
      return config;
    };

    it("none but these: it registers, serves pods, and is left; what is not its to change is told once", async () => {
      const config = await credentialsOf("vk-own");
      const node = new LimitedNode(plane, "vk-own", config);
      const labels = { team: "a", "node-role.kubernetes.io/agent": "" };
      const kubelet = await node.start({ labels });
      const object = await get("node", "vk-own");
      expect(object.metadata.labels).toMatchObject({ team: "a", "kubernetes.io/hostname": "vk-own" });
      expect(object.metadata.labels).not.toHaveProperty("node-role.kubernetes.io/agent");
      expect(object.spec.taints).toContainEqual(
        expect.objectContaining({ key: "virtual-kubelet.io/provider", value: "memory" }),
      );
      await useNode(node);
      expect(node.complaints).toEqual([
        expect.stringMatching(
          /^the node may not set these labels on itself; an administrator can .*not allowed to set the following labels: node-role\.kubernetes\.io\/agent .*"labels":\["node-role.kubernetes.io\/agent="\]/,
        ),
      ]);
      await kubelet.stop({ drain: { graceSeconds: 5 } });
      expect((await get("node", "vk-own")).spec.unschedulable).toBe(true);
    });

    it("on a node that exists: labels follow, taints are left to an administrator", async () => {
      const config = await credentialsOf("vk-again");
      const first = await new LimitedNode(plane, "vk-again", config).start();
      await first.stop();
      const node = new LimitedNode(plane, "vk-again", config);
      const kubelet = await node.start({
        labels: { team: "b" },
        taints: [{ key: "other", effect: "NoSchedule" }],
      });
      expect((await get("node", "vk-again")).metadata.labels).toMatchObject({ team: "b" });
      expect(node.complaints).toEqual([
        expect.stringMatching(
          /^the node may not set these taints on itself; an administrator can .*is not allowed to modify taints .*"other=:NoSchedule"/,
        ),
      ]);
      await kubelet.stop({ drain: { graceSeconds: 5, deleteNode: true } });
      expect(node.complaints.at(-1)).toMatch(
        /^cannot delete the node; an administrator can, with kubectl delete node .*"system:node:vk-again" cannot delete resource "nodes"/,
      );
    });

    it("of another node: it does not start, and says why", async () => {
      const node = new LimitedNode(plane, "vk-other", await credentialsOf("vk-one"));
      await expect(node.start()).rejects.toThrow(
        /nodes "vk-other" is forbidden: User "system:node:vk-one" cannot get resource "nodes"/,
      );
    });
  });

  describe("with a service account and the role of the documentation", () => {
    /** Asked for only when something goes wrong, an event comes again, or somebody comes with a bearer token. */
    const seldom = ["get pods", "patch events", "create tokenreviews"];

    it("serves pods, is led by election, drained and deleted, and uses what it is granted and no more", async () => {
      const roles = await Promise.all(
        ["cluster-role.yaml", "leader-election-role.yaml"].map((file) =>
          readFile(join(manifests, file), "utf8"),
        ),
      );
      for (const role of roles) await run(["apply", "-f", "-"], role);
      const token = (await run(["create", "token", "vkubelet", "-n", "vkubelet"])).trim();
      const config = new KubeConfig();
      config.loadFromFile(plane.adminKubeconfig);
      config.users = config.users.map(({ name }) => ({ name, token }));
      const node = new LimitedNode(plane, "vk-role", config);
      const labels = { "node-role.kubernetes.io/agent": "" };
      const kubelet = await node.start({ labels, leaderElection: { namespace: "vkubelet" } });
      expect((await get("node", "vk-role")).metadata.labels).toMatchObject(labels);
      await useNode(node);
      await kubelet.stop({ drain: { graceSeconds: 5, deleteNode: true } });
      expect(await get("node", "vk-role")).toBeUndefined();
      expect(node.complaints).toEqual([]);
      const requests = await audit.requestsOf("system:serviceaccount:vkubelet:vkubelet");
      expect([...requests].filter(([, codes]) => codes.has(403))).toEqual([]);
      const granted = roles.flatMap((role) => [...grantedBy(role)]);
      expect([...new Set([...requests.keys(), ...seldom])].toSorted()).toEqual(
        [...new Set(granted)].toSorted(),
      );
    });
  });
});
