import { duplexPair } from "node:stream";
import { describe, expect, it } from "vitest";
import { goAway, ping, synReply } from "./frames.ts";
import { SpdySession, type SpdySessionOptions } from "./session.ts";
import type { SpdyStream } from "./stream.ts";

/** Two sessions that are connected, and the streams that the server was told of. */
function sessions(options: Partial<SpdySessionOptions> = {}) {
  const [near, far] = duplexPair();
  const accepted: SpdyStream[] = [];
  const server = new SpdySession(near, {
    role: "server",
    onStream: (stream) => accepted.push(stream),
    ...options,
  });
  const client = new SpdySession(far, { role: "client" });
  return { server, client, accepted, near, far };
}

/** Lets everything that is under way go on until it waits for something else. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Decompression has a thread of its own, and takes as long as it takes. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** The stream of that number which the server was told of. */
async function nth(accepted: readonly SpdyStream[], index: number): Promise<SpdyStream> {
  await until(() => accepted.length > index);
  return accepted[index] as SpdyStream;
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}

describe("SpdySession", () => {
  it("carries bytes both ways on several streams, each of which ends for itself", async () => {
    const { client, accepted } = sessions();
    const [a, b] = [
      await client.openStream(new Map([["streamtype", "a"]])),
      await client.openStream(new Map()),
    ];
    await a.write(Buffer.from("to the "));
    await b.write(Buffer.from("other"));
    await a.write(Buffer.from("server"));
    await a.end();
    await until(() => accepted.length === 2);
    const [serverA, serverB] = accepted as [SpdyStream, SpdyStream];
    expect(serverA.headers.get("streamtype")).toBe("a");
    expect(await textOf(serverA.incoming)).toBe("to the server");
    await serverA.write(Buffer.from("and back"));
    await serverA.end();
    expect(await textOf(a.incoming)).toBe("and back");
    await b.end();
    expect(await textOf(serverB.incoming)).toBe("other");
  });

  it("sends a payload that is longer than a frame may be", async () => {
    const { client, accepted } = sessions({ limits: { maxWaiting: 64 * 1024 * 1024 } });
    const stream = await client.openStream(new Map());
    const bytes = Buffer.alloc(17 * 1024 * 1024, "x");
    const sent = stream.write(bytes).then(() => stream.end());
    let length = 0;
    for await (const part of (await nth(accepted, 0)).incoming) length += part.length;
    await sent;
    expect(length).toBe(bytes.length);
  });

  it("stops reading when a reader is behind, and goes on when it is not", async () => {
    const { client, accepted } = sessions({ limits: { maxWaiting: 1_000 } });
    const stream = await client.openStream(new Map());
    let written = 0;
    const writing = (async () => {
      for (; written < 200; written++) await stream.write(Buffer.alloc(10_000));
      await stream.end();
    })();
    const received = await nth(accepted, 0);
    await until(() => received.waiting > 1_000);
    await settle();
    const stopped = written;
    expect(stopped).toBeLessThan(50);
    await settle();
    expect(written).toBe(stopped);
    expect(received.waiting).toBeLessThan(100_000);
    let length = 0;
    for await (const part of received.incoming) length += part.length;
    await writing;
    expect(length).toBe(2_000_000);
  });

  it("is not held up by what nobody wants", async () => {
    const { client, accepted } = sessions({ limits: { maxWaiting: 1_000 } });
    const [unwanted, wanted] = [await client.openStream(new Map()), await client.openStream(new Map())];
    (await nth(accepted, 0)).ignoreIncoming();
    for (let index = 0; index < 100; index++) await unwanted.write(Buffer.alloc(10_000));
    await wanted.write(Buffer.from("heard"));
    await wanted.end();
    expect(await textOf((await nth(accepted, 1)).incoming)).toBe("heard");
  });

  it("resets: the peer's reader and writer hear of it, the session goes on", async () => {
    const { client, accepted } = sessions();
    const [stream, other] = [await client.openStream(new Map()), await client.openStream(new Map())];
    (await nth(accepted, 0)).reset();
    await expect(textOf(stream.incoming)).rejects.toThrow("the peer reset the stream (status 5)");
    await expect(stream.write(Buffer.from("x"))).rejects.toThrow("the peer reset the stream");
    await other.write(Buffer.from("x"));
    expect(client.signal.aborted).toBe(false);
  });

  it("refuses streams beyond the limit, and those that it did not ask for", async () => {
    const { client, server } = sessions({ limits: { maxStreams: 2 } });
    const streams: SpdyStream[] = [];
    for (let index = 0; index < 3; index++) streams.push(await client.openStream(new Map()));
    await expect(textOf((streams[2] as SpdyStream).incoming)).rejects.toThrow(
      "the peer reset the stream (status 3)",
    );
    const unasked = await server.openStream(new Map());
    await expect(textOf(unasked.incoming)).rejects.toThrow("the peer reset the stream (status 3)");
  });

  it("gives room again when streams are over", async () => {
    const { client, accepted } = sessions({ limits: { maxStreams: 2 } });
    for (let index = 0; index < 10; index++) {
      const stream = await client.openStream(new Map());
      await stream.end();
      await (await nth(accepted, index)).end();
      expect(await textOf(stream.incoming)).toBe("");
    }
    expect(accepted).toHaveLength(10);
  });

  it("ends everything when the connection breaks, for the reason", async () => {
    const { server, client, accepted, far } = sessions();
    await client.openStream(new Map());
    const received = await nth(accepted, 0);
    far.destroy();
    await until(() => server.signal.aborted);
    expect(String(server.signal.reason)).toMatch(
      /SpdyError: the (peer closed the connection|connection was closed)/,
    );
    await expect(textOf(received.incoming)).rejects.toThrow("the");
    await expect(received.write(Buffer.from("x"))).rejects.toThrow("the");
  });

  it("is over from the start on a connection that was closed before", async () => {
    const [near] = duplexPair();
    near.destroy();
    await until(() => near.closed);
    const session = new SpdySession(near, { role: "client" });
    expect(String(session.signal.reason)).toBe("SpdyError: the connection was closed");
    await expect(session.openStream(new Map())).rejects.toThrow("the connection was closed");
  });

  it("closes when all has been read, however late", async () => {
    const { server, client, accepted } = sessions();
    const stream = await client.openStream(new Map());
    const received = await nth(accepted, 0);
    const writing = (async () => {
      for (let index = 0; index < 30; index++) await received.write(Buffer.alloc(10_000));
      await received.end();
      await server.close();
    })();
    await settle();
    expect(server.signal.aborted).toBe(false);
    let length = 0;
    for await (const part of stream.incoming) length += part.length;
    expect(length).toBe(300_000);
    client.destroy("done");
    await writing;
    expect(server.signal.aborted).toBe(true);
  });

  it("answers a ping, and takes no notice of what it does not need", async () => {
    const [near, far] = duplexPair();
    new SpdySession(near, { role: "server" });
    const answers: Buffer[] = [];
    far.on("data", (bytes: Buffer) => answers.push(bytes));
    const settings = Buffer.from("800300040000000400000000", "hex");
    const windowUpdate = Buffer.from("80030009000000080000000100000400", "hex");
    far.write(Buffer.concat([settings, windowUpdate, goAway(0), ping(2), ping(9)]));
    await until(() => answers.length > 0);
    expect(Buffer.concat(answers)).toEqual(ping(9));
  });

  it("stops reading a peer that asks and does not read the answers", async () => {
    const [near, far] = duplexPair();
    new SpdySession(near, { role: "server" });
    const pings = Buffer.concat(Array.from({ length: 1_000 }, () => ping(1)));
    let rounds = 0;
    (async () => {
      for (; rounds < 1_000; rounds++)
        await new Promise<void>((resolve) => far.write(pings, () => resolve()));
    })();
    for (let round = 0; round < 10; round++) await settle();
    expect(rounds).toBeLessThan(100);
    expect(near.writableLength).toBeLessThan(200_000);
    far.destroy();
  });

  it.each([
    [
      "a stream with an even number",
      "800300010000001a0000000200000000000078010004" + "00fbff00000000000000ffff",
    ],
    ["a stream that was never opened", "0000000100000000"],
    ["a reset that is too short", "8003000300000004" + "00000001"],
    ["no frame at all", "ffffffffffffffff"],
  ])("ends the connection for %s", async (_, hex) => {
    const [near, far] = duplexPair();
    const session = new SpdySession(near, { role: "server", onStream: () => {} });
    far.write(Buffer.from(hex, "hex"));
    await until(() => session.signal.aborted);
    expect(session.signal.reason).toMatchObject({ name: "SpdyError" });
    expect(near.destroyed).toBe(true);
  });

  it("takes what was read before it, and replies that say nothing", async () => {
    const [near, far] = duplexPair();
    const answers: Buffer[] = [];
    far.on("data", (bytes: Buffer) => answers.push(bytes));
    const session = new SpdySession(near, { role: "server", head: ping(5) });
    far.write(synReply(2, Buffer.from("7801000400fbff00000000000000ffff", "hex")));
    far.write(ping(7));
    await until(() => answers.length > 1);
    expect(Buffer.concat(answers)).toEqual(Buffer.concat([ping(5), ping(7)]));
    expect(session.signal.aborted).toBe(false);
  });
});
