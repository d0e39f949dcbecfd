import type { Pod } from "@vkubelet/core";
import { expect, it } from "vitest";
import { translateToFargate } from "./translate-to-fargate.ts";

function pod(fields: object = {}): Pod {
  const container = {
    name: "main",
    image: "nginx:1",
    command: ["nginx"],
    resources: { requests: { cpu: "500m", memory: "600Mi" } },
  };
  return {
    metadata: { name: "web", namespace: "default", uid: "0b8c5a0e-6d0c-4a53-9b1c-5f0a3f7f2a01" },
    spec: { restartPolicy: "Never", containers: [container], ...fields },
  };
}

it("rounds the requests up to a size of Fargate", () => {
  const definition = translateToFargate(pod()).requests?.registerTaskDefinition;
  expect(definition).toMatchObject({ cpu: "512", memory: "1024", networkMode: "awsvpc" });
  expect(definition?.containerDefinitions?.[0]).toMatchObject({ name: "main", image: "nginx:1" });
});

it("names every field that Fargate cannot honour", () => {
  const { requests, report } = translateToFargate(
    pod({ hostNetwork: true, hostAliases: [{ ip: "192.0.2.1" }] }),
  );
  const rejected = report.entries.filter(({ disposition }) => disposition === "reject");
  expect(requests).toBeUndefined();
  expect(rejected.map(({ path }) => path).sort()).toEqual(["spec.hostAliases", "spec.hostNetwork"]);
});
