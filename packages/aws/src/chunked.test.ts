import { expect, it } from "vitest";
import { chunked } from "./chunked.ts";

it("keeps every item once and in order", () => {
  expect(chunked([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(chunked([], 100)).toEqual([]);
});
