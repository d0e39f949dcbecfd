import { expect, it } from "vitest";
import { resolvedPodOf } from "./resolved-pod-of.ts";
import { testPodUid } from "./test-pod-uid.ts";

const container = { name: "main", image: "nginx:1" };

it("resolves as a host would", () => {
  const pod = resolvedPodOf(
    { containers: [{ ...container, envFrom: [{ configMapRef: { name: "settings" } }] }] },
    2,
    { configMaps: { settings: { data: { MODE: "fast" } } } },
  );
  expect(pod).toMatchObject({ attempt: 2, ref: { namespace: "shop", name: "web-7f", uid: testPodUid } });
  expect(pod.containers[0]?.env).toContainEqual(
    expect.objectContaining({
      name: "MODE",
      source: "configMap",
      value: expect.objectContaining({ parts: ["fast"] }),
    }),
  );
});

it("throws where something referred to is missing", () => {
  const spec = { containers: [{ ...container, envFrom: [{ configMapRef: { name: "settings" } }] }] };
  expect(() => resolvedPodOf(spec)).toThrow(/settings/);
});
