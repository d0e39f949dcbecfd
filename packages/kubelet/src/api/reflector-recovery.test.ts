import { describe, expect, it } from "vitest";
import { path, pod, refusal, setUp } from "./testdata/reflector-fixture.ts";
import { settle } from "./testdata/scripted-client.ts";

describe("a reflector that fails", () => {
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
});
