import { describe, expect, it } from "vitest";
import { EventSpamFilter } from "./event-spam-filter.ts";

describe("EventSpamFilter", () => {
  it("passes 25 of one object at once, then one every five minutes, and says once that it holds back", () => {
    const filter = new EventSpamFilter();
    const passes = (now: number) => filter.pass("a", now);
    for (let index = 0; index < 25; index++) expect(passes(0).allowed).toBe(true);
    expect([passes(0), passes(0)]).toEqual([
      { allowed: false, first: true },
      { allowed: false, first: false },
    ]);
    expect(filter.pass("b", 0).allowed).toBe(true);
    expect(passes(300_000).allowed).toBe(true);
    expect(passes(300_001)).toEqual({ allowed: false, first: true });
  });
});
