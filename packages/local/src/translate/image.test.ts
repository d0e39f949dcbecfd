import type { PodSpec } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { host, resolveSpec } from "../testdata/translated.ts";
import type { LocalHost } from "./process-plan.ts";
import { localTranslator } from "./translate-pod.ts";

describe("images", () => {
  const dispositionsOf = (spec: PodSpec, on: LocalHost): readonly string[] =>
    localTranslator
      .translate(resolveSpec(spec), on)
      .report.entries.flatMap(({ path, disposition }) => (/security/.test(path) ? [disposition] : []));

  it("an image that is a directory is the container's root, or rejected by path with the way out", () => {
    const images = {
      app: { root: "/srv/app", command: ["app"], workingDir: "/w", user: "7:8", env: { A: "image", B: "b" } },
    };
    const spec = { containers: [{ name: "main", image: "app:1", env: [{ name: "A", value: "pod" }] }] };
    const on = {
      ...host,
      images,
      uid: 0,
      users: "any",
      resolver: { servers: ["192.0.2.1"], searches: [], options: [] },
    } as const;
    const [planned] = localTranslator.translate(resolveSpec(spec), on).requests?.containers ?? [];
    expect(planned).toMatchObject({
      argv: ["app"],
      root: { path: "/srv/app", readOnly: false, privileged: false },
      workingDir: "/w",
      security: { imageUser: "7:8" },
      hosts: { names: [], aliases: [] },
      resolver: { servers: ["192.0.2.1"] },
    });
    const variables = planned?.environment.map(({ name, value }) => `${name}=${value}`);
    expect(variables).toEqual(["HOSTNAME=p", "A=pod", expect.stringMatching(/^PATH=/), "B=b"]);
    const message = (where: LocalHost) =>
      localTranslator
        .translate(resolveSpec(spec), where)
        .report.entries.filter(({ disposition }) => disposition === "reject")
        .map(({ path, reason }) => `${path} ${reason}`);
    expect(message({ ...on, mounts: "reject" })).toEqual([
      expect.stringMatching(/^spec.containers\[0\].image .*run the kubelet as root on Linux/),
    ]);
    expect(message({ ...on, rootRefusal: "no overlay; do this" })).toEqual([
      "spec.containers[0].image cannot have /srv/app as its root: no overlay; do this",
    ]);
    expect(message({ ...on, users: "own" })).toEqual([
      expect.stringMatching(/^spec.containers\[0\].image is to run as user 7:8/),
    ]);
  });

  it("U6: an image's user counts for runAsNonRoot, and its root for a root that is read-only", () => {
    const images = {
      app: { root: "/srv/app", command: ["app"], user: "7" },
      named: { command: ["x"], user: "web" },
    };
    const securityContext = { runAsNonRoot: true, readOnlyRootFilesystem: true };
    const on = { ...host, images, uid: 0, users: "any" } as const;
    const of = (image: string) => ({ containers: [{ name: "main", image, securityContext }] }) as PodSpec;
    expect(dispositionsOf(of("app"), on)).toEqual(["exact", "exact"]);
    expect([...dispositionsOf(of("named"), on)].sort()).toEqual(["approx", "reject"]);
  });
});
