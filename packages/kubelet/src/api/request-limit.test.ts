import { FakeClock } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import { MemoryApi } from "../testdata/memory-api.ts";
import { limitRequests } from "./request-limit.ts";

function limited(perSecond: number, burst: number) {
  const clock = new FakeClock();
  const times: number[] = [];
  const start = clock.now();
  const client = new MemoryApi().client((_, when) => {
    if (when === "before") times.push(clock.now() - start);
  });
  return { clock, times, client: limitRequests(client, { perSecond, burst }, clock) };
}

describe("limitRequests", () => {
  it("lets a burst through and spaces the rest, in order", async () => {
    const { clock, times, client } = limited(2, 3);
    const done: number[] = [];
    for (let index = 0; index < 6; index++) {
      void client.list("/api/v1/pods").then(() => done.push(index));
    }
    await clock.advance(0);
    expect(times).toEqual([0, 0, 0]);
    await clock.advance(10_000);
    expect(times).toEqual([0, 0, 0, 500, 1_000, 1_500]);
    expect(done).toEqual([0, 1, 2, 3, 4, 5]);
    for (let index = 0; index < 4; index++) void client.get("/api/v1/nodes/n", { absentOn404: true });
    await clock.advance(0);
    expect(times).toHaveLength(9);
  });

  it("keeps its pace when the time of day is set back", async () => {
    const { clock, client } = limited(1, 1);
    await client.list("/api/v1/pods");
    clock.jump(-3_600_000);
    let isDone = false;
    void client.list("/api/v1/pods").then(() => {
      isDone = true;
    });
    await clock.advance(1_000);
    expect(isDone).toBe(true);
  });

  it("gives the turn of an aborted request to others, and rejects with the signal's reason", async () => {
    const { clock, times, client } = limited(1, 1);
    await client.list("/api/v1/pods");
    const abort = new AbortController();
    const given = client.list("/api/v1/pods", { signal: abort.signal });
    abort.abort(new Error("no longer"));
    await expect(given).rejects.toThrow("no longer");
    const next = client.list("/api/v1/pods");
    await clock.advance(1_000);
    await next;
    expect(times).toEqual([0, 1_000]);
  });

  it("counts the opening of a watch alone", async () => {
    const { clock, times, client } = limited(1, 1);
    await client.list("/api/v1/pods");
    const abort = new AbortController();
    const watch = client.watch("/api/v1/pods", { signal: abort.signal });
    const first = watch.next();
    await clock.advance(999);
    expect(times).toHaveLength(1);
    await clock.advance(1);
    expect(times).toHaveLength(2);
    abort.abort(new Error("enough"));
    await expect(first).rejects.toThrow("enough");
  });
});
