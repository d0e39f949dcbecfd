import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cluster, createCluster } from "./cluster.ts";
import { CertificateAuthority } from "./pki/certificate-authority.ts";
import { pod } from "./testdata/fixture.ts";
import { clientOf } from "./testdata/http-client.ts";

const pods = "/api/v1/namespaces/default/pods";
const table = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json" };

let cluster: Cluster;
let admin: ReturnType<typeof clientOf>;

beforeAll(async () => {
  cluster = await createCluster({ controllers: false, scheduler: false, historyLimit: 20 });
  admin = clientOf(cluster.kubeconfig);
});

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
});

describe("authentication and authorization", () => {
  it("answers 401 to unknown tokens and 403 to nobody", async () => {
    expect(await clientOf(cluster.kubeconfig, "wrong").call("GET", pods)).toMatchObject({
      code: 401,
      json: { reason: "Unauthorized" },
    });
    expect(await clientOf(cluster.kubeconfig, "").call("GET", pods)).toMatchObject({
      code: 403,
      json: {
        message:
          'pods is forbidden: User "system:anonymous" cannot list resource "pods" in API group "" in the namespace "default"',
      },
    });
  });

  it("lets nodes do what kubelets do and no more", async () => {
    const node = clientOf(cluster.kubeconfigFor("system:node:n1", ["system:nodes"]));
    expect((await node.call("GET", "/api/v1/pods")).code).toBe(200);
    expect((await node.call("POST", "/api/v1/namespaces", { metadata: { name: "x" } })).code).toBe(403);
  });

  it("follows Roles and their bindings", async () => {
    const user = clientOf(cluster.kubeconfigFor("jane"));
    const rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/default";
    expect((await user.call("GET", pods)).code).toBe(403);
    await admin.call("POST", `${rbac}/roles`, {
      metadata: { name: "r" },
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["list"] }],
    });
    await admin.call("POST", `${rbac}/rolebindings`, {
      metadata: { name: "b" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "r" },
      subjects: [{ kind: "User", name: "jane", apiGroup: "rbac.authorization.k8s.io" }],
    });
    expect((await user.call("GET", pods)).code).toBe(200);
    expect((await user.call("GET", "/api/v1/namespaces/kube-system/pods")).code).toBe(403);
  });

  it("reviews tokens and access, and issues tokens to service accounts", async () => {
    const account = "/api/v1/namespaces/default/serviceaccounts/default/token";
    const { json } = await admin.call("POST", account, {
      spec: { expirationSeconds: 600, audiences: ["vault"] },
    });
    const review = (audiences?: string[]) =>
      admin.call("POST", "/apis/authentication.k8s.io/v1/tokenreviews", {
        spec: { token: json.status.token, ...(audiences ? { audiences } : {}) },
      });
    expect((await review(["vault"])).json.status).toMatchObject({
      authenticated: true,
      audiences: ["vault"],
      user: { username: "system:serviceaccount:default:default" },
    });
    expect((await review()).json.status.authenticated).toBeUndefined();
    expect((await clientOf(cluster.kubeconfig, json.status.token).call("GET", pods)).code).toBe(401);
    const access = await admin.call("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
      spec: {
        user: "x",
        groups: ["system:nodes"],
        resourceAttributes: { verb: "get", resource: "secrets", namespace: "default" },
      },
    });
    expect(access.json.status.allowed).toBe(true);
  });
});

