import { expect, it } from "vitest";
import { smaller } from "./shrink.ts";

it("takes one thing away at a time, and keeps the places of the case itself", () => {
  expect([...smaller(["ab", { x: [1, "c"] }])]).toEqual([
    ["b", { x: [1, "c"] }],
    ["a", { x: [1, "c"] }],
    ["ab", {}],
    ["ab", { x: ["c"] }],
    ["ab", { x: [1] }],
    ["ab", { x: [1, ""] }],
  ]);
});
