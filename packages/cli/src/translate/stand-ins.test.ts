import type { Pod } from "@vkubelet/core";
import { manifestInputs } from "@vkubelet/pod";
import { describe, expect, it } from "vitest";
import { withStandIns } from "./stand-ins.ts";

const pod: Pod = {
  metadata: { name: "p" },
  spec: {
    initContainers: [
      { name: "init", env: [{ name: "A", valueFrom: { secretKeyRef: { name: "keys", key: "api" } } }] },
    ],
    containers: [
      {
        name: "main",
        envFrom: [{ configMapRef: { name: "extra", optional: true } }, { secretRef: { name: "all" } }],
      },
    ],
    imagePullSecrets: [{ name: "registry" }],
    volumes: [
      { name: "a", configMap: { name: "files", items: [{ key: "one", path: "1" }] } },
      { name: "b", configMap: { name: "files", optional: true } },
      { name: "c", secret: { secretName: "keys", items: [{ key: "cert", path: "c" }] } },
      {
        name: "d",
        projected: {
          sources: [
            { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca" }] } },
            { secret: { name: "here" } },
            { serviceAccountToken: { path: "token" } },
          ],
        },
      },
    ],
  },
};
const here = { kind: "Secret", metadata: { name: "here" }, data: { x: "eA==" } };
const { inputs, missing } = withStandIns(pod, manifestInputs([here]));

describe("withStandIns", () => {
  it("has a placeholder for every key that the pod names, and one key where it names none", () => {
    expect(inputs.configMap("files")?.data).toEqual({
      one: "<ConfigMap files: one>",
      placeholder: "<ConfigMap files: placeholder>",
    });
    const secret = Object.entries(inputs.secret("keys")?.data ?? {}).map(([key, text]) => [key, atob(text)]);
    expect(Object.fromEntries(secret)).toEqual({ api: "<Secret keys: api>", cert: "<Secret keys: cert>" });
    expect(inputs.configMap("kube-root-ca.crt")?.data).toEqual({
      "ca.crt": "<ConfigMap kube-root-ca.crt: ca.crt>",
    });
    expect(Object.keys(inputs.secret("all")?.data ?? {})).toEqual(["placeholder"]);
    expect(inputs.token({ volume: "d", path: "token", expirationSeconds: 3600 })?.token).toMatch(/^<token/);
  });

  it("leaves what is there, what is optional throughout, and what only images need", () => {
    expect(inputs.secret("here")).toMatchObject({ data: { x: "eA==" } });
    expect(inputs.configMap("extra")).toBeUndefined();
    expect(inputs.secret("registry")).toBeUndefined();
    expect(inputs.configMap("other")).toBeUndefined();
  });

  it("names what is missing once", () => {
    expect(missing).toEqual([
      { kind: "Secret", name: "keys", standsIn: true },
      { kind: "ConfigMap", name: "extra", standsIn: false },
      { kind: "Secret", name: "all", standsIn: true },
      { kind: "ConfigMap", name: "files", standsIn: true },
      { kind: "ConfigMap", name: "kube-root-ca.crt", standsIn: true },
    ]);
  });
});
