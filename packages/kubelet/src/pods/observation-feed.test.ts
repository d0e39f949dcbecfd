import { type PodObservation, type Provider, silentLogger } from "@vkubelet/core";
import { FakeClock } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import { ObservationFeed } from "./observation-feed.ts";

function observation(uid: string, version: number, attempt = 0): PodObservation {
  return { ref: { namespace: "n", name: uid, uid }, attempt, version, state: "active", containers: [] };
}

interface FeedSettings {
  readonly watchPods?: Provider["watchPods"];
  readonly isOurs?: (uid: string) => boolean;
}

function feedOver(
  listing: { current: readonly PodObservation[] | Error },
  { watchPods, isOurs = () => true }: FeedSettings = {},
) {
  const clock = new FakeClock(0);
  const changes: string[] = [];
  let healthChanges = 0;
  const provider = {
    traits: { restarts: "runtime", absenceGraceMs: 0, pollIntervalMs: 1_000 },
    listPods: async () => {
      if (listing.current instanceof Error) throw listing.current;
      return listing.current;
    },
    ...(watchPods === undefined ? {} : { watchPods }),
  } as unknown as Provider;
  const feed = new ObservationFeed({
    provider,
    clock,
    logger: silentLogger,
    isOurs,
    onChange: (uid) => changes.push(uid),
    onHealthChange: () => {
      healthChanges += 1;
    },
  });
  return { clock, feed, changes, healthChanges: () => healthChanges };
}

describe("ObservationFeed", () => {
  it("knows nothing before the first complete listing, and then says so once", async () => {
    const { clock, feed, changes } = feedOver({ current: [observation("a", 1)] });
    expect(feed.listedAt).toBeUndefined();
    feed.start();
    await clock.advance(0);
    expect(feed.listedAt).toBe(0);
    expect(changes).toEqual(["a", ""]);
    await feed.stop();
  });

  it("ignores what is older, by attempt and then by version", async () => {
    const listing = { current: [observation("a", 5, 1)] };
    const { clock, feed } = feedOver(listing);
    feed.start();
    await clock.advance(0);
    listing.current = [observation("a", 9, 0)];
    await clock.advance(1_000);
    listing.current = [observation("a", 4, 1)];
    await clock.advance(1_000);
    expect(feed.get("a")?.observation).toMatchObject({ version: 5, attempt: 1 });
    await feed.stop();
  });

  it("records since when a pod is missing, and that it came back", async () => {
    const listing: { current: readonly PodObservation[] } = { current: [observation("a", 1)] };
    const { clock, feed } = feedOver(listing);
    feed.start();
    await clock.advance(0);
    listing.current = [];
    await clock.advance(1_000);
    expect(feed.get("a")?.missingSince).toBe(1_000);
    listing.current = [observation("a", 1)];
    await clock.advance(1_000);
    expect(feed.get("a")?.missingSince).toBeUndefined();
    await feed.stop();
  });

  it("an error never means absence, and the health changes once for it", async () => {
    const listing: { current: readonly PodObservation[] | Error } = { current: [observation("a", 1)] };
    const { clock, feed, healthChanges } = feedOver(listing);
    feed.start();
    await clock.advance(0);
    listing.current = new Error("unreachable");
    await clock.advance(10_000);
    expect(feed.get("a")?.missingSince).toBeUndefined();
    expect(feed.lastError).toBeInstanceOf(Error);
    expect(healthChanges()).toBe(1);
    await feed.stop();
  });

  it("does not take up again what was released while the backend goes on to list it", async () => {
    const { clock, feed } = feedOver({ current: [observation("a", 1)] });
    feed.start();
    await clock.advance(0);
    feed.forget("a");
    await clock.advance(5_000);
    expect(feed.get("a")).toBeUndefined();
    await feed.stop();
  });

  it("collects nothing of pods that only a watch tells of, and hears of those that are its own", async () => {
    async function* watchPods() {
      for (let index = 0; index < 5_000; index++) yield observation(`invented-${index}`, 1);
      yield observation("listed", 2);
      yield observation("ours", 1);
      await new Promise(() => {});
    }
    const { clock, feed, changes } = feedOver(
      { current: [observation("listed", 1), observation("stranger", 1)] },
      { watchPods, isOurs: (uid) => uid === "ours" },
    );
    feed.start();
    await clock.advance(2_000);
    const known = [...feed.all()].map(({ observation: { ref, version } }) => `${ref.uid}/${version}`);
    expect(known).toEqual(["listed/2", "stranger/1", "ours/1"]);
    expect(changes.filter((uid) => uid.startsWith("invented"))).toEqual([]);
    await feed.stop();
  });
});
