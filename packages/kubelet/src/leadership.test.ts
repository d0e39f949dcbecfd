import { silentLogger } from "@vkubelet/core";
import { FakeClock } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import { KubeApiError } from "./api/kube-api-error.ts";
import { acquireLeadership, type Leadership } from "./leadership.ts";
import { MemoryApi } from "./testdata/memory-api.ts";

const path = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/vkubelet-vk";

function setUp() {
  const clock = new FakeClock();
  const api = new MemoryApi();
  const down = new Set<string>();
  const forbidden = new Set<string>();
  const stop = new AbortController();
  const compete = (identity: string) => {
    const competitor: { leadership?: Leadership; failure?: unknown } = {};
    const client = api.client(() => {
      if (down.has(identity)) throw new KubeApiError("down", { status: 0, reason: "NetworkError" });
      if (forbidden.has(identity)) throw new KubeApiError("not yours", { status: 403, reason: "Forbidden" });
    });
    const options = { client, nodeName: "vk", settings: { identity }, clock, logger: silentLogger };
    acquireLeadership(options, stop.signal).then(
      (leadership) => {
        competitor.leadership = leadership;
      },
      (error) => {
        competitor.failure = error;
      },
    );
    return competitor;
  };
  return { clock, api, down, forbidden, stop, compete };
}

describe("leadership", () => {
  it("goes to one, and to the other when the first gives it back", async () => {
    const { clock, api, compete } = setUp();
    const a = compete("a");
    const b = compete("b");
    await clock.advance(60_000);
    expect([a, b].filter(({ leadership }) => leadership !== undefined)).toHaveLength(1);
    expect(a.leadership?.lost.aborted).toBe(false);
    expect(api.get(path).spec).toMatchObject({ holderIdentity: "a", leaseDurationSeconds: 15 });
    await a.leadership?.release();
    await clock.advance(4_000);
    expect(b.leadership?.lost.aborted).toBe(false);
    expect(api.get(path).spec).toMatchObject({ holderIdentity: "b", leaseTransitions: 1 });
  });

  it("is lost after the deadline when it cannot be renewed, before anybody else may have it", async () => {
    const { clock, down, compete } = setUp();
    const a = compete("a");
    await clock.advance(1_000);
    const b = compete("b");
    await clock.advance(10_000);
    down.add("a");
    await clock.advance(8_000);
    expect(a.leadership?.lost.aborted).toBe(false);
    await clock.advance(3_000);
    expect(a.leadership?.lost.aborted).toBe(true);
    expect(String(a.leadership?.lost.reason)).toContain("not renewed within 10 s");
    expect(b.leadership).toBeUndefined();
    await clock.advance(10_000);
    expect(b.leadership?.lost.aborted).toBe(false);
  });

  it("does not change hands because somebody's time of day is set", async () => {
    const { clock, compete } = setUp();
    const a = compete("a");
    await clock.advance(1_000);
    const b = compete("b");
    for (const jump of [3_600_000, -7_200_000]) {
      await clock.advance(10_000);
      clock.jump(jump);
    }
    await clock.advance(10_000);
    expect(a.leadership?.lost.aborted).toBe(false);
    expect(b.leadership).toBeUndefined();
    await a.leadership?.release();
  });

  it("is lost at once when somebody else has taken the lease", async () => {
    const { clock, api, compete } = setUp();
    const a = compete("a");
    await clock.advance(1_000);
    api.put(path, { ...api.get(path), spec: { holderIdentity: "x", leaseDurationSeconds: 15 } });
    await clock.advance(3_000);
    expect(String(a.leadership?.lost.reason)).toContain("the lease is held by x");
  });

  it("is asked for until it is had or not wanted", async () => {
    const { clock, down, stop, compete } = setUp();
    down.add("a");
    const a = compete("a");
    await clock.advance(60_000);
    down.delete("a");
    await clock.advance(3_000);
    expect(a.leadership).toBeDefined();
    const b = compete("b");
    await clock.advance(3_000);
    stop.abort(new Error("enough"));
    await clock.advance(3_000);
    expect(String(b.failure)).toBe("Error: enough");
  });

  it("is not waited for where it is forbidden from the beginning, and is where that comes later", async () => {
    const { clock, forbidden, compete } = setUp();
    const a = compete("a");
    await clock.advance(1_000);
    forbidden.add("b");
    const b = compete("b");
    await clock.advance(1_000);
    expect(String(b.failure)).toContain("not yours");
    const c = compete("c");
    await clock.advance(1_000);
    forbidden.add("c");
    await clock.advance(60_000);
    expect(c.failure).toBeUndefined();
    forbidden.delete("c");
    await a.leadership?.release();
    await clock.advance(4_000);
    expect(c.leadership).toBeDefined();
  });
});
