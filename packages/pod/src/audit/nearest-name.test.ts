import { expect, it } from "vitest";
import { editDistance, nearestName } from "./nearest-name.ts";

it("counts insertions, deletions, replacements and swaps", () => {
  expect(editDistance("", "abc")).toBe(3);
  expect(editDistance("same", "same")).toBe(0);
  expect(editDistance("comand", "command")).toBe(1);
  expect(editDistance("imaeg", "image")).toBe(1);
  expect(editDistance("kitten", "sitting")).toBe(3);
});

it("takes the nearest name, and none for another word", () => {
  const names = ["image", "command", "stdin", "env"];
  expect(nearestName("comamnd", names)).toBe("command");
  expect(nearestName("ENV", names)).toBe("env");
  expect(nearestName("tty", names)).toBeUndefined();
  expect(nearestName("x", names)).toBeUndefined();
});
