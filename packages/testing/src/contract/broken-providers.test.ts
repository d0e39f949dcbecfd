import { describe, expect, it } from "vitest";
import { contractCases } from "./contract-cases.ts";
import { checkProviderContract } from "./run-contract.ts";
import { inMemoryUnderTest } from "./test-support.ts";
import type { Break } from "./testdata/break.ts";
import { breaks } from "./testdata/broken-providers.ts";
import { caught } from "./testdata/caught-cases.ts";

/** A fault in what only a provider can have that restarts containers itself. */
const restarting: ReadonlySet<string> = new Set(["counts no restarts"]);

describe("a provider that", () => {
  it.each(Object.entries<Break>(breaks))("%s is caught", async (name, change) => {
    const options = restarting.has(name)
      ? { watches: true, updates: true, restarts: "provider" as const }
      : { watches: true, updates: true, recordsIntent: true };
    const results = await checkProviderContract({ open: async () => inMemoryUnderTest(options, change) });
    const failed = results.filter(({ type }) => type === "failed").map((result) => result.case.id);
    expect(failed).toEqual(caught[name as keyof typeof breaks]);
  });

  it("breaks any rule is caught: no case passes whatever a provider does", () => {
    const catching = new Set(Object.values(caught).flat());
    expect(contractCases.map(({ id }) => id).filter((id) => !catching.has(id))).toEqual([]);
  });
});
