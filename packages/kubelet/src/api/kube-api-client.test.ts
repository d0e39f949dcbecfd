import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "@vkubelet/core";
import { FakeClock } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import { createKubeApiClient, type KubeApiClientOptions } from "./kube-api-client.ts";
import {
  isConflict,
  isGone,
  isNotFound,
  isRetryable,
  isUnauthorized,
  KubeApiError,
} from "./kube-api-error.ts";
import {
  answer,
  kubeConfigFor,
  type Script,
  startScriptedServer,
  status,
  until,
} from "./testdata/scripted-server.ts";

const pods = "/api/v1/namespaces/a/pods";

async function setUp(script: Script, options: Partial<KubeApiClientOptions> = {}) {
  const server = await startScriptedServer(script);
  const clock = new FakeClock();
  const client = createKubeApiClient({
    kubeConfig: server.kubeConfig,
    logger: silentLogger,
    clock,
    random: () => 0,
    ...options,
  });
  return {
    server,
    clock,
    client,
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Counts what the client logs: its retries. When one is logged, its wait begins in the same turn. */
function retryCounter() {
  const logger = { ...silentLogger, retries: 0, debug: () => void logger.retries++ };
  return logger;
}

async function failure(promise: Promise<unknown>): Promise<KubeApiError> {
  const error: unknown = await promise.then(
    () => new Error("it did not fail"),
    (reason: unknown) => reason,
  );
  if (!(error instanceof KubeApiError)) throw error;
  return error;
}

describe("plain calls", () => {
  it("keeps fields that no type knows, and sends the query and the user agent", async () => {
    await using peer = await setUp((_, response) => answer(response, 200, { future: { field: [1] } }), {
      userAgent: "vkubelet/test",
    });
    const object = await peer.client.get(`${pods}/x`, { query: { pretty: false, none: undefined } });
    expect(object).toEqual({ future: { field: [1] } });
    const [request] = peer.server.requests;
    expect(request).toMatchObject({ method: "GET", path: `${pods}/x` });
    expect(request?.query.toString()).toBe("pretty=false");
    expect(request?.headers["user-agent"]).toBe("vkubelet/test");
  });

  it("sends the credentials of the kubeconfig, without the line end of a token file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "vkubelet-token-"));
    const tokenFile = join(folder, "token");
    await writeFile(tokenFile, "abc.def\n");
    await using server = await startScriptedServer((_, response) => answer(response, 200, {}));
    const authProvider = { name: "tokenFile", config: { tokenFile } };
    await using client = createKubeApiClient({
      kubeConfig: kubeConfigFor(`${server.url}/prefix/`, { authProvider }),
      logger: silentLogger,
      clock: new FakeClock(),
    });
    await client.get(`${pods}/x`);
    expect(server.requests[0]?.headers.authorization).toBe("Bearer abc.def");
    expect(server.requests[0]?.path).toBe(`/prefix${pods}/x`);
    await rm(folder, { recursive: true });
  });

  it("answers undefined for a missing object only when asked to", async () => {
    const missing = status(404, "NotFound", 'pods "x" not found', { name: "x", kind: "pods" });
    await using peer = await setUp((_, response) => answer(response, 404, missing));
    expect(await peer.client.get(`${pods}/x`, { absentOn404: true })).toBeUndefined();
    const error = await failure(peer.client.get(`${pods}/x`));
    expect(error.message).toBe(`GET ${pods}/x: pods "x" not found (404 NotFound)`);
    expect(error.details).toEqual({ name: "x", kind: "pods" });
    expect([isNotFound(error), isConflict(error), isRetryable(error)]).toEqual([true, false, false]);
  });

  it.each([
    [401, isUnauthorized],
    [409, isConflict],
    [410, isGone],
    [500, isRetryable],
  ])("throws %i for the caller to recognise, without a second try", async (code, predicate) => {
    await using peer = await setUp((_, response) => answer(response, code, "<html>proxy\n says no</html>"));
    const error = await failure(peer.client.get(pods));
    expect(predicate(error)).toBe(true);
    expect(error.message).toBe(`GET ${pods}: <html>proxy says no</html> (${code} Unknown)`);
    expect(peer.server.requests).toHaveLength(1);
  });

  it.each(["merge", "strategic", "json"] as const)("names the type of a %s patch", async (type) => {
    await using peer = await setUp((_, response) => answer(response, 200, {}));
    await peer.client.patch(`${pods}/x/status`, { status: {} }, type, { fieldManager: "vkubelet" });
    const [request] = peer.server.requests;
    const infix = type === "strategic" ? "strategic-merge" : type === "json" ? "json" : "merge";
    expect(request?.headers["content-type"]).toBe(`application/${infix}-patch+json`);
    expect(request?.query.get("fieldManager")).toBe("vkubelet");
    expect(request?.body).toBe('{"status":{}}');
  });

  it("creates with a body, deletes with and without", async () => {
    await using peer = await setUp((_, response) => answer(response, 201, { ok: true }));
    expect(await peer.client.create(pods, { kind: "Pod" })).toEqual({ ok: true });
    await peer.client.delete(`${pods}/x`, { gracePeriodSeconds: 0 });
    await peer.client.delete(`${pods}/x`);
    expect(peer.server.requests.map(({ method, body }) => [method, body])).toEqual([
      ["POST", '{"kind":"Pod"}'],
      ["DELETE", '{"gracePeriodSeconds":0}'],
      ["DELETE", ""],
    ]);
    expect(peer.server.requests[2]?.headers["content-type"]).toBeUndefined();
  });

  it("says what is wrong when nobody listens, after a bounded number of tries", async () => {
    const gone = await startScriptedServer(() => {});
    const { kubeConfig, url } = gone;
    await gone[Symbol.asyncDispose]();
    const clock = new FakeClock();
    const logger = retryCounter();
    await using client = createKubeApiClient({ kubeConfig, logger, clock, random: () => 1 });
    const call = failure(client.create(pods, {}));
    for (const [index, wait] of [200, 400, 800].entries()) {
      await until(() => logger.retries === index + 1);
      await clock.advance(wait);
    }
    const error = await call;
    expect(error.message).toBe(`POST ${pods}: cannot reach ${url}: connection refused`);
    expect([error.status, error.reason, isRetryable(error)]).toEqual([0, "NetworkError", true]);
    expect(error.cause).toBeInstanceOf(Error);
  });

  it("reports credentials that cannot be had", async () => {
    const authProvider = { name: "tokenFile", config: { tokenFile: "/nowhere/token" } };
    const clock = new FakeClock();
    const logger = retryCounter();
    await using client = createKubeApiClient({
      kubeConfig: kubeConfigFor("http://127.0.0.1:1", { authProvider }),
      logger,
      clock,
      random: () => 0,
    });
    const call = failure(client.get(pods));
    for (const [index, wait] of [100, 200, 400].entries()) {
      await until(() => logger.retries === index + 1);
      await clock.advance(wait);
    }
    expect((await call).message).toMatch(
      new RegExp(`^GET ${pods}: no credentials for http://127.0.0.1:1: ENOENT`),
    );
  });

  it("waits as long as the server asks, whatever the method", async () => {
    let tries = 0;
    const logger = retryCounter();
    await using peer = await setUp(
      (_, response) =>
        ++tries === 1
          ? answer(response, 429, status(429, "TooManyRequests", "slow down"), { "retry-after": "7" })
          : answer(response, 201, { tries }),
      { logger },
    );
    const call = peer.client.create(pods, {});
    await until(() => logger.retries === 1);
    await peer.clock.advance(6_999);
    expect(tries).toBe(1);
    await peer.clock.advance(1);
    expect(await call).toEqual({ tries: 2 });
  });

  it("hands a long wait to the caller", async () => {
    await using peer = await setUp((_, response) =>
      answer(response, 503, status(503, "ServiceUnavailable", "later", { retryAfterSeconds: 120 })),
    );
    const error = await failure(peer.client.get(pods));
    expect([error.retryAfterMs, peer.server.requests.length]).toEqual([120_000, 1]);
  });

  it("repeats a read whose answer was lost, but no write", async () => {
    let tries = 0;
    const logger = retryCounter();
    await using peer = await setUp(
      (_, response) => {
        if (++tries <= 2) response.destroy();
        else answer(response, 200, { tries });
      },
      { logger },
    );
    expect((await failure(peer.client.patch(`${pods}/x`, {}, "merge"))).reason).toBe("NetworkError");
    const read = peer.client.get(`${pods}/x`);
    await until(() => logger.retries === 1);
    await peer.clock.advance(100);
    expect(await read).toEqual({ tries: 3 });
  });

  it("gives up on a server that is silent", async () => {
    await using peer = await setUp(() => {}, { requestTimeoutMs: 5_000 });
    const call = failure(peer.client.create(pods, {}));
    await until(() => peer.server.requests.length === 1);
    await peer.clock.advance(5_000);
    const error = await call;
    expect([error.reason, error.message]).toEqual([
      "Timeout",
      `POST ${pods}: no answer from ${peer.server.url} within 5000 ms`,
    ]);
  });

  it("rejects with the abort reason, before, during and between tries", async () => {
    const logger = retryCounter();
    await using peer = await setUp(
      (request, response) => {
        if (request.path.endsWith("busy")) answer(response, 429, "");
      },
      { logger },
    );
    const reason = new Error("not wanted");
    await expect(peer.client.get(pods, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(peer.server.requests).toHaveLength(0);

    const beforeSending = new AbortController();
    const prepared = peer.client.get(pods, { signal: beforeSending.signal });
    beforeSending.abort(reason);
    await expect(prepared).rejects.toBe(reason);
    expect(peer.server.requests).toHaveLength(0);

    const during = new AbortController();
    const running = peer.client.get(pods, { signal: during.signal });
    await until(() => peer.server.requests.length === 1);
    during.abort(reason);
    await expect(running).rejects.toBe(reason);

    const between = new AbortController();
    const waiting = peer.client.get(`${pods}/busy`, { signal: between.signal });
    await until(() => logger.retries === 1);
    between.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    // The time limit of requests, whose one timer outlives them, and nothing else.
    expect(peer.clock.sleeping).toBe(1);
    await peer.client[Symbol.asyncDispose]();
    expect(peer.clock.sleeping).toBe(0);
  });

  it("refuses an answer that is not JSON", async () => {
    await using peer = await setUp((_, response) => answer(response, 200, "<html>"));
    const error = await failure(peer.client.get(pods));
    expect([error.message, isRetryable(error)]).toEqual([`GET ${pods}: invalid answer: not JSON`, false]);
  });

  it("refuses to start without a cluster or behind a SOCKS proxy", () => {
    const options = { logger: silentLogger, clock: new FakeClock() };
    const kubeConfig = kubeConfigFor("https://server");
    (kubeConfig.clusters[0] as { proxyUrl?: string }).proxyUrl = "socks5://proxy:1080";
    expect(() => createKubeApiClient({ ...options, kubeConfig })).toThrow(/SOCKS proxy/);
    kubeConfig.setCurrentContext("other");
    expect(() => createKubeApiClient({ ...options, kubeConfig })).toThrow(/no current context/);
  });
});

describe("lists", () => {
  const page = (names: string[], next?: string) => ({
    kind: "PodList",
    apiVersion: "v1",
    metadata: { resourceVersion: "77", ...(next === undefined ? {} : { continue: next }) },
    items: names.map((name) => ({ metadata: { name }, extra: name })),
  });

  it("reads page by page and names the type of each item", async () => {
    await using peer = await setUp(({ query }, response) =>
      answer(response, 200, query.get("continue") === "t1" ? page(["c"]) : page(["a", "b"], "t1")),
    );
    const list = await peer.client.list(pods, { query: { labelSelector: "x=y" }, pageSize: 2 });
    expect(list.resourceVersion).toBe("77");
    expect(list.items).toEqual(
      ["a", "b", "c"].map((name) => ({ apiVersion: "v1", kind: "Pod", metadata: { name }, extra: name })),
    );
    expect(peer.server.requests.map(({ query }) => query.toString())).toEqual([
      "labelSelector=x%3Dy&limit=2",
      "labelSelector=x%3Dy&limit=2&continue=t1",
    ]);
  });

  it("asks for everything at once when the continue token expired", async () => {
    await using peer = await setUp(({ query }, response) => {
      if (query.get("continue")) answer(response, 410, status(410, "Expired", "too old"));
      else answer(response, 200, query.get("limit") ? page(["a"], "t1") : page(["a", "b"]));
    });
    expect((await peer.client.list(pods)).items).toHaveLength(2);
    expect(peer.server.requests).toHaveLength(3);
  });

  it("takes null for an empty list, and nothing that is no list", async () => {
    await using peer = await setUp(({ path }, response) =>
      answer(
        response,
        200,
        path === pods ? { metadata: { resourceVersion: "1" }, items: null } : { kind: "Pod", metadata: {} },
      ),
    );
    expect(await peer.client.list(pods)).toEqual({ items: [], resourceVersion: "1" });
    expect((await failure(peer.client.list(`${pods}/x`))).reason).toBe("InvalidAnswer");
  });
});
