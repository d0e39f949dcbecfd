import { expect, it } from "vitest";
import { TestPodContext } from "./test-pod-context.ts";

it("keeps the record, and crashes a write before or after it is durable", async () => {
  const context = new TestPodContext();
  expect(context.record.read()).toBeUndefined();
  context.crashes = [
    { write: 1, durable: false },
    { write: 2, durable: true },
  ];
  await expect(context.record.write({ a: "1" })).rejects.toMatchObject({ code: "Unavailable" });
  expect(context.record.read()).toBeUndefined();
  await expect(context.record.write({ a: "2" })).rejects.toMatchObject({ code: "Unavailable" });
  await context.record.write({ b: "3" });
  expect(context.record.read()).toEqual({ a: "2", b: "3" });
  await context.record.write({ a: null, b: null });
  expect(context.record.read()).toBeUndefined();
});
