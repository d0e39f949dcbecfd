import type { PodObservation } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { Observations } from "./observations.ts";

function seen(uid: string, version: number): PodObservation {
  return { ref: { namespace: "ns", name: uid, uid }, attempt: 0, version, state: "active", containers: [] };
}

describe("Observations", () => {
  it("begins with everything known, then gives what comes", async () => {
    const observations = new Observations();
    const watch = observations.watch(() => [seen("a", 1)], new AbortController().signal);
    expect((await watch.next()).value).toMatchObject({ version: 1 });
    const next = watch.next();
    observations.push(seen("b", 1));
    expect((await next).value).toMatchObject({ ref: { uid: "b" } });
    await watch.return(undefined);
  });

  it("a slow watcher holds only the latest of each pod, and never misses the last", async () => {
    const observations = new Observations();
    const watch = observations.watch(() => [seen("a", 0)], new AbortController().signal);
    await watch.next();
    for (let version = 1; version <= 1000; version += 1) observations.push(seen("a", version));
    observations.push(seen("b", 1));
    expect((await watch.next()).value).toMatchObject({ ref: { uid: "a" }, version: 1000 });
    expect((await watch.next()).value).toMatchObject({ ref: { uid: "b" } });
    await watch.return(undefined);
  });

  it("ends with the provider, and with its reason on an abort", async () => {
    const observations = new Observations();
    const abort = new AbortController();
    const aborted = observations.watch(() => [], abort.signal).next();
    abort.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    const open = observations.watch(() => [], new AbortController().signal).next();
    observations.close();
    expect(await open).toEqual({ done: true, value: undefined });
  });
});
