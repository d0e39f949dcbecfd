import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkObject } from "./check-object.ts";
import { podWith } from "./pod-with.ts";
import { schemaPaths } from "./schema-paths.ts";

const container = { name: "a", image: "i" };
const rule = { maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "" };
const podOf = (spec: Record<string, unknown>) => ({ spec: { containers: [container], ...spec } });
const messages = (value: unknown, type: Parameters<typeof checkObject>[1] = "Pod") =>
  checkObject(value, type).map(({ path, message }) => `${path} ${message}`);

describe("checkObject", () => {
  it("finds nothing wrong with any sample pod", () => {
    for (const { path } of schemaPaths()) {
      expect(checkObject(podWith(path), "Pod", "", { unknownFields: true }), path).toEqual([]);
    }
  });

  it("names everything that is wrong at once, in the order of the object", () => {
    const spec = {
      hostNetwork: "true",
      terminationGracePeriodSeconds: "30",
      containers: [
        {
          image: 7,
          args: "-v",
          ports: [{ containerPort: 3_000_000_000 }, { containerPort: 80.5 }],
          imagePullPolicy: "IfNotPresnt",
          resources: { limits: { memory: "512MB", cpu: true }, requests: ["cpu"] },
        },
      ],
    };
    expect(messages({ spec })).toEqual([
      "spec.hostNetwork must be true or false, not a string; leave out the quotes",
      "spec.terminationGracePeriodSeconds must be an integer, not a string; leave out the quotes",
      "spec.containers[0].image must be a string, not a number; put it in quotes",
      "spec.containers[0].args must be a list, not a string",
      "spec.containers[0].ports[0].containerPort is out of range: a 32 bit integer is wanted",
      "spec.containers[0].ports[1].containerPort must be an integer, without a fraction",
      "spec.containers[0].imagePullPolicy is not known; did you mean IfNotPresent?",
      "spec.containers[0].resources.limits.memory is no quantity; did you mean 512M?",
      "spec.containers[0].resources.limits.cpu must be a quantity, not a boolean",
      "spec.containers[0].resources.requests must be an object, not a list",
      "spec.containers[0].name is required and missing",
    ]);
  });

  it("Q1: takes quantities as texts and numbers, and hints at the unit that was meant", () => {
    const limits = (cpu: unknown) =>
      messages(podOf({ containers: [{ name: "a", resources: { limits: { cpu } } }] }))[0];
    for (const good of ["500m", "1.5", 2, 0.1, "1e3", " 1Gi "]) expect(limits(good)).toBeUndefined();
    expect(limits("1 Gi")).toMatch(/did you mean 1Gi\?$/);
    expect(limits("1.5GiB")).toMatch(/did you mean 1\.5Gi\?$/);
    expect(limits("much")).toMatch(/write a number with a unit such as 500m, 128Mi or 1Gi$/);
    expect(limits(Number.NaN)).toMatch(/is no quantity/);
  });

  it("reads integers or names, times and base64 as the API server does", () => {
    const port = (value: unknown) =>
      messages(podOf({ containers: [{ name: "a", livenessProbe: { tcpSocket: { port: value } } }] }));
    expect(
      [port(80), port("http"), port(80.5), port(2 ** 31), port(true)].map(({ length }) => length),
    ).toEqual([0, 0, 1, 1, 1]);
    const born = (creationTimestamp: unknown) => messages({ creationTimestamp }, "ObjectMeta");
    for (const good of ["2026-02-28T23:59:59Z", "2024-02-29t00:00:00.25+02:00", null]) {
      expect(born(good)).toEqual([]);
    }
    for (const bad of ["2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01", "", 7]) {
      expect(born(bad)).toHaveLength(1);
    }
    const data = { good: "YQ==", broken: "YW\nJj", unpadded: "YQ", odd: "Y*==" };
    expect(messages({ data }, "Secret")).toEqual(["data.unpadded is no base64", "data.odd is no base64"]);
  });

  it("counts null as unset, among objects as one without fields", () => {
    const spec = { containers: [container, null], nodeSelector: { a: null }, volumes: null, priority: null };
    expect(messages({ metadata: null, spec })).toEqual(["spec.containers[1].name is required and missing"]);
    expect(messages(podOf({ containers: null }))).toEqual(["spec.containers is required and missing"]);
    expect(messages({ metadata: {} })).toEqual(["spec is required and missing"]);
  });

  it("takes an empty text as unset where the known texts are few", () => {
    const spec = {
      dnsPolicy: "",
      tolerations: [{ key: "k", operator: "" }],
      topologySpreadConstraints: [rule],
    };
    expect(messages(podOf(spec))).toEqual([
      "spec.topologySpreadConstraints[0].whenUnsatisfiable is required and missing",
    ]);
  });

  it("leaves unknown fields to the audit unless it is asked", () => {
    const value = { ...podOf({ hostNetwrk: true }), status: { phase: "Running" } };
    expect(checkObject(value, "Pod")).toEqual([]);
    expect(checkObject(value, "Pod", "", { unknownFields: true })).toEqual([
      { path: "spec.hostNetwrk", message: "unknown field; did you mean hostNetwork?" },
    ]);
  });

  it("checks parts by their place, and objects by their kind", () => {
    expect(checkObject({ name: 1 }, "Container", "spec.containers[3]")[0]?.path).toBe(
      "spec.containers[3].name",
    );
    expect(messages({ apiVersion: "v1", kind: "Deployment", ...podOf({}) })).toEqual([
      "kind must be Pod for a Pod",
    ]);
    const job = { spec: { template: { spec: { containers: [{ name: 1 }] } } } };
    expect(messages(job, "Job")[0]).toMatch(/^spec\.template\.spec\.containers\[0\]\.name must be a string/);
  });

  it("checks each item of a List by its own kind", () => {
    const items = [
      { kind: "Pod", spec: { containers: [{ name: 1 }] } },
      { kind: "Secret", apiVersion: "v1", data: { a: "?" } },
      { kind: "Ingress", anything: { goes: [1, null, {}] } },
      { kind: "List", items: [] },
      { spec: {} },
      "text",
    ];
    expect(messages({ apiVersion: "v1", kind: "List", items }, "List")).toEqual([
      "items[0].spec.containers[0].name must be a string, not a number; put it in quotes",
      "items[1].data.a is no base64",
      "items[3] is a List itself; put its items into the outer one",
      "items[4].kind is required and missing",
      "items[5] must be an object, not a string",
    ]);
  });

  it("shows no value, which may be secret", () => {
    const token = "c2VjcmV0!";
    const value = { data: { token }, type: 7, stringData: { token: [token] }, immutable: token };
    expect(messages(value, "Secret")).toHaveLength(4);
    expect(messages(value, "Secret").join()).not.toContain(token);
  });
});

