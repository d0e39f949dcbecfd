import type { Volume } from "@vkubelet/core";
import { expect, it } from "vitest";
import { fileOwner } from "./file-owners.ts";

it.each<[string, object, string, number | undefined]>([
  ["nobody in particular", { configMap: { name: "a" } }, "f", undefined],
  ["the volume's", { secret: { defaultUser: 7 } }, "f", 7],
  ["the entry's", { configMap: { defaultUser: 7, items: [{ key: "k", path: "f", user: 8 }] } }, "f", 8],
  ["another entry's", { configMap: { items: [{ key: "k", path: "g", user: 8 }] } }, "f", undefined],
  [
    "an entry's of a source",
    { projected: { defaultUser: 7, sources: [{ secret: { items: [{ key: "k", path: "f", user: 9 }] } }] } },
    "f",
    9,
  ],
  ["the token's", { projected: { sources: [{ serviceAccountToken: { path: "t", user: 0 } }] } }, "t", 0],
])("a file belongs to %s", (_name, volume, path, user) => {
  expect(fileOwner({ name: "v", ...volume } as Volume, path)).toBe(user);
});
