import { describe, expect, it } from "vitest";
import { describeAll, listAll } from "./bulk-calls.ts";

describe("listAll", () => {
  it("follows the tokens to the last page", async () => {
    const tokens: (string | undefined)[] = [];
    const pages = [
      { items: ["a"], nextToken: "1" },
      { items: [], nextToken: "2" },
      { items: ["b"], nextToken: undefined },
    ];
    const all = await listAll(async (token) => {
      tokens.push(token);
      return pages[tokens.length - 1] ?? { items: [], nextToken: undefined };
    });
    expect(all).toEqual(["a", "b"]);
    expect(tokens).toEqual([undefined, "1", "2"]);
  });

  it("fails as a whole when a page fails", async () => {
    const page = async (token: string | undefined) => {
      if (token !== undefined) throw new Error("throttled");
      return { items: ["a"], nextToken: "1" };
    };
    await expect(listAll(page)).rejects.toThrow("throttled");
  });
});

describe("describeAll", () => {
  it("asks for each identifier once, so many a call and so many calls at a time", async () => {
    const asked: (readonly string[])[] = [];
    let running = 0;
    let most = 0;
    const items = await describeAll(
      ["a", "b", "a", "c", "d", "e"],
      { perCall: 2, parallel: 2 },
      async (ids) => {
        asked.push(ids);
        running += 1;
        most = Math.max(most, running);
        await Promise.resolve();
        running -= 1;
        return ids.filter((id) => id !== "d");
      },
    );
    expect(asked).toEqual([["a", "b"], ["c", "d"], ["e"]]);
    expect(most).toBe(2);
    expect(items).toEqual(["a", "b", "c", "e"]);
  });
});
