import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Cluster, createCluster } from "../cluster.ts";
import { ManualClock, settle } from "../testdata/fixture.ts";
import { clientOf } from "../testdata/http-client.ts";

const maps = "/api/v1/namespaces/default/configmaps";
const resource = "configmaps";

let cluster: Cluster;
let client: ReturnType<typeof clientOf>;
const clock = new ManualClock();
let count = 0;

beforeAll(async () => {
  cluster = await createCluster({ controllers: false, scheduler: false, clock });
  client = clientOf(cluster.kubeconfig);
});
afterAll(() => cluster[Symbol.asyncDispose]());
beforeEach(() => cluster.faults.clear());

function create(name: string): Promise<{ readonly code: number }> {
  return client.call("POST", maps, { metadata: { name } });
}

function newName(): string {
  count += 1;
  return `m-${count}`;
}

async function names(): Promise<string[]> {
  const { json } = await client.call("GET", maps);
  return json.items.map(({ metadata }: { metadata: { name: string } }) => metadata.name);
}

describe("faults of requests", () => {
  it("reject as often as they are told, only what they match, with Retry-After", async () => {
    const effect = { type: "reject", code: 429, retryAfterSeconds: 7, message: "slow down" } as const;
    const fault = cluster.faults.add({ match: { verbs: ["create"], resource }, effect, count: 1 });
    expect(await names()).not.toContain("never");
    const refused = await client.call("POST", maps, { metadata: { name: "never" } });
    expect(refused).toMatchObject({
      code: 429,
      headers: { "retry-after": "7" },
      json: { reason: "TooManyRequests", message: "slow down", details: { retryAfterSeconds: 7 } },
    });
    expect((await create(newName())).code).toBe(201);
    expect(fault.hits).toBe(1);
  });

  it("match by namespace, name, subresource and user", async () => {
    const effect = { type: "reject", code: 503 } as const;
    const bob = clientOf(cluster.kubeconfigFor("bob", ["system:masters"]));
    using _ = cluster.faults.add({ match: { user: "bob", name: "x", namespace: "default" }, effect });
    expect((await bob.call("GET", `${maps}/x`)).code).toBe(503);
    expect((await bob.call("GET", `${maps}/y`)).code).toBe(404);
    expect((await client.call("GET", `${maps}/x`)).code).toBe(404);
    using _status = cluster.faults.add({ match: { resource: "nodes/status" }, effect });
    expect((await client.call("GET", "/api/v1/nodes/n/status")).code).toBe(503);
    expect((await client.call("GET", "/api/v1/nodes/n")).code).toBe(404);
  });

  it("delay until the clock says so, or until they are removed", async () => {
    const fault = cluster.faults.add({
      match: { resource },
      effect: { type: "delay", milliseconds: 5_000 },
      count: 2,
    });
    let answered = 0;
    const call = () => names().then(() => (answered += 1));
    const first = call();
    await expect.poll(() => fault.hits).toBe(1);
    await settle();
    expect(answered).toBe(0);
    await clock.advance(5_000);
    await first;
    const second = call();
    await expect.poll(() => fault.hits).toBe(2);
    fault.remove();
    await second;
    expect(answered).toBe(2);
  });

  it("break the connection before a write, or after it", async () => {
    const [lost, done] = [newName(), newName()];
    const add = (when: "before" | "after") =>
      cluster.faults.add({ match: { verbs: ["create"] }, effect: { type: "disconnect", when }, count: 1 });
    add("before");
    await expect(create(lost)).rejects.toThrow();
    add("after");
    await expect(create(done)).rejects.toThrow();
    expect(await names()).toContain(done);
    expect(await names()).not.toContain(lost);
  });

  it("show the past to gets and lists", async () => {
    const [before, after] = [newName(), newName()];
    await create(before);
    const fault = cluster.faults.add({
      match: { verbs: ["get", "list"], resource },
      effect: { type: "staleRead" },
    });
    await create(after);
    expect(await names()).toContain(before);
    expect(await names()).not.toContain(after);
    expect((await client.call("GET", `${maps}/${after}`)).code).toBe(404);
    fault.remove();
    expect((await client.call("GET", `${maps}/${after}`)).code).toBe(200);
  });
});

describe("faults of watches", () => {
  const watchFrom = async () => {
    const { json } = await client.call("GET", maps);
    return `${maps}?watch=true&resourceVersion=${json.metadata.resourceVersion}`;
  };

  it("break after so many events", async () => {
    cluster.faults.add({
      match: { verbs: ["watch"] },
      effect: { type: "dropWatch", afterEvents: 1 },
      count: 1,
    });
    const path = await watchFrom();
    const [first, second] = [newName(), newName()];
    await create(first);
    await create(second);
    const seen: string[] = [];
    const read = async (target: string) => {
      for await (const event of client.watch(target)) {
        seen.push(event.object.metadata.name);
        if (seen.at(-1) === second) return;
      }
    };
    await expect(read(path)).rejects.toThrow();
    expect(seen).toEqual([first]);
    await read(path);
    expect(seen).toEqual([first, first, second]);
  });

  it("stall until they are removed", async () => {
    const fault = cluster.faults.add({ match: { verbs: ["watch"] }, effect: { type: "stallWatch" } });
    const path = await watchFrom();
    const name = newName();
    await create(name);
    const watch = client.watch(path);
    let seen: string | undefined;
    const first = watch.next().then(({ value }) => {
      seen = value.object.metadata.name;
    });
    await expect.poll(() => fault.hits).toBe(1);
    await settle();
    expect(seen).toBeUndefined();
    fault.remove();
    await first;
    expect(seen).toBe(name);
    await watch.return(undefined);
  });

  it("forget the past by compaction", async () => {
    const path = await watchFrom();
    await create(newName());
    await create(newName());
    const page = await client.call("GET", `${maps}?limit=1`);
    cluster.faults.compact();
    const watch = client.watch(path);
    expect((await watch.next()).value).toMatchObject({ type: "ERROR", object: { code: 410 } });
    const rest = `${maps}?limit=1&continue=${encodeURIComponent(page.json.metadata.continue)}`;
    expect((await client.call("GET", rest)).code).toBe(410);
    const fresh = client.watch(await watchFrom());
    const name = newName();
    await create(name);
    expect((await fresh.next()).value.object.metadata.name).toBe(name);
    await fresh.return(undefined);
  });
});
