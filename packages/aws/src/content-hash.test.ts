import { expect, it } from "vitest";
import { canonicalJson, contentHash } from "./content-hash.ts";

it("does not depend on the order of properties nor on undefined ones", () => {
  expect(canonicalJson({ b: 1, a: { d: [2, 1], c: undefined } })).toBe('{"a":{"d":[2,1]},"b":1}');
  expect(contentHash({ a: 1, b: 2 }, 12)).toBe(contentHash({ b: 2, a: 1 }, 12));
});

it("tells different content apart, array order included", () => {
  expect(contentHash([1, 2], 64)).not.toBe(contentHash([2, 1], 64));
  expect(contentHash({}, 12)).toHaveLength(12);
});
