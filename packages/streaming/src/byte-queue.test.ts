import { describe, expect, it } from "vitest";
import { ByteQueue } from "./byte-queue.ts";

describe("ByteQueue", () => {
  it("gives what was put in, before and while it is read, and then ends", async () => {
    const queue = new ByteQueue();
    queue.push(Buffer.from("a"));
    const read: string[] = [];
    const reading = (async () => {
      for await (const part of queue) read.push(Buffer.from(part).toString());
    })();
    await new Promise((resolve) => setImmediate(resolve));
    queue.push(Buffer.from("b"));
    queue.end();
    queue.push(Buffer.from("too late"));
    await reading;
    expect(read).toEqual(["a", "b"]);
  });

  it("gives what is there before an error", async () => {
    const queue = new ByteQueue();
    queue.push(Buffer.from("a"));
    queue.fail(new Error("broke"));
    const read: string[] = [];
    await expect(async () => {
      for await (const part of queue) read.push(Buffer.from(part).toString());
    }).rejects.toThrow("broke");
    expect(read).toEqual(["a"]);
  });

  it("counts what waits, small parts by more than their bytes, and tells when it is less", async () => {
    let taken = 0;
    const queue = new ByteQueue(() => {
      taken += 1;
    });
    for (let index = 0; index < 10; index++) queue.push(Buffer.from("x"));
    queue.push(Buffer.alloc(0));
    expect(queue.cost).toBe(650);
    const iterator = queue[Symbol.asyncIterator]();
    await iterator.next();
    expect([queue.cost, taken]).toEqual([585, 1]);
    await iterator.return();
    expect(queue.cost).toBe(0);
    queue.push(Buffer.from("x"));
    expect(queue.cost).toBe(0);
  });
});
