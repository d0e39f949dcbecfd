import { expect, it } from "vitest";
import { SharedTexts } from "./shared-texts.ts";

it("leaves values as they are, whatever is in them", () => {
  const value = () => ({ a: "x", list: ["x", 1, null, { b: "x".repeat(65) }], none: null, yes: true });
  const texts = new SharedTexts();
  const first = value();
  expect(texts.shareIn(first)).toBe(first);
  expect(first).toEqual(value());
  expect(texts.shareIn("x")).toBe("x");
  expect(texts.shareIn(undefined)).toBeUndefined();
});

it("goes on with texts that only one object has, however many", () => {
  const texts = new SharedTexts();
  for (let count = 0; count < 5_000; count++) {
    const object = { name: `pod-${count}`, image: "registry.example/app:1" };
    expect(texts.shareIn(object)).toEqual({ name: `pod-${count}`, image: "registry.example/app:1" });
  }
});
