import type { LogLine, LogOptions } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { taskLogs } from "./logs.ts";
import { FakeNomad } from "./testdata/fake-nomad.ts";
import { taskStates } from "./testdata/nomad-objects.ts";
import { podContext } from "./testdata/pods.ts";
import type { LogFrame, TaskState } from "./wire.ts";

const frame = (text: string): LogFrame => ({ Data: Buffer.from(text).toString("base64") });
const all: LogOptions = { follow: false, previous: false };

function setUp(files: { stdout?: string; stderr?: string }, chunk = 7) {
  const nomad = new FakeNomad();
  const requests: string[] = [];
  nomad.output = async function* (request) {
    const text = files[request.stream] ?? "";
    requests.push(`${request.stream} ${request.origin} ${request.offset} ${request.follow}`);
    const start = request.origin === "end" ? Math.max(0, text.length - request.offset) : request.offset;
    for (let at = start; at < text.length; at += chunk) yield frame(text.slice(at, at + chunk));
  };
  const read = async (options: LogOptions, states: (() => TaskState | undefined) | undefined = undefined) => {
    const source = {
      client: nomad,
      allocation: "a1",
      task: "app",
      readState: () => Promise.resolve(states === undefined ? taskStates.running : states()),
    };
    const lines: LogLine[] = [];
    for await (const line of taskLogs(source, options, podContext())) lines.push(line);
    return lines;
  };
  const texts = async (...args: Parameters<typeof read>) =>
    (await read(...args)).map((line) => Buffer.from(line.bytes).toString());
  return { nomad, requests, read, texts };
}

describe("taskLogs", () => {
  it("cuts lines from frames, standard output first, and marks an unfinished one", async () => {
    const { read } = setUp({ stdout: "first line\nsecond\n\nrest", stderr: "trouble\n" });
    const lines = await read(all);
    expect(lines.map((line) => [Buffer.from(line.bytes).toString(), line.stream, line.partial])).toEqual([
      ["first line", "stdout", undefined],
      ["second", "stdout", undefined],
      ["", "stdout", undefined],
      ["rest", "stdout", true],
      ["trouble", "stderr", undefined],
    ]);
  });

  it("widens the window until it holds the lines asked for, and begins with a whole line", async () => {
    const long = Array.from({ length: 200 }, (_, index) => `${index}-${"x".repeat(500)}`).join("\n");
    const { texts, requests } = setUp({ stdout: `${long}\n` }, 65_536);
    const lines = await texts({ ...all, tailLines: 40 });
    expect(lines.slice(-40).map((line) => line.split("-")[0])).toEqual(
      Array.from({ length: 40 }, (_, index) => String(160 + index)),
    );
    expect(lines[0]).toMatch(/^\d+-x{500}$/);
    expect(requests).toEqual([
      "stdout end 16384 false",
      "stdout end 65536 false",
      "stdout end 65536 false",
      "stderr end 16384 false",
      "stderr start 0 false",
    ]);
  });

  it("reads a short output from its beginning when more lines are asked for than there are", async () => {
    const { texts } = setUp({ stdout: "one\ntwo\n" });
    expect(await texts({ ...all, tailLines: 10 })).toEqual(["one", "two"]);
  });

  it("follows until the instance has ended and nothing more comes", async () => {
    const { nomad, texts } = setUp({});
    let state: TaskState = taskStates.running;
    nomad.output = async function* (request) {
      if (request.stream === "stderr") {
        for (;;) yield {};
      }
      yield frame("one\n");
      yield {};
      state = taskStates.dead(0);
      yield {};
      yield frame("late\nend");
      for (;;) yield {};
    };
    expect(await texts({ ...all, follow: true }, () => state)).toEqual(["one", "late", "end"]);
  });

  it("ends a followed instance when the next one has begun", async () => {
    const { nomad, texts } = setUp({});
    let restarts = 0;
    nomad.output = async function* (request) {
      if (request.stream === "stdout") yield frame("one\n");
      yield {};
      restarts = 1;
      for (;;) yield {};
    };
    const state = () => ({ ...taskStates.running, Restarts: restarts });
    expect(await texts({ ...all, follow: true }, state)).toEqual(["one"]);
  });

  it("says that Nomad keeps no instance apart", async () => {
    const { read } = setUp({});
    await expect(read({ ...all, previous: true })).rejects.toMatchObject({
      code: "Unsupported",
      message: expect.stringContaining("one file"),
    });
  });

  it("passes the errors of a followed stream on", async () => {
    const { nomad, read } = setUp({});
    nomad.output = async function* () {
      yield {};
      throw new Error("broken");
    };
    await expect(read({ ...all, follow: true })).rejects.toThrow("broken");
  });
});
