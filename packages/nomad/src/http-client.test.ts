import { describe, expect, it } from "vitest";
import { createHttpClient } from "./http-client.ts";

const { signal } = new AbortController();

interface Seen {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: unknown;
}

function setUp(answers: readonly (Response | Error)[], options: { token?: string; tokenFile?: string } = {}) {
  const seen: Seen[] = [];
  const queue = [...answers];
  const client = createHttpClient({
    address: "http://nomad.example:4646",
    namespace: "pods",
    requestTimeoutMs: 1_000,
    ...options,
    fetch: (input, init) => {
      const body = typeof init?.body === "string" ? JSON.parse(init.body) : undefined;
      seen.push({
        method: init?.method ?? "",
        url: new URL(String(input)),
        headers: new Headers(init?.headers),
        body,
      });
      const answer = queue.shift();
      if (answer === undefined) throw new Error("no answer left");
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  });
  return { client, seen };
}
const json = (value: unknown, headers: Record<string, string> = {}) => Response.json(value, { headers });

describe("createHttpClient", () => {
  it("reads all pages, in its namespace and with its token", async () => {
    const pages = [json([{ ID: "a" }], { "X-Nomad-NextToken": "t1" }), json([{ ID: "b" }])];
    const { client, seen } = setUp(pages, { token: "secret-id" });
    expect((await client.listJobs("vk-1-", signal)).map((job) => job.ID)).toEqual(["a", "b"]);
    expect(seen.map(({ url }) => Object.fromEntries(url.searchParams))).toEqual([
      { namespace: "pods", prefix: "vk-1-", meta: "true", per_page: "500" },
      { namespace: "pods", prefix: "vk-1-", meta: "true", per_page: "500", next_token: "t1" },
    ]);
    expect(seen[0]?.headers.get("X-Nomad-Token")).toBe("secret-id");
  });

  it("selects allocations and blocked evaluations by job", async () => {
    const { client, seen } = setUp([json(null), json([])]);
    expect(await client.listAllocations("vk-1-", signal)).toEqual([]);
    await client.listBlockedEvaluations("vk-1-", signal);
    expect(seen.map(({ url }) => url.searchParams.get("filter"))).toEqual([
      'JobID matches "^vk-1-"',
      'Status == "blocked" and JobID matches "^vk-1-"',
    ]);
  });

  it("answers what is absent with undefined, and takes it for removed", async () => {
    const missing = () => new Response("job not found", { status: 404 });
    const { client } = setUp([missing(), missing(), missing()]);
    expect(await client.readJob("j", signal)).toBeUndefined();
    await client.deregisterJob("j", { purge: true }, signal);
    await client.deleteVariable("nomad/jobs/j", signal);
  });

  it("never takes an error for absence", async () => {
    const refused = new TypeError("fetch failed", { cause: new Error("connect ECONNREFUSED") });
    const { client } = setUp([refused, new Response("No cluster leader", { status: 500 })]);
    await expect(client.readJob("j", signal)).rejects.toMatchObject({ code: "Unavailable" });
    await expect(client.readJob("j", signal)).rejects.toMatchObject({ code: "Unavailable" });
  });

  it("says that a token file cannot be read, without asking Nomad", async () => {
    const { client, seen } = setUp([json([])], { tokenFile: "/no/such/file" });
    await expect(client.listNodes(signal)).rejects.toMatchObject({ code: "Unauthorized" });
    expect(seen).toEqual([]);
  });

  it("rejects with the reason of an abort, before and after the request", async () => {
    const { client, seen } = setUp([]);
    const reason = new Error("enough");
    await expect(client.readLeader(AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(seen).toEqual([]);
    const stop = new AbortController();
    const aborting = createHttpClient({
      address: "http://nomad.example",
      namespace: "pods",
      requestTimeoutMs: 1_000,
      fetch: () => {
        stop.abort(reason);
        return Promise.reject(new Error("aborted"));
      },
    });
    await expect(aborting.readLeader(stop.signal)).rejects.toBe(reason);
  });

  it("yields events by line and log frames by object, and breaks where they are cut off", async () => {
    const collect = async <Item>(items: AsyncIterable<Item>) => {
      const all: Item[] = [];
      for await (const item of items) all.push(item);
      return all;
    };
    const { client, seen } = setUp([
      new Response('{}\n{"Index":7,"Events":[]}\n'),
      new Response('{"Offset":1}{"Data":"e30="}{}'),
      new Response('{}\n{"Ind'),
    ]);
    expect(await collect(client.events(signal))).toEqual([{}, { Index: 7, Events: [] }]);
    const request = {
      allocation: "a",
      task: "t",
      stream: "stdout",
      follow: true,
      origin: "end",
      offset: 9,
    } as const;
    expect(await collect(client.logs(request, signal))).toEqual([{ Offset: 1 }, { Data: "e30=" }, {}]);
    await expect(collect(client.events(signal))).rejects.toMatchObject({ code: "Unavailable" });
    expect(seen[0]?.url.searchParams.getAll("topic")).toEqual(["Job", "Allocation", "Evaluation"]);
    expect(seen[1]?.url.href).toContain("/v1/client/fs/logs/a?namespace=pods&task=t&type=stdout&follow=true");
  });

  it("has at most 32 requests under way", async () => {
    let underWay = 0;
    let most = 0;
    const client = createHttpClient({
      address: "http://nomad.example",
      namespace: "pods",
      requestTimeoutMs: 1_000,
      fetch: async () => {
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay -= 1;
        return json("leader");
      },
    });
    await Promise.all(Array.from({ length: 100 }, () => client.readLeader(signal)));
    expect(most).toBe(32);
  });
});
