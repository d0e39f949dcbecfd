import { once } from "node:events";
import { type LogLine, type LogOptions, ProviderError } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { fetchText, line, open, startTestKubelet, until } from "./testdata/test-kubelet.ts";

const logs = "/containerLogs/a/p/c";

/** Reads a body piece by piece; undefined at its end. */
function chunkReader(response: AsyncIterable<Buffer>): () => Promise<string | undefined> {
  const iterator = response[Symbol.asyncIterator]();
  return async () => {
    const { done, value } = await iterator.next();
    return done ? undefined : value.toString();
  };
}

describe("container logs", () => {
  it("hands the options on and formats the lines", async () => {
    await using kubelet = await startTestKubelet();
    const calls: { ref: unknown; options: LogOptions }[] = [];
    kubelet.host.readLogs = async function* (ref, options) {
      calls.push({ ref, options });
      yield line("one", { time: "2026-01-01T00:00:00.5Z" });
      yield line("two", { time: "2026-01-01T00:00:01Z" });
    };
    const { port } = kubelet.server;
    const answer = await fetchText(port, `${logs}?timestamps=true&sinceSeconds=60&limitBytes=40`);
    expect(answer).toMatchObject({
      status: 200,
      text: "2026-01-01T00:00:00.500000000Z one\n2026-",
      headers: { "transfer-encoding": "chunked" },
    });
    expect(calls).toEqual([
      {
        ref: { namespace: "a", name: "p", uid: "u", container: "c" },
        options: {
          follow: false,
          previous: false,
          sinceTime: "2025-12-31T23:59:00.000Z",
          limitBytes: 40,
        },
      },
    ]);
    expect((await fetchText(port, `${logs}?tailLines=1`)).text).toBe("two\n");
  });

  it.each([
    ["/containerLogs/a/x/c", 404, 'pod "x" does not exist'],
    ["/containerLogs/a/p/x", 404, 'container "x" not found in pod "p"'],
    ["/containerLogs/a/p/w", 400, 'container "w" in pod "p" is waiting to start - no logs yet'],
    [`${logs}?previous=true`, 400, 'previous terminated container "c" in pod "p" not found'],
    [`${logs}?tailLines=-1`, 422, '{"message": "Invalid request."}'],
    [`${logs}?tailLines=x`, 400, '{"message": "Unable to decode query."}'],
  ])("answers %s with %i", async (path, status, text) => {
    await using kubelet = await startTestKubelet();
    expect(await fetchText(kubelet.server.port, path)).toMatchObject({ status, text: `${text}\n` });
  });

  it.each([
    [new ProviderError("Unsupported", "logs: this backend keeps none"), 501, "logs: this backend keeps none"],
    [new ProviderError("Unavailable", "logs: no connection"), 503, "logs: no connection"],
    [new Error("a bug"), 500, "a bug"],
  ])("answers a provider's failure (%s) by its code", async (error, status, text) => {
    await using kubelet = await startTestKubelet();
    // biome-ignore lint/correctness/useYield: it fails before the first line
    kubelet.host.readLogs = async function* (): AsyncGenerator<LogLine> {
      throw error;
    };
    expect(await fetchText(kubelet.server.port, logs)).toMatchObject({ status, text: `${text}\n` });
  });

  it("breaks the answer off when the provider fails in the middle", async () => {
    await using kubelet = await startTestKubelet();
    kubelet.host.readLogs = async function* () {
      yield line("one");
      throw new ProviderError("Unavailable", "gone");
    };
    await expect(fetchText(kubelet.server.port, logs)).rejects.toThrow(/aborted/);
  });

  it("begins the answer of a quiet container, and passes each line on at once", async () => {
    await using kubelet = await startTestKubelet();
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    kubelet.host.readLogs = async function* () {
      for (const [index, gate] of gates.entries()) {
        await gate.promise;
        yield line(`line ${index}`);
      }
    };
    const opening = open(kubelet.server.port, `${logs}?follow=true`);
    await until(() => kubelet.clock.sleeping === 1);
    await kubelet.clock.advance(250);
    const response = await opening;
    expect(response.statusCode).toBe(200);
    const next = chunkReader(response);
    gates[0]?.resolve();
    expect(await next()).toBe("line 0\n");
    gates[1]?.resolve();
    expect(await next()).toBe("line 1\n");
    expect(await next()).toBeUndefined();
  });

  it("tells a late failure of a quiet container by breaking off", async () => {
    await using kubelet = await startTestKubelet();
    const gate = Promise.withResolvers<void>();
    // biome-ignore lint/correctness/useYield: it fails before the first line
    kubelet.host.readLogs = async function* (): AsyncGenerator<LogLine> {
      await gate.promise;
      throw new Error("late");
    };
    const reading = fetchText(kubelet.server.port, `${logs}?follow=true`);
    const failed = expect(reading).rejects.toThrow(/aborted/);
    await until(() => kubelet.clock.sleeping === 1);
    await kubelet.clock.advance(250);
    gate.resolve();
    await failed;
  });

  it("closes the provider's stream when the reader goes, even one that takes no notice of the signal", async () => {
    await using kubelet = await startTestKubelet();
    let returned = false;
    let aborted = false;
    let sent = false;
    kubelet.host.readLogs = (_ref, _options, signal) => {
      signal.addEventListener("abort", () => {
        aborted = true;
      });
      return {
        [Symbol.asyncIterator]: () => ({
          next: () => {
            if (sent) return new Promise<IteratorResult<LogLine>>(() => {});
            sent = true;
            return Promise.resolve({ done: false as const, value: line("one") });
          },
          return: () => {
            returned = true;
            return Promise.resolve({ done: true as const, value: undefined });
          },
        }),
      };
    };
    const response = await open(kubelet.server.port, `${logs}?follow=true`);
    expect(await chunkReader(response)()).toBe("one\n");
    response.destroy();
    await until(() => returned && aborted);
  });

  it("pulls no more than a slow reader takes", async () => {
    await using kubelet = await startTestKubelet();
    const total = 800;
    const bytes = Buffer.alloc(64 * 1024, "x");
    let pulled = 0;
    kubelet.host.readLogs = async function* () {
      while (pulled < total) {
        pulled++;
        yield { bytes };
      }
    };
    const response = await open(kubelet.server.port, `${logs}?follow=true`);
    response.pause();
    let before = -1;
    while (before !== pulled) {
      before = pulled;
      for (let turn = 0; turn < 300; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
    }
    expect(pulled).toBeLessThan(total / 2);
    let received = 0;
    for await (const chunk of response) received += (chunk as Buffer).length;
    expect([pulled, received]).toEqual([total, total * (bytes.length + 1)]);
  });

  it("ends running streams when the server closes", async () => {
    await using kubelet = await startTestKubelet();
    let ended = false;
    kubelet.host.readLogs = async function* (_ref, _options, signal) {
      try {
        yield line("one");
        await once(signal, "abort");
      } finally {
        ended = true;
      }
    };
    const response = await open(kubelet.server.port, `${logs}?follow=true`);
    response.on("error", () => {}); // the server breaks it off below
    expect(await chunkReader(response)()).toBe("one\n");
    await kubelet.server.close();
    await until(() => ended);
  });
});
