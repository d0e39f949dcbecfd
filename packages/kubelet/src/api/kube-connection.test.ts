import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { type Clock, silentLogger, systemClock } from "@vkubelet/core";
import { FakeClock } from "@vkubelet/testing";
import { describe, expect, it, vi } from "vitest";
import { createSelfSignedPair } from "../server/self-signed-pair.ts";
import { createTestAuthority } from "../server/testdata/test-authority.ts";
import { createKubeApiClient } from "./kube-api-client.ts";
import { isUnauthorized } from "./kube-api-error.ts";
import { answer, kubeConfigFor, startScriptedServer, status } from "./testdata/scripted-server.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

async function startTlsServer() {
  const clients = await createTestAuthority();
  const pair = await createSelfSignedPair({
    nodeName: "api",
    addresses: ["127.0.0.1"],
    notBefore: Date.parse("2020-01-01T00:00:00Z"),
    notAfter: Date.parse("2100-01-01T00:00:00Z"),
  });
  const server = createServer(
    {
      key: pair.key,
      cert: pair.certificate,
      ca: clients.certificate,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      const socket = request.socket as TLSSocket;
      const user = socket.authorized ? socket.getPeerCertificate().subject.CN : "nobody";
      answer(response, 200, { user, protocol: request.httpVersion });
    },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificate: pair.certificate,
    clients,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function clientFor(
  url: string,
  cluster: Record<string, unknown>,
  user: Record<string, unknown> = {},
  clock: Clock = systemClock,
) {
  const kubeConfig = kubeConfigFor(url, user);
  Object.assign(kubeConfig.clusters[0] ?? {}, { skipTLSVerify: false, ...cluster });
  return createKubeApiClient({ kubeConfig, logger: silentLogger, clock });
}

describe("connection", () => {
  it("verifies the server and shows the client certificate; a replaced one serves a second later", async () => {
    await using server = await startTlsServer();
    const folder = await mkdtemp(join(tmpdir(), "vkubelet-connection-"));
    const files = { certFile: join(folder, "crt"), keyFile: join(folder, "key") };
    const use = async (name: string) => {
      const pair = await server.clients.issue(name, []);
      await writeFile(files.certFile, pair.certificate);
      await writeFile(files.keyFile, pair.key);
    };
    await use("first");
    const clock = new FakeClock();
    await using client = clientFor(server.url, { caData: base64(server.certificate) }, files, clock);
    expect(await client.get("/api")).toEqual({ user: "first", protocol: "1.1" });
    await use("second");
    await clock.advance(1_000);
    expect(await client.get("/api")).toEqual({ user: "second", protocol: "1.1" });
    await rm(folder, { recursive: true });
  });

  it("trusts no other server, and says so in one line", async () => {
    await using server = await startTlsServer();
    const other = await createTestAuthority();
    await using client = clientFor(server.url, { caData: base64(other.certificate) });
    // A write, since reads would be tried again.
    await expect(client.create("/api", {})).rejects.toThrow(
      new RegExp(`^POST /api: cannot reach ${server.url}: .*certificate.*$`),
    );
  });

  it("goes through an HTTP proxy", async () => {
    await using proxy = await startScriptedServer(({ path }, response) => answer(response, 200, { path }));
    const kubeConfig = kubeConfigFor("http://api.invalid");
    Object.assign(kubeConfig.clusters[0] ?? {}, { proxyUrl: proxy.url });
    await using client = createKubeApiClient({ kubeConfig, logger: silentLogger, clock: new FakeClock() });
    expect(await client.get("/version")).toEqual({ path: "/version" });
    expect(proxy.requests[0]?.headers.host).toBe("api.invalid");
  });

  it("sends a user's password", async () => {
    await using server = await startScriptedServer(({ headers }, response) =>
      answer(response, 200, { authorization: headers.authorization }),
    );
    const kubeConfig = kubeConfigFor(server.url, { username: "u", password: "p" });
    await using client = createKubeApiClient({ kubeConfig, logger: silentLogger, clock: new FakeClock() });
    expect(await client.get("/")).toEqual({ authorization: `Basic ${base64("u:p")}` });
  });

  it("reads a token file again that was replaced, at the latest a minute afterwards", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    using _ = { [Symbol.dispose]: () => void vi.useRealTimers() };
    const folder = await mkdtemp(join(tmpdir(), "vkubelet-token-"));
    const tokenFile = join(folder, "token");
    await writeFile(tokenFile, "first");
    await using server = await startScriptedServer(({ headers }, response) =>
      headers.authorization === "Bearer second"
        ? answer(response, 200, {})
        : answer(response, 401, status(401, "Unauthorized", "expired")),
    );
    const kubeConfig = kubeConfigFor(server.url, {
      authProvider: { name: "tokenFile", config: { tokenFile } },
    });
    await using client = createKubeApiClient({ kubeConfig, logger: silentLogger, clock: new FakeClock() });
    await expect(client.get("/")).rejects.toSatisfy(isUnauthorized);
    await writeFile(tokenFile, "second");
    vi.setSystemTime(Date.now() + 61_000);
    expect(await client.get("/")).toEqual({});
    await rm(folder, { recursive: true });
  });
});
