import type { PodSpec } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { shell } from "../test-support.ts";
import { host, resolveSpec } from "../testdata/translated.ts";
import { localTranslator } from "./translate-pod.ts";

describe("storage", () => {
  it("limits of local storage are the containers' own and the pod's, with what the kubelet says of each", () => {
    const resources = (limit: string) => ({ resources: { limits: { "ephemeral-storage": limit } } });
    const spec = {
      initContainers: [{ ...shell("first", "true"), ...resources("3Gi") }],
      containers: [
        { ...shell("main", "true"), ...resources("1Gi") },
        { ...shell("side", "true"), ...resources("512Mi") },
      ],
    } as PodSpec;
    const { requests, report } = localTranslator.translate(resolveSpec(spec), host);
    expect(requests?.storage).toEqual({
      bytes: 3 * 2 ** 30,
      eviction: "Pod ephemeral local storage usage exceeds the total limit of containers 3Gi. ",
    });
    expect(requests?.containers.map(({ storage }) => storage)).toEqual([
      undefined,
      { bytes: 2 ** 30, eviction: 'Container main exceeded its local ephemeral storage limit "1Gi". ' },
      { bytes: 2 ** 29, eviction: 'Container side exceeded its local ephemeral storage limit "512Mi". ' },
    ]);
    const entries = report.entries.filter(({ path }) => path.includes("ephemeral-storage"));
    expect(new Set(entries.map(({ disposition }) => disposition))).toEqual(new Set(["exact"]));
    const critical = { ...spec, priority: 2_000_000_000 } as PodSpec;
    expect(localTranslator.translate(resolveSpec(critical), host).requests?.storage).toEqual({
      bytes: 3 * 2 ** 30,
    });
  });
});
