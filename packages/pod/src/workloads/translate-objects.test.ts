import { describe, expect, it } from "vitest";
import { commonSupport, defineTranslator } from "../index.ts";
import { translateObjects } from "./translate-objects.ts";

const translator = defineTranslator<{ readonly prefix: string }, object>({
  backend: "toy",
  support: () => [
    ...commonSupport,
    { path: "spec", disposition: "exact", reason: "" },
    { path: "spec.hostNetwork", disposition: "reject", reason: "no network" },
  ],
  map: (pod, { prefix }) => ({
    name: prefix + pod.ref.name,
    uid: pod.ref.uid,
    env: pod.containers[0]?.env.slice(1).map(({ name, value }) => `${name}=${value.parts.join("")}`),
  }),
  operations: (input) => [{ operation: "Run", input }],
});
const options = { prefix: "x-" };

const pod = (name: string, fields: object = {}, namespace?: string) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, ...(namespace && { namespace }) },
  spec: {
    containers: [{ name: "c", image: "i", envFrom: [{ configMapRef: { name: "settings" } }] }],
    ...fields,
  },
});
const settings = (mode: string, namespace?: string) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "settings", ...(namespace && { namespace }) },
  data: { MODE: mode },
});
const list = (...items: object[]) => ({ apiVersion: "v1", kind: "List", items });

describe("translateObjects", () => {
  it("resolves each workload with the objects of its own namespace, also those within lists", () => {
    const objects = [pod("a"), list(pod("b", {}, "shop"), list(settings("fast", "shop"))), settings("slow")];
    const { documents, skipped } = translateObjects(translator, objects, options);
    expect(skipped).toEqual([]);
    expect(documents.map(({ source }) => source)).toEqual([
      { kind: "Pod", namespace: "default", name: "a" },
      { kind: "Pod", namespace: "shop", name: "b" },
    ]);
    expect(documents.map(({ requests }) => requests)).toEqual([
      [{ operation: "Run", input: expect.objectContaining({ name: "x-a", env: ["MODE=slow"] }) }],
      [{ operation: "Run", input: expect.objectContaining({ name: "x-b", env: ["MODE=fast"] }) }],
    ]);
  });

  it("gives pods a uid that stays, and none where there is one", () => {
    const [first, second] = [1, 2].map(
      () => translateObjects(translator, [pod("a"), settings("x")], options).documents,
    );
    expect(first).toEqual(second);
    expect(first?.[0]?.requests[0]?.input).toMatchObject({
      uid: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/),
    });
    const own = { ...pod("a"), metadata: { name: "a", uid: "own" } };
    const { documents } = translateObjects(translator, [own, settings("x")], options);
    expect(documents[0]?.requests[0]?.input).toMatchObject({ uid: "own" });
  });

  it("rejects what is missing, unless a stand-in takes its place", () => {
    const { documents } = translateObjects(translator, [pod("a")], options);
    expect(documents[0]).toMatchObject({ requests: [] });
    expect(documents[0]?.report.entries.at(-1)?.reason).toContain("settings");
    const standIn = translateObjects(translator, [pod("a", { hostNetwork: false })], options, {
      inputsOf: ({ pod: { metadata } }, inputs) => ({
        ...inputs,
        configMap: (name) => inputs.configMap(name) ?? { data: { MODE: `of ${metadata?.name}` } },
      }),
    });
    expect(standIn.documents[0]?.requests[0]?.input).toMatchObject({ env: ["MODE=of a"] });
  });

  it("names objects that make no pods, but not those that pods refer to", () => {
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" } };
    const service = { apiVersion: "v1", kind: "Service", metadata: { name: "s" } };
    const ingress = { apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata: { name: "in" } };
    const { skipped } = translateObjects(
      translator,
      [settings("x"), secret, service, ingress, list()],
      options,
    );
    expect(skipped).toMatchObject([{ kind: "Ingress", name: "in" }]);
  });
});
