import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:tls";
import { type Pod, ProviderError } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { createSelfSignedPair } from "./self-signed-pair.ts";
import { createTestAuthority } from "./testdata/test-authority.ts";
import { fetchText, readyPod, startTestKubelet } from "./testdata/test-kubelet.ts";

async function servedCertificate(port: number): Promise<X509Certificate> {
  const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const certificate = new X509Certificate(socket.getPeerCertificate().raw);
  socket.destroy();
  return certificate;
}

describe("who may do what", () => {
  it("lets nobody in without credentials, whatever the path", async () => {
    await using kubelet = await startTestKubelet();
    for (const path of ["/pods", "/healthz", "/nothing"]) {
      const { status, text } = await fetchText(kubelet.server.port, path, { headers: {} });
      expect([status, text]).toEqual([401, "Unauthorized\n"]);
    }
    expect(kubelet.asked).toEqual([]);
  });

  it("asks for the right of the path, and says what is missing", async () => {
    await using kubelet = await startTestKubelet({ authorizer: { authorize: async () => false } });
    const { status, text } = await fetchText(kubelet.server.port, "/pods");
    expect([status, text]).toEqual([
      403,
      "Forbidden (user=tester, verb=get, resource=nodes, subresource(s)=[pods proxy])\n",
    ]);
  });

  it("answers 500 when nobody can be asked", async () => {
    const authorizer = { authorize: () => Promise.reject(new Error("no connection")) };
    await using kubelet = await startTestKubelet({ authorizer });
    expect((await fetchText(kubelet.server.port, "/pods")).status).toBe(500);
  });

  it("authorizes the very path that it serves", async () => {
    await using kubelet = await startTestKubelet();
    const { port } = kubelet.server;
    for (const path of ["/pods/../exec/a/p/c", "/pods/%2e%2e/exec/a/p/c", "https://other/exec/a/p/c"]) {
      expect((await fetchText(port, path)).status).toBe(400);
      expect(kubelet.asked.at(-1)).toEqual({ user: "tester", verb: "create", subresources: ["proxy"] });
    }
    expect((await fetchText(port, "//pods/exec/a/p/c")).status).toBe(400);
    expect(kubelet.asked.at(-1)?.verb).toBe("create");
    expect((await fetchText(port, "/containerLogs/%E0/p/c")).status).toBe(400);
  });

  it("trusts client certificates of its CA only", async () => {
    const [ours, theirs] = [await createTestAuthority(), await createTestAuthority()];
    await using kubelet = await startTestKubelet({ clientCa: ours.certificate });
    const { port } = kubelet.server;
    const trusted = await ours.issue("kube-apiserver-kubelet-client", ["system:masters"]);
    expect((await fetchText(port, "/healthz", { headers: {}, client: trusted })).text).toBe("ok\n");
    expect(kubelet.asked.at(-1)?.user).toBe("kube-apiserver-kubelet-client");
    const foreign = await theirs.issue("kube-apiserver-kubelet-client", ["system:masters"]);
    expect((await fetchText(port, "/healthz", { headers: {}, client: foreign })).status).toBe(401);
    expect((await fetchText(port, "/healthz", { client: foreign })).status).toBe(200);
    const selfMade = { key: kubelet.pair.key, certificate: kubelet.pair.certificate };
    expect((await fetchText(port, "/healthz", { headers: {}, client: selfMade })).status).toBe(401);
  });
});

