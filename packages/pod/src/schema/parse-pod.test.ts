import { expect, it } from "vitest";
import { parsePod } from "./parse-pod.ts";

const value = { metadata: { name: "p" }, spec: { containers: [{ name: "a", image: "i" }], futureField: 1 } };

it("gives the pod back as it is, unknown fields and all", () => {
  const parsed = parsePod(JSON.parse(JSON.stringify(value)));
  expect(parsed).toEqual({ type: "pod", pod: value });
});

it("names what is wrong instead", () => {
  expect(parsePod({ ...value, kind: "Job" })).toEqual({
    type: "invalid",
    issues: [{ path: "kind", message: "must be Pod for a Pod" }],
  });
  expect(parsePod(value, { unknownFields: true })).toMatchObject({
    type: "invalid",
    issues: [{ path: "spec.futureField" }],
  });
  expect(parsePod("- not JSON yet").type).toBe("invalid");
});
