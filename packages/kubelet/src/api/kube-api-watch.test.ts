import type { ServerResponse } from "node:http";
import { silentLogger } from "@vkubelet/core";
import { FakeClock } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import { createKubeApiClient, type KubeApiClientOptions, type WatchOptions } from "./kube-api-client.ts";
import { isGone, KubeApiError } from "./kube-api-error.ts";
import type { KubeObject, WatchEvent } from "./kube-object.ts";
import {
  answer,
  eventLine,
  type Script,
  startScriptedServer,
  status,
  until,
} from "./testdata/scripted-server.ts";

const pods = "/api/v1/pods";
const pod = (name: string, resourceVersion: string) => ({ metadata: { name, resourceVersion } });

async function setUp(script: Script, options: Partial<KubeApiClientOptions> = {}) {
  const server = await startScriptedServer(script);
  const clock = new FakeClock();
  const client = createKubeApiClient({
    kubeConfig: server.kubeConfig,
    logger: silentLogger,
    clock,
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

/** Reads a watch to its end. */
function collect(watch: AsyncIterable<WatchEvent<KubeObject>>) {
  const events: WatchEvent<KubeObject>[] = [];
  const ended = (async (): Promise<unknown> => {
    try {
      for await (const event of watch) events.push(event);
      return undefined;
    } catch (error) {
      return error;
    }
  })();
  return { events, ended };
}

function held(script: (response: ServerResponse) => void): {
  script: Script;
  response: () => ServerResponse;
} {
  let open: ServerResponse | undefined;
  return {
    script: (_, response) => {
      open = response;
      response.writeHead(200, { "content-type": "application/json" });
      response.flushHeaders();
      script(response);
    },
    response: () => {
      if (open === undefined) throw new Error("no watch came");
      return open;
    },
  };
}

describe("watch", () => {
  it("puts lines together from any chunks and ends with the server", async () => {
    const lines = `${eventLine("ADDED", pod("ä", "1"))}\n${eventLine("BOOKMARK", { metadata: { resourceVersion: "9" } })}`;
    await using peer = await setUp(async (_, response) => {
      for (const byte of Buffer.from(lines)) {
        response.write(Buffer.of(byte));
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      response.end();
    });
    let opened = 0;
    const options: WatchOptions = { query: { resourceVersion: "0" }, onOpen: () => opened++ };
    const { events, ended } = collect(peer.client.watch(pods, options));
    expect(await ended).toBeUndefined();
    expect(events).toEqual([
      { type: "ADDED", object: pod("ä", "1") },
      { type: "BOOKMARK", object: { metadata: { resourceVersion: "9" } } },
    ]);
    expect(opened).toBe(1);
    expect(peer.server.requests[0]?.query.toString()).toBe("resourceVersion=0&watch=true");
  });

  it("throws the Status of an ERROR event", async () => {
    await using peer = await setUp((_, response) =>
      answer(response, 200, eventLine("ERROR", status(410, "Expired", "too old resource version"))),
    );
    const error = await collect(peer.client.watch(pods)).ended;
    expect(isGone(error)).toBe(true);
    expect((error as Error).message).toBe(
      `WATCH ${pods}: watch ended: too old resource version (410 Expired)`,
    );
  });

  it("throws a refusal", async () => {
    await using peer = await setUp((_, response) =>
      answer(response, 429, status(429, "TooManyRequests", "slow"), { "retry-after": "2" }),
    );
    const error = (await collect(peer.client.watch(pods)).ended) as KubeApiError;
    expect([error.status, error.retryAfterMs]).toEqual([429, 2_000]);
    expect(peer.server.requests).toHaveLength(1);
  });

  it("does not take half a line for an event", async () => {
    await using peer = await setUp((_, response) =>
      answer(response, 200, `${eventLine("ADDED", pod("a", "1"))}{"type":"ADDED"`),
    );
    const { events, ended } = collect(peer.client.watch(pods));
    expect((await ended) as Error).toMatchObject({
      status: 0,
      message: `WATCH ${pods}: cannot reach ${peer.server.url}: the stream ended inside a line, after 15 bytes of it`,
    });
    expect(events).toHaveLength(1);
  });

  it("reports a connection that breaks", async () => {
    const watch = held((response) => response.write(eventLine("ADDED", pod("a", "1"))));
    await using peer = await setUp(watch.script);
    const { events, ended } = collect(peer.client.watch(pods));
    await until(() => events.length === 1);
    watch.response().destroy();
    expect(await ended).toMatchObject({ status: 0, reason: "NetworkError" });
  });

  it.each([
    ["a line that is too long", eventLine("ADDED", pod("x".repeat(300), "1")), /longer than 200 bytes/],
    ["what is not JSON", "hello\n", /not JSON/],
    ["an unknown type", eventLine("RENAMED", pod("a", "1")), /type "RENAMED"/],
    ["an object without a version", eventLine("ADDED", { metadata: { name: "a" } }), /resource version/],
  ])("refuses %s", async (_name, text, message) => {
    await using peer = await setUp((_, response) => answer(response, 200, text), { maxLineBytes: 200 });
    const error = (await collect(peer.client.watch(pods)).ended) as KubeApiError;
    expect(error).toBeInstanceOf(KubeApiError);
    expect(error.reason).toBe("InvalidAnswer");
    expect(error.message).toMatch(message);
  });

  it("closes the connection when the loop is left, and on abort", async () => {
    const watch = held((response) => response.write(eventLine("ADDED", pod("a", "1"))));
    await using peer = await setUp(watch.script);
    for await (const event of peer.client.watch(pods)) {
      expect(event.type).toBe("ADDED");
      break;
    }
    await until(async () => (await peer.server.connections()) === 0);

    const controller = new AbortController();
    const { events, ended } = collect(peer.client.watch(pods, { signal: controller.signal }));
    await until(() => events.length === 1);
    const reason = new Error("enough");
    controller.abort(reason);
    expect(await ended).toBe(reason);
    await until(async () => (await peer.server.connections()) === 0);
    expect(peer.clock.sleeping).toBe(0);
  });

  it("stays open in silence unless told otherwise", async () => {
    const watch = held(() => {});
    await using peer = await setUp(watch.script);
    const { events, ended } = collect(peer.client.watch(pods));
    await until(() => peer.server.requests.length === 1 && peer.clock.sleeping === 0);
    await peer.clock.advance(24 * 3_600_000);
    watch.response().end(eventLine("ADDED", pod("late", "1")));
    expect(await ended).toBeUndefined();
    expect(events).toHaveLength(1);
  });

  it("fails after the inactivity timeout, counted from the last byte", async () => {
    const watch = held(() => {});
    await using peer = await setUp(watch.script);
    let opened = false;
    const onOpen = () => {
      opened = true;
    };
    const { events, ended } = collect(peer.client.watch(pods, { inactivityTimeoutMs: 1_000, onOpen }));
    await until(() => opened);
    await peer.clock.advance(900);
    watch.response().write(eventLine("ADDED", pod("a", "1")));
    await until(() => events.length === 1);
    await peer.clock.advance(900);
    watch.response().write(eventLine("ADDED", pod("b", "2")));
    await until(() => events.length === 2);
    await peer.clock.advance(1_000);
    expect(await ended).toMatchObject({ reason: "Timeout", status: 0 });
    await until(async () => (await peer.server.connections()) === 0);
  });

  it("gives up on a server that does not accept it", async () => {
    await using peer = await setUp(() => {}, { requestTimeoutMs: 3_000 });
    const { ended } = collect(peer.client.watch(pods));
    await until(() => peer.server.requests.length === 1);
    await peer.clock.advance(3_000);
    expect(await ended).toMatchObject({
      message: `WATCH ${pods}: ${peer.server.url} did not accept the watch within 3000 ms`,
    });
  });

  it("takes no more from the server than the reader does", async () => {
    const line = eventLine("ADDED", { ...pod("a", "1"), filler: "x".repeat(64 * 1024) });
    const total = 2_000;
    let sent = 0;
    const watch = held(async (response) => {
      while (sent < total) {
        sent++;
        if (!response.write(line)) await new Promise((resolve) => response.once("drain", resolve));
      }
      response.end();
    });
    await using peer = await setUp(watch.script);
    const events = peer.client.watch(pods);
    await events.next();
    let before = -1;
    await until(async () => {
      // Sockets and buffers fill; when nothing moves any more the server is held up.
      const still = before === sent;
      before = sent;
      for (let turn = 0; turn < 200; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
      return still;
    });
    expect(sent).toBeLessThan(total);
    let read = 1;
    for await (const _ of events) read++;
    expect(read).toBe(total);
  });

  it("limits how many are open, and leaves plain calls their own connections", async () => {
    await using peer = await setUp(
      ({ query, path }, response) => {
        if (!query.has("watch")) answer(response, 200, { path });
        else response.write(eventLine("ADDED", pod("a", "1")));
      },
      { maxWatches: 40 },
    );
    const watches = Array.from({ length: 40 }, () => peer.client.watch(pods));
    await Promise.all(watches.map((watch) => watch.next()));
    expect(await collect(peer.client.watch(pods)).ended).toMatchObject({ reason: "TooManyWatches" });
    expect(await peer.client.get("/version")).toEqual({ path: "/version" });
    await watches[0]?.return();
    expect((await peer.client.watch(pods).next()).value?.type).toBe("ADDED");
    await Promise.all(watches.map((watch) => watch.return()));
  });
});