describe("routes", () => {
  it("answers health checks", async () => {
    await using kubelet = await startTestKubelet();
    const { port } = kubelet.server;
    for (const path of ["/healthz", "/healthz/ping", "/healthz/log", "/healthz/syncloop"]) {
      expect(await fetchText(port, path)).toMatchObject({ status: 200, text: "ok\n" });
    }
    kubelet.host.health = { healthy: false, message: "the pod loop hangs" };
    expect(await fetchText(port, "/healthz")).toMatchObject({
      status: 500,
      text: "[+]ping ok\n[+]log ok\n[-]syncloop failed: the pod loop hangs\nhealthz check failed\n",
    });
    expect((await fetchText(port, "/healthz/ping")).status).toBe(200);
    expect((await fetchText(port, "/healthz/syncloop")).status).toBe(500);
  });

  it("lists pods with every field", async () => {
    await using kubelet = await startTestKubelet();
    const { port } = kubelet.server;
    const odd = { metadata: { name: "odd" }, future: { field: 1 } } as Pod;
    kubelet.host.podList = [readyPod, odd];
    const list = await fetchText(port, "/pods");
    expect(list.headers["content-type"]).toBe("application/json");
    expect(JSON.parse(list.text)).toEqual({
      kind: "PodList",
      apiVersion: "v1",
      metadata: {},
      items: [readyPod, odd],
    });
    kubelet.host.podList = [];
    expect(JSON.parse((await fetchText(port, "/pods/")).text).items).toEqual([]);
  });

  it.each([["POST", "/checkpoint/a/p/c", "checkpoints"]])(
    "answers 501 to %s %s",
    async (method, path, what) => {
      await using kubelet = await startTestKubelet();
      const { status, text } = await fetchText(kubelet.server.port, path, { method });
      expect([status, text]).toEqual([501, `vkubelet does not implement ${what}\n`]);
    },
  );

  it("answers an upgrade where there is none to be had like any other request", async () => {
    await using kubelet = await startTestKubelet();
    const headers = { authorization: "Bearer good", connection: "Upgrade", upgrade: "SPDY/3.1" };
    const { status, text } = await fetchText(kubelet.server.port, "/healthz", { headers });
    expect([status, text]).toEqual([200, "ok\n"]);
  });

  it("tells what pods use, what a provider cannot tell, and that it could not be had", async () => {
    await using kubelet = await startTestKubelet();
    const { port } = kubelet.server;
    const metrics = await fetchText(port, "/metrics/resource");
    expect(metrics.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(metrics.text).toContain("resource_scrape_error 0\n");
    expect(JSON.parse((await fetchText(port, "/stats/summary")).text)).toEqual({
      node: { nodeName: "n" },
      pods: [],
    });
    kubelet.host.readUsage = () => Promise.reject(new ProviderError("Unsupported", "not measured here"));
    expect(await fetchText(port, "/stats/summary")).toMatchObject({
      status: 501,
      text: "not measured here\n",
    });
    kubelet.host.readUsage = () => Promise.reject(new Error("broken"));
    expect((await fetchText(port, "/metrics/resource")).text).toContain("resource_scrape_error 1\n");
    expect((await fetchText(port, "/stats/summary?only_cpu_and_memory=true")).status).toBe(500);
  });

  it("refuses other methods with what is allowed, and unknown paths", async () => {
    await using kubelet = await startTestKubelet();
    const { port } = kubelet.server;
    const post = await fetchText(port, "/pods", { method: "POST" });
    expect([post.status, post.headers.allow, post.text]).toEqual([405, "GET", "Method Not Allowed\n"]);
    const put = await fetchText(port, "/exec/a/p/c", { method: "PUT" });
    expect([put.status, put.headers.allow]).toEqual([405, "GET, POST"]);
    expect((await fetchText(port, "/")).status).toBe(404);
    expect((await fetchText(port, "/containerLogs/a/p")).status).toBe(404);
  });
});

describe("life of the server", () => {
  it("swaps the certificate without a restart, and still asks for client certificates", async () => {
    const authority = await createTestAuthority();
    await using kubelet = await startTestKubelet({ clientCa: authority.certificate });
    const { port } = kubelet.server;
    expect((await servedCertificate(port)).toString().trim()).toBe(kubelet.pair.certificate.trim());
    const next = await createSelfSignedPair({
      nodeName: "n2",
      addresses: [],
      notBefore: Date.parse("2020-01-01T00:00:00Z"),
      notAfter: Date.parse("2100-01-01T00:00:00Z"),
    });
    kubelet.replaceCertificate(next);
    expect((await servedCertificate(port)).toString().trim()).toBe(next.certificate.trim());
    const client = await authority.issue("api", []);
    expect((await fetchText(port, "/healthz", { headers: {}, client })).status).toBe(200);
  });

  it("says which port is taken", async () => {
    await using kubelet = await startTestKubelet();
    const { port } = kubelet.server;
    await expect(startTestKubelet({ port })).rejects.toThrow(
      `kubelet server cannot listen on port ${port}: the port is taken; choose another`,
    );
  });
});
