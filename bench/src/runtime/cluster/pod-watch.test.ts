import { expect, it } from "vitest";
import type { ApiConnection } from "./api-connection.ts";
import { watchPods } from "./pod-watch.ts";

const podOf = (name: string, resourceVersion: string) => ({
  metadata: { name, uid: name, resourceVersion },
  spec: { containers: [] },
  status: { phase: "Running" },
});
const eventOf = (type: string, object: object) => JSON.stringify({ type, object });

/** Watches with lists and watches that answer as told; ends with the last watch. Answers what was asked and seen. */
async function watched(lists: readonly object[], watches: readonly (readonly string[])[]) {
  const asked: string[] = [];
  const seen: string[] = [];
  const abort = new AbortController();
  const [nextList, nextWatch] = [lists.values(), watches.values()];
  const connection: ApiConnection = {
    async request(_method, path) {
      asked.push(path);
      return { status: 200, text: JSON.stringify(nextList.next().value) };
    },
    async *lines(path) {
      asked.push(path);
      const lines = nextWatch.next();
      if (lines.done === true) abort.abort(new Error("the test ends"));
      else yield* lines.value;
    },
    [Symbol.asyncDispose]: async () => {},
  };
  const see = (pod: { metadata: { name: string } }, gone: boolean) => {
    seen.push(`${pod.metadata.name}${gone ? " is gone" : ""}`);
  };
  await watchPods(connection, "node", see, abort.signal);
  const versions = asked.map((path) => /resourceVersion=(\d+)/.exec(path)?.[1] ?? "list");
  return { versions, seen };
}

it("a watch that ends is resumed where it was, without another list", async () => {
  const { versions, seen } = await watched(
    [{ metadata: { resourceVersion: "5" }, items: [podOf("a", "3")] }],
    [
      [eventOf("ADDED", podOf("b", "6")), eventOf("BOOKMARK", { metadata: { resourceVersion: "9" } })],
      [eventOf("DELETED", podOf("b", "11"))],
    ],
  );
  expect(versions).toEqual(["list", "5", "9", "11"]);
  expect(seen).toEqual(["a", "b", "b is gone"]);
});

it("a watch whose version is gone begins with a list again", async () => {
  const { versions, seen } = await watched(
    [
      { metadata: { resourceVersion: "5" }, items: [] },
      { metadata: { resourceVersion: "50" }, items: [podOf("a", "40")] },
    ],
    [[eventOf("ERROR", { kind: "Status", code: 410 }), eventOf("ADDED", podOf("lost", "7"))]],
  );
  expect(versions).toEqual(["list", "5", "list", "50"]);
  expect(seen).toEqual(["a"]);
});
