import type { Pod, PodSpec } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { commonSupport, type SupportTable } from "../audit/support-table.ts";
import { resolvePod } from "../resolve/resolve-pod.ts";
import { inputsOf } from "../testdata/resolve-fixture.ts";
import { acceptTranslation } from "./accept-translation.ts";
import { acceptAnnotation } from "./accepted-fields.ts";
import { translateManifest } from "./translate-manifest.ts";
import { defineTranslator } from "./translator.ts";

interface Options {
  readonly largestPort: number;
}

const support: SupportTable = [
  ...commonSupport,
  { path: "spec.containers[].name", disposition: "exact", reason: "" },
  { path: "spec.containers[].image", disposition: "exact", reason: "" },
  { path: "spec.containers[].ports", disposition: "exact", reason: "" },
  { path: "spec.containers[].env", disposition: "exact", reason: "" },
  { path: "spec.containers[].resources", disposition: "exact", reason: "" },
  {
    path: "spec.containers[].readinessProbe",
    disposition: "reject",
    reason: "no probes",
    accepted: "ready as soon as it runs",
  },
  { path: "spec.containers[].tty", disposition: "reject", reason: "no terminal" },
];

const translator = defineTranslator<Options, readonly string[]>({
  backend: "toy",
  support: () => support,
  map(pod, { largestPort }, account) {
    for (const [index, { ports = [] }] of (pod.pod.spec?.containers ?? []).entries()) {
      const port = ports.findIndex(({ containerPort }) => containerPort > largestPort);
      if (port >= 0) {
        account.reject(`spec.containers[${index}].ports[${port}].containerPort`, "too large", "not opened");
      }
    }
    if (pod.containers.length > 1) account.approximate("spec.containers", "one after the other");
    return pod.containers.map(({ image }) => image);
  },
  operations: (images) => images.map((input) => ({ operation: "Run", input })),
});

const pod = (fields: object, accept?: string): Pod => ({
  metadata: {
    name: "p",
    namespace: "n",
    uid: "u",
    ...(accept === undefined ? {} : { annotations: { [acceptAnnotation]: accept } }),
  },
  spec: { containers: [{ name: "a", image: "i", ...fields }] } as PodSpec,
});

const translate = (fields: object, accept?: string) =>
  translateManifest(translator, pod(fields, accept), inputsOf(), { largestPort: 100 });

const entriesOf = (translation: ReturnType<typeof translate>, ...dispositions: string[]) =>
  translation.report.entries.filter(({ disposition }) => dispositions.includes(disposition));

const probe = { readinessProbe: { exec: { command: ["true"] } } };
const highPort = { ports: [{ containerPort: 200 }] };

describe("a translator", () => {
  it("gives requests and calls for a pod that it can run", () => {
    const { requests = [], report } = translate({});
    expect(requests).toEqual(["i"]);
    expect(translator.operations(requests)).toEqual([{ operation: "Run", input: "i" }]);
    expect(report.entries.every(({ disposition }) => disposition === "exact")).toBe(true);
  });

  it("names at once what the table rejects and what the mapping rejects, and gives no requests", () => {
    const translation = translate({ ...probe, ...highPort });
    expect(translation.requests).toBeUndefined();
    expect(entriesOf(translation, "reject").map(({ path }) => path)).toEqual([
      "spec.containers[0].readinessProbe",
      "spec.containers[0].ports[0].containerPort",
    ]);
  });

  it("keeps what the mapping approximates", () => {
    const spec = { containers: ["a", "b"].map((name) => ({ name, image: name })) };
    const outcome = resolvePod({ metadata: { name: "p", uid: "u" }, spec }, inputsOf());
    if (outcome.type !== "resolved") throw new Error("waits");
    const { report } = translator.translate(outcome.pod, { largestPort: 1 });
    expect(report.entries.at(-1)).toEqual({
      path: "spec.containers",
      disposition: "approx",
      reason: "one after the other",
    });
  });

  it("fails when a mapping returns nothing and says nothing", () => {
    const silent = defineTranslator<Options, string>({
      backend: "silent",
      support: () => support,
      map: () => undefined,
      operations: () => [],
    });
    expect(() => translateManifest(silent, pod({}), inputsOf(), { largestPort: 1 })).toThrow(
      "translation to silent failed: neither requests nor a rejection",
    );
  });

  it("A6: rejects an image whose name is none, unless it says that no images run", () => {
    const odd = pod({ image: "Not An Image" });
    const options = { largestPort: 1 };
    const { report } = translateManifest(translator, odd, inputsOf(), options);
    expect(report.entries.filter(({ disposition }) => disposition === "reject")).toEqual([
      expect.objectContaining({
        path: "spec.containers[0].image",
        reason: expect.stringContaining("couldn't parse"),
      }),
    ]);
    const without = { ...translator, runsImages: () => false };
    expect(translateManifest(without, odd, inputsOf(), options).requests).toEqual(["Not An Image"]);
  });

  it("asks for the table once for each options object", () => {
    let asked = 0;
    const counting = defineTranslator<Options, string>({
      backend: "counting",
      support: () => {
        asked += 1;
        return support;
      },
      map: () => "ok",
      operations: () => [],
    });
    const options = { largestPort: 1 };
    translateManifest(counting, pod({}), inputsOf(), options);
    translateManifest(counting, pod({}), inputsOf(), options);
    expect(asked).toBe(1);
  });
});