describe("objects", () => {
  it("creates, reads, patches, lists and deletes", async () => {
    const created = await admin.call("POST", pods, pod("a"));
    expect([created.code, created.json.kind, created.json.status.phase]).toEqual([201, "Pod", "Pending"]);
    const patched = await admin.call(
      "PATCH",
      `${pods}/a/status`,
      { status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] } },
      { "content-type": "application/strategic-merge-patch+json" },
    );
    expect(patched.json.status).toMatchObject({ phase: "Running", qosClass: "BestEffort" });
    const list = await admin.call("GET", `${pods}?fieldSelector=metadata.name=a`);
    expect([list.json.kind, list.json.items.length]).toEqual(["PodList", 1]);
    expect((await admin.call("DELETE", `${pods}/a`)).json.metadata.name).toBe("a");
    expect((await admin.call("GET", `${pods}/a`)).json).toMatchObject({
      code: 404,
      message: 'pods "a" not found',
    });
  });

  it("names unknown fields: an error when strict, a warning otherwise", async () => {
    const strange = {
      metadata: { name: "s" },
      spec: { containers: [{ name: "c", image: "x", foo: 1 }], bar: 2 },
    };
    const strict = await admin.call("POST", `${pods}?fieldValidation=Strict&dryRun=All`, strange);
    expect(strict.json.message).toBe(
      'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.containers[0].foo", unknown field "spec.bar"',
    );
    const lenient = await admin.call("POST", `${pods}?dryRun=All`, strange);
    expect([lenient.code, lenient.headers["warning"]]).toEqual([201, expect.stringContaining("spec.bar")]);
  });

  it("pages a list from one snapshot", async () => {
    for (const name of ["p1", "p2", "p3"])
      cluster.objects.create("configmaps", "kube-public", {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name },
      });
    const path = "/api/v1/namespaces/kube-public/configmaps?limit=3";
    const first = await admin.call("GET", path);
    expect(first.json.metadata.remainingItemCount).toBe(1);
    cluster.objects.delete("configmaps", "kube-public", "p3");
    const second = await admin.call("GET", `${path}&continue=${first.json.metadata.continue}`);
    expect(second.json.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)).toEqual([
      "p3",
    ]);
    expect((await admin.call("GET", `${path}&continue=bm8`)).code).toBe(400);
  });

  it("prints tables", async () => {
    const { json } = await admin.call("GET", "/api/v1/namespaces/default/services", undefined, table);
    expect(json.kind).toBe("Table");
    expect(json.columnDefinitions[0].name).toBe("Name");
    expect(json.rows[0].cells.slice(0, 5)).toEqual([
      "kubernetes",
      "ClusterIP",
      "10.96.0.1",
      "<none>",
      "443/TCP",
    ]);
  });
});

describe("watch", () => {
  it("sends the initial state, its end and what follows", async () => {
    const path =
      "/api/v1/namespaces/kube-node-lease/configmaps?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
    const seen: string[] = [];
    for await (const { type, object } of admin.watch(path)) {
      seen.push(
        `${type} ${object.metadata.name ?? object.metadata.annotations["k8s.io/initial-events-end"]}`,
      );
      if (type === "BOOKMARK")
        cluster.objects.create("configmaps", "kube-node-lease", {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: "new" },
        });
      if (seen.length === 3) break;
    }
    expect(seen).toEqual(["ADDED kube-root-ca.crt", "BOOKMARK true", "ADDED new"]);
  });

  it("answers 410 inside the stream when the version has left the window", async () => {
    for (let count = 0; count < 60; count += 1) {
      cluster.objects.mutate("configmaps", "kube-public", "p1", (object) => {
        object["data"] = { count: String(count) };
      });
    }
    for await (const event of admin.watch("/api/v1/configmaps?watch=true&resourceVersion=1")) {
      expect(event).toMatchObject({ type: "ERROR", object: { code: 410, reason: "Expired" } });
    }
  });
});

describe("discovery and OpenAPI", () => {
  it("serves both kinds of discovery, cached by ETag", async () => {
    const accept = {
      accept: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json",
    };
    const first = await admin.call("GET", "/apis", undefined, accept);
    expect(first.json.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)).toContain(
      "apps",
    );
    const again = await admin.call("GET", "/apis", undefined, {
      ...accept,
      "if-none-match": String(first.headers["etag"]),
    });
    expect(again.code).toBe(304);
    const plain = await admin.call("GET", "/api/v1");
    expect(plain.json.resources.map(({ name }: { name: string }) => name)).toContain("pods/log");
  });

  it("serves schemas with their merge keys", async () => {
    const index = await admin.call("GET", "/openapi/v3");
    const { serverRelativeURL } = index.json.paths["apis/apps/v1"];
    const { json } = await admin.call("GET", serverRelativeURL);
    const containers = json.components.schemas["io.k8s.api.core.v1.PodSpec"].properties.containers;
    expect(containers["x-kubernetes-patch-merge-key"]).toBe("name");
  });
});

