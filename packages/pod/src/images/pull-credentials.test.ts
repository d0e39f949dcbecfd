import type { Secret } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { base64, outcomeOf, podOf, resolvedOf } from "../testdata/resolve-fixture.ts";

const modern = (config: unknown): Secret => ({
  type: "kubernetes.io/dockerconfigjson",
  data: { ".dockerconfigjson": base64(typeof config === "string" ? config : JSON.stringify(config)) },
});
const pod = (...names: string[]) => podOf({ imagePullSecrets: names.map((name) => ({ name })) });
const credentials = (rawSecrets: Record<string, Secret>) =>
  resolvedOf(pod(...Object.keys(rawSecrets)), { rawSecrets }).pullCredentials;

describe("pull credentials", () => {
  it("U3: dockerconfigjson and dockercfg, auth before separate fields", () => {
    const first = modern({
      auths: {
        "registry.example.com/team": { auth: base64("robot:a:b"), username: "ignored", password: "ignored" },
        "https://index.docker.io/v1/": { username: "me", password: "pw" },
        "empty.example.com": {},
      },
    });
    const second: Secret = {
      type: "kubernetes.io/dockercfg",
      data: {
        ".dockercfg": base64(
          JSON.stringify({ "http://old.example.com/v2/x/": { username: "o", password: "" } }),
        ),
      },
    };
    expect(credentials({ first, second })).toEqual([
      { registry: "registry.example.com/team", username: "robot", password: "a:b" },
      { registry: "index.docker.io", username: "me", password: "pw" },
      { registry: "old.example.com/x/", username: "o", password: "" },
    ]);
  });

  it("U3: missing secrets give one warning, empty names are skipped", () => {
    const spec = podOf({ imagePullSecrets: [{ name: "a" }, { name: "" }, {}, { name: "b" }] });
    expect(outcomeOf(spec)).toMatchObject({
      type: "resolved",
      pod: { pullCredentials: [] },
      warnings: [
        {
          type: "Warning",
          reason: "FailedToRetrieveImagePullSecret",
          message:
            "Unable to retrieve some image pull secrets (a, b); attempting to pull the image may not succeed.",
        },
      ],
    });
  });

  it("U3: what is no docker config gives a warning without its content", () => {
    const wrong: Record<string, Secret> = {
      opaque: { type: "Opaque", data: { ".dockerconfigjson": base64('{"auths":{}}') } },
      text: modern("{hush"),
      list: modern([]),
      noAuths: modern({}),
      badAuth: modern({ auths: { r: { auth: base64("hush") } } }),
      notBase64: modern({ auths: { r: { auth: "hush!" } } }),
      noKey: { type: "kubernetes.io/dockerconfigjson", data: {} },
    };
    for (const [name, secret] of Object.entries(wrong)) {
      const outcome = outcomeOf(pod(name), { rawSecrets: { [name]: secret } });
      if (outcome.type !== "resolved") throw new Error(name);
      expect(outcome.pod.pullCredentials, name).toEqual([]);
      expect(outcome.warnings, name).toHaveLength(1);
      expect(outcome.warnings[0]?.message).toContain(`image pull secret ${name}`);
      expect(JSON.stringify(outcome.warnings)).not.toContain("hush");
    }
  });
});
