import { expect, it } from "vitest";
import { checkBody } from "./field-check.ts";
import { loadSchemas } from "./schemas.ts";

const schemas = await loadSchemas();
const check = (body: unknown) => checkBody(schemas, "io.k8s.api.core.v1.Pod", body, "Pod", "v1");

it("drops unknown fields and nulls, and keeps every known one", () => {
  const { value, unknownFields } = check({
    metadata: { name: "a", creationTimestamp: null, labels: { x: "y" } },
    spec: { containers: [{ name: "c", livenessProbe: { httpGet: { port: "web" } }, nope: 1 }], x: 1 },
  });
  expect(value).toEqual({
    metadata: { name: "a", labels: { x: "y" } },
    spec: { containers: [{ name: "c", livenessProbe: { httpGet: { port: "web" } } }] },
  });
  expect(unknownFields).toEqual(["spec.containers[0].nope", "spec.x"]);
});

it("refuses wrong types in the words of Go's decoder", () => {
  expect(() => check({ spec: { containers: [{ image: 5 }] } })).toThrow(
    'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal number into Go struct field Container.spec.containers.image of type string',
  );
  expect(() => check({ metadata: { labels: { x: true } } })).toThrow("cannot unmarshal bool");
  expect(() => check({ metadata: { creationTimestamp: "yesterday" } })).toThrow("RFC 3339");
});

it("reports values outside of an enumeration, but not in a status", () => {
  expect(check({ spec: { restartPolicy: "Sometimes" } }).enumErrors).toEqual([
    {
      field: "spec.restartPolicy",
      reason: "FieldValueNotSupported",
      message: 'Unsupported value: "Sometimes": supported values: "Always", "Never", "OnFailure"',
    },
  ]);
  expect(check({ status: { phase: "Odd" } }).enumErrors).toEqual([]);
});
