import { expect, it } from "vitest";
import { type GoldenOptions, type GoldenUpdate, goldenCases, updateOf } from "../node/golden-cases.ts";

/**
 * Registers a test for each golden file of a folder (see `goldenCases` of `@vkubelet/testing/node`) and one that finds
 * golden files without a manifest. Files are written as vitest writes snapshots: missing ones on a developer's machine,
 * none in CI, all of them with `--update` or the environment variable `UPDATE_GOLDEN`.
 */
export function goldenTests(folder: string | URL, options: GoldenOptions): void {
  const suite = goldenCases(folder, options);
  for (const { name, check } of suite.cases) it(name, () => check(updateOf(updateMode())));
  it("every golden file belongs to a manifest", () => suite.checkExtra(updateOf(updateMode())));
}

/** What vitest does with snapshots in this run. */
function updateMode(): GoldenUpdate {
  return expect.getState().snapshotState.snapshotUpdateState;
}
