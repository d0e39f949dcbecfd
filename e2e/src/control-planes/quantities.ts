import { describe, expect, it } from "vitest";
import { type AnyObject, pathOf } from "./api-client.ts";
import { type Bench, type Space, template } from "./bench.ts";
import { expectRecorded } from "./recorded.ts";

const numbers = [
  ...["0", "1", "7", "8", "10", "16", "100", "999", "1000", "1023", "1024", "1025", "4096", "010"],
  ...["65536", "1048576", "123456789", "1234567890123456789", "99999999999999999999"],
  ...["0.1", "0.5", "1.5", "2.50", "1.000", "1.", ".5", "0.001", "0.0001", "12.345", "3.0000000001"],
];
const suffixes = [
  ...["", "n", "u", "m", "k", "M", "G", "T", "P", "E"],
  ...["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"],
  ...["e0", "e1", "e2", "e3", "E4", "e-3", "e-5", "e+6", "e-10"],
];
const signed = ["+1", "-1", "-0", "-1024Mi", "-1.5", "-0.0001", "+0.5Ki", " 1 ", "1Gi ", "+", "-"];
const written = [...numbers.flatMap((number) => suffixes.map((suffix) => number + suffix)), ...signed];

const wrong = ["", "abc", "1 Gi", "1K", "1g", "1e", "1ee3", "0x1", "1.2.3", "--1", "1Kii", "1,5"];

/** Objects with quantities in all kinds of places, by resource; a dry run shows how they are read back. */
function objectsWithQuantities(space: Space): readonly (readonly [string, AnyObject])[] {
  const amounts = { cpu: "1000m", memory: "4096Mi", "example.com/x": "1000" };
  const resources = { requests: { ...amounts, "ephemeral-storage": "0.5Gi" }, limits: amounts };
  const divisor = { containerName: "c", resource: "limits.memory", divisor: "1024Ki" };
  const claim = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "2048Mi" } } };
  const pod = template({
    containers: [
      { name: "c", image: "x", resources, env: [{ name: "A", valueFrom: { resourceFieldRef: divisor } }] },
    ],
    initContainers: [{ name: "i", image: "x", resources: { requests: { cpu: "0.0001" } } }],
    volumes: [
      { name: "e", emptyDir: { sizeLimit: "1024Mi" } },
      { name: "c", ephemeral: { volumeClaimTemplate: { spec: claim } } },
      { name: "d", downwardAPI: { items: [{ path: "p", resourceFieldRef: divisor }] } },
    ],
  });
  const once = { ...pod, spec: { ...pod.spec, restartPolicy: "Never" } };
  const metadata = { name: "q" };
  const selector = { matchLabels: { app: "case" } };
  const capacity = { storage: "10240Mi" };
  const hostPath = { path: "/x" };
  return [
    [space.path("pods"), { ...pod, metadata }],
    [space.path("podtemplates"), { metadata, template: pod }],
    [space.path("replicationcontrollers"), { metadata, spec: { template: pod } }],
    [space.path("deployments"), { metadata, spec: { selector, template: pod } }],
    [
      space.path("statefulsets"),
      {
        metadata,
        spec: {
          selector,
          serviceName: "s",
          template: pod,
          volumeClaimTemplates: [{ metadata: { name: "v" }, spec: claim }],
        },
      },
    ],
    [space.path("jobs"), { metadata, spec: { template: once } }],
    [
      space.path("cronjobs"),
      { metadata, spec: { schedule: "* * * * *", jobTemplate: { spec: { template: once } } } },
    ],
    [space.path("persistentvolumeclaims"), { metadata, spec: claim }],
    [pathOf("persistentvolumes"), { metadata, spec: { capacity, accessModes: ["ReadWriteOnce"], hostPath } }],
    [space.path("resourcequotas"), { metadata, spec: { hard: amounts } }],
    [
      space.path("limitranges"),
      {
        metadata,
        spec: {
          limits: [{ type: "Container", max: amounts, min: { cpu: "0.5" }, default: amounts }],
        },
      },
    ],
    [pathOf("nodes"), { metadata, status: { capacity: amounts, allocatable: { memory: "0.5Mi" } } }],
    [
      pathOf("runtimeclasses"),
      { metadata, handler: "h", overhead: { podFixed: { cpu: "0.0001", memory: "1024Mi" } } },
    ],
    [
      space.path("csistoragecapacities"),
      { metadata, storageClassName: "s", capacity: "1000m", maximumVolumeSize: "1024Mi" },
    ],
  ];
}

