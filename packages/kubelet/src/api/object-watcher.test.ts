import { silentLogger } from "@vkubelet/core";
import { FakeClock } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import { KubeApiError } from "./kube-api-error.ts";
import type { KubeObject } from "./kube-object.ts";
import { createObjectWatcher, type ObjectState } from "./object-watcher.ts";
import { ScriptedClient, settle } from "./testdata/scripted-client.ts";

const path = "/api/v1/namespaces/a/secrets";
const secret = (resourceVersion: string): KubeObject => ({
  metadata: { namespace: "a", name: "s", uid: "u", resourceVersion },
});

function setUp(items: KubeObject[] | Error) {
  const client = new ScriptedClient();
  const clock = new FakeClock();
  client.lists.set(path, items instanceof Error ? items : { items, resourceVersion: "10" });
  const changes: { name: string; state: ObjectState<KubeObject> }[] = [];
  const watcher = createObjectWatcher<KubeObject>({
    client,
    resource: "secrets",
    logger: silentLogger,
    clock,
    random: () => 1,
    onChange: (namespace, name, state) => void changes.push({ name: `${namespace}/${name}`, state }),
  });
  return { client, clock, changes, watcher, never: new AbortController().signal };
}

describe("object watcher", () => {
  it("watches one object by name, once for all holders", async () => {
    const { client, watcher, changes, never } = setUp([secret("1")]);
    const first = watcher.acquire("a", "s");
    const second = watcher.acquire("a", "s");
    expect(first.state()).toEqual({ kind: "pending" });
    expect(await second.settled(never)).toEqual({ kind: "present", object: secret("1") });
    await settle();
    expect(client.listed.map(({ options }) => options.query)).toEqual([{ fieldSelector: "metadata.name=s" }]);
    expect(client.watches).toHaveLength(1);
    expect(watcher.size).toBe(1);

    client.last.send("MODIFIED", secret("11"));
    client.last.send("DELETED", secret("12"));
    await settle();
    expect(changes.map(({ name, state }) => [name, state.kind])).toEqual([
      ["a/s", "present"],
      ["a/s", "present"],
      ["a/s", "absent"],
    ]);
    expect(first.state()).toEqual({ kind: "absent" });
    client.last.send("ADDED", secret("13"));
    await settle();
    expect(second.state()).toEqual({ kind: "present", object: secret("13") });
  });

  it("ends the watch with the last holder, and starts anew afterwards", async () => {
    const { client, watcher, changes, never } = setUp([secret("1")]);
    const first = watcher.acquire("a", "s");
    const second = watcher.acquire("a", "s");
    await settle();
    first.release();
    first.release();
    const { signal } = client.last.options;
    expect(signal?.aborted).toBe(false);
    second.release();
    expect(signal?.aborted).toBe(true);
    expect(watcher.size).toBe(0);

    client.lists.set(path, { items: [secret("2")], resourceVersion: "20" });
    using third = watcher.acquire("a", "s");
    expect(await third.settled(never)).toEqual({ kind: "present", object: secret("2") });
    expect(changes.at(-1)?.state.kind).toBe("present");
  });

  it("knows that an object does not exist", async () => {
    const { watcher, changes, never } = setUp([]);
    using held = watcher.acquire("a", "s");
    expect(await held.settled(never)).toEqual({ kind: "absent" });
    expect(changes).toEqual([]);
  });

  it("tells a refusal from an absence, and goes on trying", async () => {
    const forbidden = new KubeApiError("GET: not yours", { status: 403, reason: "Forbidden" });
    const { client, clock, watcher, never } = setUp(forbidden);
    using held = watcher.acquire("a", "s");
    await settle();
    expect(held.state()).toEqual({ kind: "pending", lastError: "GET: not yours" });
    expect(watcher.failures()).toEqual([{ namespace: "a", name: "s", message: "GET: not yours" }]);
    const settled = held.settled(never);
    client.lists.set(path, { items: [secret("1")], resourceVersion: "10" });
    await clock.advance(800);
    expect((await settled).kind).toBe("present");
    expect(watcher.failures()).toEqual([]);
  });

  it("does not leave a waiter behind", async () => {
    const { watcher, never } = setUp(new KubeApiError("GET: no", { status: 403, reason: "Forbidden" }));
    const held = watcher.acquire("a", "s");
    const reason = new Error("impatient");
    await expect(held.settled(AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const waiting = held.settled(controller.signal);
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    const released = held.settled(never);
    watcher[Symbol.dispose]();
    await expect(released).rejects.toThrow("a/s is watched no longer");
  });
});