describe("approximations that a pod accepts", () => {
  it.each([
    "spec.containers[0].readinessProbe",
    "spec.containers[].readinessProbe",
    "spec.containers[0]",
    "spec.volumes, spec.containers[].readinessProbe",
  ])("%s lets the weaker result of the table through", (accept) => {
    const translation = translate(probe, accept);
    expect(translation.requests).toEqual(["i"]);
    expect(entriesOf(translation, "approx")).toEqual([
      {
        path: "spec.containers[0].readinessProbe",
        disposition: "approx",
        reason: "accepted by the pod: ready as soon as it runs",
      },
    ]);
  });

  it("lets the weaker result of the mapping through", () => {
    const translation = translate(highPort, "spec.containers[].ports");
    expect(translation.requests).toEqual(["i"]);
    expect(entriesOf(translation, "approx")).toEqual([
      {
        path: "spec.containers[0].ports[0].containerPort",
        disposition: "approx",
        reason: "accepted by the pod: not opened",
      },
    ]);
  });

  it.each(["spec.containers[1].readinessProbe", "spec.containers[0].readiness", "spec.initContainers"])(
    "%s names something else, so that the rejection stands",
    (accept) => {
      expect(entriesOf(translate(probe, accept), "reject")).toHaveLength(1);
    },
  );

  it("cannot be accepted where there is no weaker result", () => {
    const translation = translate({ tty: true }, "spec.containers[0].tty");
    expect(entriesOf(translation, "reject")).toEqual([
      { path: "spec.containers[0].tty", disposition: "reject", reason: "no terminal" },
    ]);
  });

  it("are rejected by name when they are no paths", () => {
    expect(entriesOf(translate({}, "readinessProbe spec.a..b"), "reject")).toEqual([
      {
        path: `metadata.annotations["${acceptAnnotation}"]`,
        disposition: "reject",
        reason: expect.stringMatching(/"readinessProbe" is no path.*"spec\.a\.\.b" is no path/),
      },
    ]);
  });
});

describe("a manifest", () => {
  it("that waits for an object in a cluster is rejected at the place that refers to it", () => {
    const env = [{ name: "A", valueFrom: { configMapKeyRef: { name: "absent", key: "k" } } }];
    expect(entriesOf(translate({ env }), "reject")).toEqual([
      expect.objectContaining({ path: "spec.containers[0]", reason: 'configmap "absent" not found' }),
    ]);
  });

  it("that can never be resolved is rejected by path, beside what the table says", () => {
    const translation = translate({ tty: true, resources: { limits: { cpu: "1x" } } });
    expect(entriesOf(translation, "reject").map(({ path }) => path)).toEqual([
      "spec.containers[0].tty",
      expect.stringContaining("spec.containers[0].resources.limits.cpu"),
    ]);
  });
});

describe("accepting a translation", () => {
  const told: unknown[] = [];
  const context = { notify: (notice: unknown) => told.push(notice) };

  it("gives the requests, and tells what is approximated", () => {
    const requests = acceptTranslation(translate(probe, "spec.containers"), "toy", context);
    expect(requests).toEqual(["i"]);
    expect(told).toMatchObject([{ reason: "FieldsApproximated", type: "Normal" }]);
  });

  it("throws the rejection", () => {
    expect(() => acceptTranslation(translate(probe), "toy", context)).toThrow(
      "backend toy cannot run this pod: spec.containers[0].readinessProbe: no probes",
    );
  });
});