/** Every quantity of an object by its path, where the name says that it may be one. */
function quantitiesOf(value: AnyObject, path = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((entry, index) => quantitiesOf(entry, `${path}[${index}]`));
  if (value !== null && typeof value === "object")
    return Object.keys(value)
      .sort()
      .filter((key) => key !== "metadata" && key !== "matchLabels")
      .flatMap((key) => quantitiesOf(value[key], `${path}.${key}`));
  return /^[-+.0-9][-+.0-9A-Za-z]*$/.test(String(value)) ? [`${path}=${value}`] : [];
}

/** How quantities are read back. */
export function describeQuantities(open: () => Bench): void {
  describe.concurrent("quantities", () => {
    it("are read back in their canonical form", async () => {
      const space = await open().namespace();
      const names = written.map((_value, index) => `example.com/q${index}`);
      const max = Object.fromEntries(names.map((name, index) => [name, written[index]]));
      const made = await space.api.post(`${space.path("limitranges")}?dryRun=All`, {
        metadata: { name: "q" },
        spec: { limits: [{ type: "Container", max }] },
      });
      const list = made.spec.limits[0].max;
      const positive = written.filter((value) => !value.startsWith("-"));
      const pod = await space.api.post(`${space.path("pods")}?dryRun=All`, {
        metadata: { name: "q" },
        spec: template({
          volumes: positive.map((sizeLimit, index) => ({ name: `e${index}`, emptyDir: { sizeLimit } })),
        }).spec,
      });
      const volumes: AnyObject[] = pod.spec.volumes;
      await expectRecorded(space, "quantities", {
        amounts: Object.fromEntries(written.map((value, index) => [value, list[names[index] ?? ""]])),
        others: Object.fromEntries(
          positive.map((value, index) => [value, volumes[index].emptyDir.sizeLimit]),
        ),
      });
    });

    it("take that form wherever they stand", async () => {
      const space = await open().namespace();
      const facts: AnyObject = {};
      for (const [path, object] of objectsWithQuantities(space)) {
        const made = await space.api.post(`${path}?dryRun=All`, object);
        facts[made.kind] = quantitiesOf(made);
      }
      await expectRecorded(space, "quantity-fields", facts);
    });

    it("take that form in patches too, so that the same amount is no change", async () => {
      const space = await open().namespace();
      const quota = { metadata: { name: "q" }, spec: { hard: { cpu: "1", memory: "4Gi" } } };
      const before = await space.create("resourcequotas", quota);
      const status = await space.until("resourcequotas", "q", (object) => object.status.used !== undefined);
      const same = await space.patch("resourcequotas", "q", {
        spec: { hard: { cpu: "1000m", memory: "4096Mi" } },
      });
      expect(same.spec).toEqual(before.spec);
      expect(same.metadata.resourceVersion).toBe(status.metadata.resourceVersion);
      const other = await space.patch("resourcequotas", "q", { spec: { hard: { cpu: "1.5" } } });
      expect(other.spec.hard).toEqual({ cpu: "1500m", memory: "4Gi" });
    });

    it("are refused where they are none", async () => {
      const space = await open().namespace();
      const facts: AnyObject = {};
      for (const value of wrong) {
        const { code, body } = await space.api.call("POST", space.path("limitranges"), {
          metadata: { name: "q" },
          spec: { limits: [{ type: "Container", max: { cpu: value } }] },
        });
        facts[value] = `${code} ${body.message}`;
      }
      await expectRecorded(space, "quantity-refusals", facts);
    });
  });
}
