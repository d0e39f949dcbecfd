import { describe, expect, it } from "vitest";
import type { KubeObject } from "../api/objects.ts";
import { Store } from "./store.ts";
import type { StreamEvent } from "./watch-stream.ts";

const pods = { group: "", plural: "pods" };

function object(name: string, labels: Record<string, string> = {}): KubeObject {
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "default", labels } };
}

function summary(events: readonly StreamEvent[]): string[] {
  return events.map((event) =>
    event.type === "BOOKMARK"
      ? `BOOKMARK ${event.revision}`
      : `${event.type} ${event.object.metadata.name} ${event.revision}`,
  );
}

describe("Store", () => {
  it("gives every write the next revision, across resources", () => {
    const store = new Store();
    const first = store.put(pods, object("a"));
    const second = store.put({ group: "", plural: "nodes" }, object("b"));
    expect([first.metadata.resourceVersion, second.metadata.resourceVersion, store.revision]).toEqual([
      "1",
      "2",
      2,
    ]);
  });

  it("stores frozen objects", () => {
    const stored = new Store().put(pods, object("a"));
    expect(Object.isFrozen(stored.metadata.labels)).toBe(true);
  });

  it("lists in the order of keys and by index", () => {
    const store = new Store(10, { "/pods": { label: (entry) => entry.metadata.labels?.["node"] } });
    store.put(pods, object("b", { node: "n1" }));
    store.put(pods, object("a", { node: "n2" }));
    store.put(pods, object("b", { node: "n2" }));
    expect(store.list(pods).map(({ metadata }) => metadata.name)).toEqual(["a", "b"]);
    expect(store.listIndexed(pods, "label", "n1")).toEqual([]);
    expect(
      store
        .listIndexed(pods, "label", "n2")
        ?.map(({ metadata }) => metadata.name)
        .sort(),
    ).toEqual(["a", "b"]);
    expect(store.listIndexed(pods, "other", "n2")).toBeUndefined();
  });

  it("replays the history after a revision and goes on with live changes, in order", async () => {
    const store = new Store();
    store.put(pods, object("a"));
    store.put(pods, object("b"));
    const stream = store.watch(pods, { fromRevision: 1 });
    store.remove(pods, object("a"));
    expect(summary(await stream.take())).toEqual(["ADDED b 2", "DELETED a 3"]);
  });

  it("sends the present state first when no revision is given, and marks its end", async () => {
    const store = new Store();
    store.put(pods, object("a"));
    const stream = store.watch(pods, { markInitialEnd: true });
    store.put(pods, object("b"));
    expect(summary(await stream.take())).toEqual(["ADDED a 1", "BOOKMARK 1", "ADDED b 2"]);
  });

  it("turns changes into what a selector sees", async () => {
    const store = new Store();
    const stream = store.watch(pods, {
      fromRevision: 0,
      matches: ({ metadata }) => metadata.labels?.["x"] === "1",
    });
    store.put(pods, object("a"));
    store.put(pods, object("a", { x: "1" }));
    store.put(pods, object("a", { x: "1", y: "1" }));
    store.put(pods, object("a", { x: "2" }));
    store.put(pods, object("a"));
    expect(summary(await stream.take())).toEqual(["ADDED a 2", "MODIFIED a 3", "DELETED a 4"]);
  });

  it("answers 410 for a revision that left the history window", () => {
    const store = new Store(5);
    for (let count = 0; count < 20; count += 1) store.put(pods, object(`p${count}`));
    expect(() => store.watch(pods, { fromRevision: 1 })).toThrow(expect.objectContaining({ code: 410 }));
    expect(() => store.watch(pods, { fromRevision: 15 })).not.toThrow();
  });

  it("answers 504 for a revision of the future", () => {
    expect(() => new Store().watch(pods, { fromRevision: 7 })).toThrow(
      expect.objectContaining({ code: 504 }),
    );
  });

  it("drops a watcher that falls behind instead of buffering without end", async () => {
    const store = new Store();
    const stream = store.watch(pods, { queueLimit: 3 });
    for (let count = 0; count < 5; count += 1) store.put(pods, object(`p${count}`));
    expect(stream.overflowed).toBe(true);
    expect(await stream.take()).toEqual([]);
  });

  it("sends bookmarks behind the events they stand for", async () => {
    const store = new Store();
    const stream = store.watch(pods);
    store.put(pods, object("a"));
    store.bookmarkAll();
    expect(summary(await stream.take())).toEqual(["ADDED a 1", "BOOKMARK 1"]);
  });
});