describe("hostile input", () => {
  it("names keys that pollute prototypes, wherever they stand, and assigns none", () => {
    const text =
      '{"__proto__":{"polluted":1},"metadata":{"labels":{"constructor":"x"}},' +
      '"spec":{"containers":[{"name":"a","prototype":{}}],"unknown":[{"__proto__":1}]}}';
    expect(messages(JSON.parse(text))).toEqual([
      "__proto__ __proto__ is no name for a field; remove it",
      "metadata.labels.constructor constructor is no name for a field; remove it",
      "spec.containers[0].prototype prototype is no name for a field; remove it",
      "spec.unknown[0].__proto__ __proto__ is no name for a field; remove it",
    ]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("takes plain data alone: no classes, no computed properties, no functions", () => {
    class Labels {}
    const computed = Object.defineProperty({}, "a", {
      enumerable: true,
      get: () => {
        throw new Error("touched");
      },
    });
    const value = { metadata: { labels: new Labels(), annotations: computed, extra: () => 1 }, ...podOf({}) };
    expect(messages({ ...value, when: new Date(0), big: 1n })).toEqual([
      "metadata.labels is an instance of a class; plain data is wanted",
      "metadata.annotations.a is computed by code; plain data is wanted",
      "metadata.extra must be an object, not a function",
      "when is an instance of a class; plain data is wanted",
      "big must be an object, not a bigint",
    ]);
    const bare = Object.assign(Object.create(null), podOf({}));
    expect(checkObject(bare, "Pod")).toEqual([]);
  });

  it("ends on cycles, also branching ones, and on anything nested without end", () => {
    const loop: Record<string, unknown> = {};
    loop["a"] = loop;
    loop["b"] = [loop];
    expect(messages({ ...podOf({}), loop })).toEqual([
      "loop.a refers back to an object that holds it",
      "loop.b[0] refers back to an object that holds it",
    ]);
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = level % 2 === 0 ? [deep] : { deep };
    expect(messages({ ...podOf({}), deep })[0]).toMatch(/is nested more than 64 levels deep$/);
    expect(messages(podOf({ hostname: deep }))).toEqual(["spec.hostname must be a string, not an object"]);
    // Every level twice the one below: 2^40 values, were they all looked at.
    let doubled: unknown = "x";
    for (let level = 0; level < 40; level++) doubled = [doubled, doubled];
    expect(messages({ ...podOf({}), doubled }).at(-1)).toMatch(/holds more than 2000000 values/);
  });

  it("names a hundred issues and counts the others", () => {
    const issues = messages(podOf({ imagePullSecrets: new Array(50_000).fill(7) }));
    expect(issues).toHaveLength(101);
    expect(issues.at(-1)).toBe(" and 49900 more");
    const sparse: unknown[] = [];
    sparse.length = 4_000_000_000;
    expect(messages(podOf({ volumes: sparse })).at(-1)).toMatch(/more$/);
  });

  it("cuts endless keys", () => {
    const [issue] = checkObject({ labels: { ["k".repeat(1_000_000)]: 7 } }, "ObjectMeta");
    expect(issue?.path.length).toBeLessThan(400);
  });

  it("survives objects that refuse to be looked at", () => {
    const refuse = () => {
      throw { toString: refuse };
    };
    const proxy = new Proxy({}, { ownKeys: refuse, getPrototypeOf: refuse, get: refuse });
    expect(messages(proxy)).toEqual([" cannot be read: it is an object that refuses to be looked at"]);
    for (const value of [undefined, null, 7, "text", [], Symbol("s"), () => 1]) {
      expect(checkObject(value, "Pod"), String(value)).toHaveLength(1);
    }
  });

  it("for any value: returns, names a hundred at most, and the same again", () => {
    const anything = fc.anything({
      maxDepth: 6,
      withNullPrototype: true,
      withDate: true,
      withMap: true,
      withSparseArray: true,
      withBigInt: true,
    });
    const property = fc.property(
      anything,
      fc.constantFrom("Pod", "List", "Secret", "CronJob"),
      (value, type) => {
        const issues = checkObject(value, type);
        expect(issues.length).toBeLessThanOrEqual(101);
        expect(checkObject(value, type)).toEqual(issues);
      },
    );
    fc.assert(property, { seed: 20, numRuns: 500 });
  });

  it("for any field of any sample pod: a value of a wrong kind is an issue at its path", () => {
    const fields = schemaPaths().filter(({ type }) => type.kind !== "any");
    const property = fc.property(
      fc.constantFrom(...fields),
      fc.constantFrom(...wrongValues),
      (field, wrong) => {
        const pod = structuredClone(podWith(field.path));
        const place = replaced(pod, field.path, wrong);
        expect(checkObject(pod, "Pod").map(({ path }) => path)).toContain(place);
      },
    );
    fc.assert(property, { seed: 21, numRuns: 1000 });
  });
});

/** Values that no field of a pod takes. */
const wrongValues = [Symbol.iterator, new Date(0), () => 1, 1n];

/** Puts `value` at the last place that `path` has in `pod`, and gives that place. */
function replaced(pod: unknown, path: string, value: unknown): string {
  const steps = path.match(/[^.[\]{}]+|\[\]|\{\}/g) ?? [];
  let owner = pod as Record<string, unknown>;
  let place = "";
  for (const [index, step] of steps.entries()) {
    const key = step === "[]" || step === "{}" ? (Object.keys(owner).at(-1) ?? "") : step;
    if (step === "[]") place += `[${key}]`;
    else place += /^[\w-]+$/.test(key) ? `${place === "" ? "" : "."}${key}` : `[${JSON.stringify(key)}]`;
    if (index === steps.length - 1) owner[key] = value;
    owner = owner[key] as Record<string, unknown>;
  }
  return place;
}
