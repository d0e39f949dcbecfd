import { type LogFields, silentLogger } from "@vkubelet/core";
import { FakeClock } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import { createKubeApiClient } from "./kube-api-client.ts";
import { KubeApiError } from "./kube-api-error.ts";
import type { ChangeEvent, KubeObject } from "./kube-object.ts";
import { createReflector, type ReflectorOptions } from "./reflector.ts";
import { ScriptedClient, settle } from "./testdata/scripted-client.ts";
import { answer, eventLine, startScriptedServer, status, until } from "./testdata/scripted-server.ts";

const path = "/api/v1/pods";

function pod(name: string, uid: string, resourceVersion: string): KubeObject {
  return { metadata: { namespace: "a", name, uid, resourceVersion } };
}

const brief = ({ type, object, old }: ChangeEvent<KubeObject>) =>
  `${type} ${object.metadata?.name}:${object.metadata?.uid}@${object.metadata?.resourceVersion}` +
  (old === undefined ? "" : ` from ${old.metadata?.uid}@${old.metadata?.resourceVersion}`);

function logged() {
  const lines: { level: string; message: string; fields?: LogFields | undefined }[] = [];
  const at = (level: string) => (message: string, fields?: LogFields) =>
    void lines.push({ level, message, fields });
  return { lines, ...silentLogger, warn: at("warn"), error: at("error") };
}

interface SetUp extends Partial<ReflectorOptions<KubeObject>> {
  readonly list?: { items: KubeObject[]; resourceVersion: string } | Error;
}

function setUp({ list, ...options }: SetUp = {}) {
  const client = new ScriptedClient();
  const clock = new FakeClock();
  const logger = logged();
  const changes: string[] = [];
  client.lists.set(path, list ?? { items: [pod("x", "u1", "1")], resourceVersion: "10" });
  const reflector = createReflector<KubeObject>({
    client,
    path,
    query: { fieldSelector: "spec.nodeName=n" },
    logger,
    clock,
    random: () => 1,
    onChange: (event) => void changes.push(brief(event)),
    ...options,
  });
  const controller = new AbortController();
  const ended = reflector.run(controller.signal);
  return { client, clock, logger, changes, reflector, controller, ended };
}

const refusal = (code: number, reason: string, retryAfterMs?: number) =>
  new KubeApiError(`WATCH ${path}: ${reason}`, { status: code, reason, retryAfterMs });

