import { silentLogger } from "@vkubelet/core";
import { FakeClock } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import { createKubeApiClient } from "./kube-api-client.ts";
import type { KubeObject } from "./kube-object.ts";
import { createReflector } from "./reflector.ts";
import { brief, path, pod, refusal, setUp } from "./testdata/reflector-fixture.ts";
import { settle } from "./testdata/scripted-client.ts";
import { answer, eventLine, startScriptedServer, status, until } from "./testdata/scripted-server.ts";

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

  it("holds objects without their field managers, from lists and watches", async () => {
    const managed = (name: string): KubeObject => {
      const { metadata } = pod(name, name, "11");
      const managedFields = [{ manager: "kubectl" }];
      return { metadata: { ...metadata, managedFields } as KubeObject["metadata"] & object };
    };
    const { client, reflector } = setUp({ list: { items: [managed("x")], resourceVersion: "10" } });
    await reflector.hasSynced;
    await settle();
    client.last.send("ADDED", managed("y"));
    await settle();
    expect([...reflector.store.values()]).toEqual([pod("x", "x", "11"), pod("y", "y", "11")]);
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