describe("hostile input", () => {
  const deep = `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`;
  it.each([
    ["broken JSON", "POST", pods, "{", {}, 400],
    ["an array for an object", "POST", pods, "[]", {}, 400],
    ["a deep body", "POST", pods, deep, {}, 400],
    ["a body over the limit", "POST", pods, "x".repeat(3 * 1024 * 1024 + 1), {}, 413],
    ["an unknown media type", "POST", pods, "x", { "content-type": "text/html" }, 415],
    [
      "rubbish for protobuf",
      "POST",
      pods,
      "x",
      { "content-type": "application/vnd.kubernetes.protobuf" },
      400,
    ],
    ["another kind", "POST", pods, '{"kind":"Node","apiVersion":"v1"}', {}, 400],
    [
      "a wrong type",
      "POST",
      pods,
      '{"metadata":{"name":"q"},"spec":{"containers":[{"name":"c","image":5}]}}',
      {},
      400,
    ],
    ["an unknown selector field", "GET", `${pods}?fieldSelector=spec.x%3D1`, undefined, {}, 400],
    ["a bad number", "GET", `${pods}?limit=-1`, undefined, {}, 400],
    ["a bad escape", "GET", "/api/v1/namespaces/%ff/pods", undefined, {}, 404],
    ["an unknown resource", "GET", "/api/v1/nothing", undefined, {}, 404],
    ["an unknown method", "TRACE", pods, undefined, {}, 405],
    [
      "only protobuf accepted",
      "GET",
      pods,
      undefined,
      { accept: "application/vnd.kubernetes.protobuf" },
      406,
    ],
    [
      "server-side apply without a manager",
      "PATCH",
      `${pods}/x`,
      "{}",
      { "content-type": "application/apply-patch+yaml" },
      422,
    ],
    [
      "a prototype as kind",
      "POST",
      "/api/v1/namespaces/default/serviceaccounts/default/token",
      '{"spec":{"boundObjectRef":{"kind":"constructor"}}}',
      {},
      400,
    ],
  ])("answers %s with a Status", async (_name, method, path, body, headers, code) => {
    const answer = await admin.call(method, path, body, headers);
    expect(answer.code).toBe(code);
    expect(answer.json).toMatchObject({ kind: "Status", status: "Failure", code });
  });
});

describe("logs", () => {
  it("come from the pod's kubelet, called with the client certificate", async () => {
    const authority = await CertificateAuthority.create("kubelet", Date.now());
    const identity = await authority.issue({ commonName: "n1", ipAddresses: ["127.0.0.1"], usage: "server" });
    const kubelet = createServer(
      {
        key: identity.keyPem,
        cert: identity.certificatePem,
        ca: cluster.kubeletClientCertificateAuthority,
        requestCert: true,
        rejectUnauthorized: true,
      },
      (request, response) => {
        if (request.url?.includes("previous"))
          response.writeHead(400).end('previous terminated container "c" in pod "l" not found');
        else response.end(`${request.url}\n`);
      },
    );
    await new Promise<void>((resolve) => kubelet.listen(0, "127.0.0.1", resolve));
    const { port } = kubelet.address() as AddressInfo;
    cluster.objects.create("nodes", undefined, {
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: "n1" },
      status: {
        addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
        daemonEndpoints: { kubeletEndpoint: { Port: port } },
      },
    });
    cluster.objects.create("pods", "default", pod("l"));
    await admin.call("POST", `${pods}/l/binding`, {
      metadata: { name: "l" },
      target: { kind: "Node", name: "n1" },
    });
    expect((await admin.call("GET", `${pods}/l/log?tailLines=5&container=c`)).text).toBe(
      "/containerLogs/default/l/c?tailLines=5\n",
    );
    expect((await admin.call("GET", `${pods}/l/log?previous=true`)).json).toMatchObject({
      code: 400,
      message: 'previous terminated container "c" in pod "l" not found',
    });
    await new Promise((resolve) => kubelet.close(resolve));
    expect((await admin.call("GET", `${pods}/l/log`)).code).toBe(500);
  });

  it("says what is wrong with a request for a session", async () => {
    const exec = (query: string) => admin.call("POST", `${pods}/l/exec?${query}`);
    expect(await exec("command=x&stdout=true")).toMatchObject({
      code: 400,
      json: { message: "Upgrade request required" },
    });
    expect(await exec("command=x&container=none")).toMatchObject({
      code: 400,
      json: { message: "container none is not valid for pod l" },
    });
  });
});
