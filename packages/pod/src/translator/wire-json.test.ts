import { describe, expect, it } from "vitest";
import { wireJson, wireText } from "./wire-json.ts";

describe("wireJson", () => {
  it("drops undefined, writes bytes as base64 and keeps the order of keys", () => {
    const value = { b: undefined, c: new Uint8Array([255, 0, 1]), a: [undefined, 1n, { x: null }] };
    expect(wireJson(value)).toEqual({ c: "/wAB", a: [null, 1n, { x: null }] });
    expect(Object.keys(wireJson({ b: 1, a: 2 }) as object)).toEqual(["b", "a"]);
  });

  it("names what has no form in JSON", () => {
    expect(() => wireJson({ a: [{ "b.c": new Date(0) }] })).toThrow(
      'input.a[0]["b.c"] cannot be written as JSON: it is an instance of Date',
    );
    expect(() => wireJson(Number.NaN)).toThrow("it is NaN");
    expect(() => wireJson(() => 1)).toThrow("it is of type function");
  });
});

describe("wireText", () => {
  it("is what JSON.stringify writes", () => {
    const value = { a: [1, "x\n", { b: {} }, []], c: null, d: true, é: -0.5 };
    expect(wireText(value)).toBe(JSON.stringify(value, null, 2));
  });

  it("keeps all digits of whole numbers", () => {
    expect(wireText({ nanoseconds: 9_007_199_254_740_993n })).toBe('{\n  "nanoseconds": 9007199254740993\n}');
  });
});