describe("reflector", () => {
  it("lists, then watches from there with bookmarks", async () => {
    const { client, changes, reflector } = setUp();
    expect(reflector.status()).toEqual({ synced: false });
    await reflector.hasSynced;
    await settle();
    expect(client.listed[0]?.options.query).toEqual({ fieldSelector: "spec.nodeName=n" });
    expect(client.last.options).toMatchObject({
      query: {
        fieldSelector: "spec.nodeName=n",
        resourceVersion: "10",
        allowWatchBookmarks: true,
        timeoutSeconds: 600,
      },
      inactivityTimeoutMs: 630_000,
    });
    client.last.send("MODIFIED", pod("x", "u1", "11"));
    client.last.send("ADDED", pod("y", "u2", "12"));
    client.last.send("DELETED", pod("x", "u1", "13"));
    await settle();
    expect(changes).toEqual([
      "added x:u1@1",
      "modified x:u1@11 from u1@1",
      "added y:u2@12",
      "deleted x:u1@13 from u1@11",
    ]);
    expect([...reflector.store.values()]).toEqual([pod("y", "u2", "12")]);
    expect(reflector.status()).toEqual({ synced: true });
  });

  it("goes on at the last version, bookmarks included, without a list", async () => {
    const { client } = setUp();
    await settle();
    client.last.send("BOOKMARK", { metadata: { resourceVersion: "40" } });
    client.last.end();
    await settle();
    expect(client.watches).toHaveLength(2);
    expect(client.last.options.query?.["resourceVersion"]).toBe("40");
    expect(client.listed).toHaveLength(1);
  });

  it("does not report again what a new watch repeats", async () => {
    const { client, changes } = setUp();
    await settle();
    client.last.send("ADDED", pod("x", "u1", "1"));
    await settle();
    expect(changes).toEqual(["added x:u1@1"]);
  });

  it("lists anew after 410, and reports what happened in between", async () => {
    const { client, changes, reflector } = setUp({
      list: {
        items: [
          pod("gone", "u0", "1"),
          pod("again", "u1", "2"),
          pod("same", "u2", "3"),
          pod("new", "u3", "4"),
        ],
        resourceVersion: "10",
      },
    });
    await settle();
    changes.length = 0;
    client.lists.set(path, {
      items: [
        pod("same", "u2", "3"),
        pod("again", "u9", "20"),
        pod("new", "u3", "21"),
        pod("late", "u8", "22"),
      ],
      resourceVersion: "30",
    });
    client.last.send("BOOKMARK", { metadata: { resourceVersion: "11" } });
    client.last.fail(refusal(410, "Expired"));
    await settle();
    expect(changes).toEqual([
      "deleted gone:u0@1 from u0@1",
      "deleted again:u1@2 from u1@2",
      "added again:u9@20",
      "modified new:u3@21 from u3@4",
      "added late:u8@22",
    ]);
    expect(client.last.options.query?.["resourceVersion"]).toBe("30");
    expect(reflector.store.getByUid("u1")).toBeUndefined();
    expect(reflector.store.get("a", "again")).toBe(reflector.store.getByUid("u9"));
    expect(reflector.status()).toEqual({ synced: true });
  });

  it("backs off when every watch is refused with 410", async () => {
    const { client, clock } = setUp();
    client.nextWatchError = refusal(410, "Expired");
    await settle();
    expect(client.listed).toHaveLength(2);
    client.last.fail(refusal(410, "Expired"));
    await settle();
    expect(client.listed).toHaveLength(2);
    await clock.advance(1_600);
    expect(client.listed).toHaveLength(3);
  });

  it("takes a recreated object in a watch for a deletion and an addition", async () => {
    const { client, changes } = setUp();
    await settle();
    client.last.send("MODIFIED", pod("x", "u7", "12"));
    client.last.send("DELETED", pod("x", "u1", "11"));
    await settle();
    expect(changes.slice(1)).toEqual(["deleted x:u1@1 from u1@1", "added x:u7@12"]);
  });

  it("tries for ever, longer and longer, and shows why", async () => {
    const { client, clock, reflector, logger } = setUp({ list: refusal(403, "Forbidden") });
    await settle();
    const waits = [800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000];
    for (const [index, wait] of waits.entries()) {
      await clock.advance(wait - 1);
      expect(client.listed).toHaveLength(index + 1);
      await clock.advance(1);
      expect(client.listed).toHaveLength(index + 2);
    }
    expect(reflector.status()).toMatchObject({
      synced: false,
      lastError: { message: `WATCH ${path}: Forbidden` },
    });
    expect(logger.lines.at(-1)?.fields).toMatchObject({ failures: 9, delayMs: 30_000 });
    client.lists.set(path, { items: [], resourceVersion: "1" });
    await clock.advance(30_000);
    await reflector.hasSynced;
    expect(reflector.status()).toEqual({ synced: true });
  });

  it("waits between half of the step and all of it, so that many clients spread", async () => {
    const { client, clock } = setUp({ list: refusal(0, "NetworkError"), random: () => 0 });
    await settle();
    await clock.advance(399);
    expect(client.listed).toHaveLength(1);
    await clock.advance(1);
    expect(client.listed).toHaveLength(2);
    await clock.advance(800);
    expect(client.listed).toHaveLength(3);
  });

  it("starts although the server cannot be reached, and lists when it can", async () => {
    const { client, clock, changes, reflector } = setUp({ list: refusal(0, "NetworkError") });
    await clock.advance(120_000);
    expect(reflector.status()).toMatchObject({ synced: false, lastError: { at: expect.any(Number) } });
    client.lists.set(path, { items: [pod("x", "u1", "1")], resourceVersion: "10" });
    await clock.advance(30_000);
    await reflector.hasSynced;
    expect(changes).toEqual(["added x:u1@1"]);
  });

  it("goes on once credentials that have expired are accepted again, with a list", async () => {
    const { client, clock, changes, reflector } = setUp();
    await settle();
    client.lists.set(path, refusal(401, "Unauthorized"));
    client.last.fail(refusal(401, "Unauthorized"));
    await clock.advance(60_000);
    expect(reflector.status()).toMatchObject({ synced: true, lastError: { error: { status: 401 } } });
    client.lists.set(path, { items: [pod("x", "u1", "9")], resourceVersion: "30" });
    await clock.advance(30_000);
    expect(changes.at(-1)).toBe("modified x:u1@9 from u1@1");
    expect(reflector.status()).toEqual({ synced: true });
  });

  it("takes up a watch that went silent where it was", async () => {
    const { client, clock, reflector } = setUp();
    await settle();
    client.last.send("BOOKMARK", { metadata: { resourceVersion: "40" } });
    await settle();
    client.last.fail(refusal(0, "Timeout"));
    await settle();
    expect(reflector.status().lastError?.message).toContain("Timeout");
    await clock.advance(800);
    expect(client.last.options.query?.["resourceVersion"]).toBe("40");
    expect(client.listed).toHaveLength(1);
    expect(reflector.status()).toEqual({ synced: true });
  });

  it("waits at least as long as the server asks", async () => {
    const { client, clock } = setUp();
    await settle();
    client.last.fail(refusal(429, "TooManyRequests", 20_000));
    await clock.advance(19_999);
    expect(client.watches).toHaveLength(1);
    await clock.advance(1);
    expect(client.watches).toHaveLength(2);
    expect(client.listed).toHaveLength(1);
  });

  it("resumes after a broken connection, but lists after a version that the server does not know", async () => {
    const { client, clock } = setUp();
    await settle();
    client.last.fail(refusal(0, "NetworkError"));
    await clock.advance(800);
    expect([client.watches.length, client.listed.length]).toEqual([2, 1]);
    client.last.fail(refusal(504, "Timeout"));
    await clock.advance(1_600);
    expect([client.watches.length, client.listed.length]).toEqual([3, 2]);
  });

  it("counts a watch that ends at once and empty as a failure, a long quiet one as a success", async () => {
    const { client, clock, reflector } = setUp();
    await settle();
    client.last.end();
    await settle();
    expect(client.watches).toHaveLength(1);
    expect(reflector.status().lastError?.message).toContain("ended the watch at once");
    await clock.advance(800);
    expect(client.watches).toHaveLength(2);
    await clock.advance(60_000);
    client.last.end();
    await settle();
    expect(client.watches).toHaveLength(3);
    expect(reflector.status()).toEqual({ synced: true });
  });

  it("survives handlers that throw or reject", async () => {
    const seen: string[] = [];
    const { client, logger } = setUp({
      onChange: (event) => {
        seen.push(brief(event));
        if (seen.length === 1) throw new Error("first");
        return Promise.reject(new Error("second"));
      },
    });
    await settle();
    client.last.send("ADDED", pod("y", "u2", "12"));
    await settle();
    expect(seen).toEqual(["added x:u1@1", "added y:u2@12"]);
    expect(logger.lines.map(({ level, fields }) => [level, fields?.["name"], fields?.["error"]])).toEqual([
      ["error", "x", "first"],
      ["error", "y", "second"],
    ]);
  });

  it("ends on abort, whether it watches or waits", async () => {
    const watching = setUp();
    await settle();
    watching.controller.abort(new Error("stop"));
    await watching.ended;
    await watching.reflector.hasSynced;

    const waiting = setUp({ list: refusal(500, "InternalError") });
    await settle();
    expect(waiting.clock.sleeping).toBe(1);
    waiting.controller.abort(new Error("stop"));
    await waiting.ended;
    await expect(waiting.reflector.hasSynced).rejects.toThrow("stop");
    expect(waiting.clock.sleeping).toBe(0);
  });

  it("follows a server through the real client: disconnect, 410, deletion", async () => {
    let lists = 0;
    let watches = 0;
    await using server = await startScriptedServer(({ query }, response) => {
      if (!query.has("watch")) {
        const items = ++lists === 1 ? [pod("x", "u1", "1")] : [pod("y", "u2", "5")];
        answer(response, 200, { metadata: { resourceVersion: `${lists}0` }, items });
        return;
      }
      watches++;
      response.writeHead(200);
      if (watches === 1)
        response.write(eventLine("MODIFIED", pod("x", "u1", "11")), () => response.destroy());
      else if (watches === 2) response.end(eventLine("ERROR", status(410, "Expired", "too old")));
      else response.write(eventLine("BOOKMARK", { metadata: { resourceVersion: "50" } }));
    });
    const clock = new FakeClock();
    await using client = createKubeApiClient({ kubeConfig: server.kubeConfig, logger: silentLogger, clock });
    const changes: string[] = [];
    const controller = new AbortController();
    const reflector = createReflector<KubeObject>({
      client,
      path,
      logger: silentLogger,
      clock,
      onChange: (event) => void changes.push(brief(event)),
    });
    const ended = reflector.run(controller.signal);
    await until(async () => {
      if (reflector.status().lastError !== undefined) await clock.advance(1_000);
      return watches === 3;
    });
    expect(changes).toEqual([
      "added x:u1@1",
      "modified x:u1@11 from u1@1",
      "deleted x:u1@11 from u1@11",
      "added y:u2@5",
    ]);
    expect(
      server.requests
        .filter(({ query }) => query.has("watch"))
        .map(({ query }) => query.get("resourceVersion")),
    ).toEqual(["10", "11", "20"]);
    controller.abort();
    await ended;
    await until(async () => (await server.connections()) <= 1);
  });
});
