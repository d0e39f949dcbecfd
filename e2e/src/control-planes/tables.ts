import { describe, expect, it } from "vitest";
import { type AnyObject, pathOf } from "./api-client.ts";
import { type Bench, namedPod, type Space, template } from "./bench.ts";
import { expectRecorded } from "./recorded.ts";

const asTable = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
const metadata = { name: "t" };
const selector = { matchLabels: { app: "case" } };
const wide = {
  matchLabels: { b: "2", a: "1" },
  matchExpressions: [
    { key: "c", operator: "In", values: ["x", "y"] },
    { key: "d", operator: "Exists" },
    { key: "e", operator: "DoesNotExist" },
    { key: "f", operator: "NotIn", values: ["z"] },
  ],
};

function hosts(...names: readonly string[]): AnyObject {
  const backend = { service: { name: "s", port: { number: 80 } } };
  return names.map((host) => ({ host, http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }));
}

/** Objects of the kinds that kubectl lists, by their path. */
function objectsOf(space: Space): readonly (readonly [string, AnyObject])[] {
  const claim = {
    accessModes: ["ReadWriteOnce", "ReadOnlyMany"],
    resources: { requests: { storage: "2Gi" } },
  };
  const addresses = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"];
  const owner = { apiVersion: "apps/v1", kind: "DaemonSet", name: "d", uid: "u", controller: true };
  const isDefault = (key: string) => ({ ...metadata, annotations: { [key]: "true" } });
  const volume = { capacity: { storage: "1Gi" }, accessModes: ["ReadWriteMany"], hostPath: { path: "/x" } };
  return [
    [space.path("pods"), namedPod("t")],
    [space.path("configmaps"), { metadata, data: { a: "1" }, binaryData: { b: "YQ==" } }],
    [space.path("secrets"), { metadata, stringData: { a: "1" } }],
    [space.path("serviceaccounts"), { metadata }],
    [space.path("services"), { metadata, spec: { type: "ExternalName", externalName: "example.com" } }],
    [
      space.path("endpoints"),
      {
        metadata,
        subsets: [{ addresses: addresses.map((ip) => ({ ip })), ports: [{ port: 80 }] }],
      },
    ],
    [
      space.path("endpointslices"),
      {
        metadata,
        addressType: "IPv4",
        ports: [{ name: "a", port: 80 }, { name: "b" }],
        endpoints: addresses.map((address) => ({ addresses: [address] })),
      },
    ],
    [space.path("endpointslices"), { metadata, addressType: "IPv4", endpoints: [] }],
    [space.path("ingresses"), { metadata, spec: { rules: hosts("a.com", "b.com", "c.com", "d.com") } }],
    [
      space.path("ingresses"),
      { metadata, spec: { ingressClassName: "c", tls: [{ hosts: ["a.com"] }], rules: hosts("a.com") } },
    ],
    [
      pathOf("ingressclasses"),
      {
        metadata: isDefault("ingressclass.kubernetes.io/is-default-class"),
        spec: { controller: "example.com/c", parameters: { kind: "K", name: "p" } },
      },
    ],
    [space.path("networkpolicies"), { metadata, spec: { podSelector: wide } }],
    [space.path("networkpolicies"), { metadata, spec: { podSelector: {} } }],
    [space.path("persistentvolumeclaims"), { metadata, spec: { ...claim, storageClassName: "fast" } }],
    [pathOf("persistentvolumes"), { metadata, spec: volume }],
    [
      pathOf("storageclasses"),
      {
        metadata: isDefault("storageclass.kubernetes.io/is-default-class"),
        provisioner: "example.com/p",
      },
    ],
    [pathOf("csidrivers"), { metadata: { name: "t.example.com" }, spec: {} }],
    [pathOf("csinodes"), { metadata, spec: { drivers: [{ name: "d", nodeID: "n" }] } }],
    [space.path("csistoragecapacities"), { metadata, storageClassName: "s" }],
    [
      pathOf("volumeattachments"),
      { metadata, spec: { attacher: "a", nodeName: "n", source: { persistentVolumeName: "v" } } },
    ],
    [space.path("limitranges"), { metadata, spec: { limits: [] } }],
    [space.path("poddisruptionbudgets"), { metadata, spec: { selector, maxUnavailable: "50%" } }],
    [space.path("poddisruptionbudgets"), { metadata, spec: { selector, minAvailable: 1 } }],
    [pathOf("priorityclasses"), { metadata, value: 3 }],
    [pathOf("runtimeclasses"), { metadata, handler: "h" }],
    [space.path("podtemplates"), { metadata, template: template() }],
    [space.path("replicationcontrollers"), { metadata, spec: { replicas: 2, template: template() } }],
    [space.path("deployments"), { metadata, spec: { selector, template: template() } }],
    [space.path("replicasets"), { metadata, spec: { selector, template: template() } }],
    [space.path("daemonsets"), { metadata, spec: { selector, template: template() } }],
    [space.path("statefulsets"), { metadata, spec: { selector, serviceName: "s", template: template() } }],
    [
      space.path("controllerrevisions"),
      { metadata: { ...metadata, ownerReferences: [owner] }, revision: 7, data: {} },
    ],
    [space.path("leases"), { metadata, spec: { holderIdentity: "me" } }],
    [pathOf("nodes"), { metadata: { ...metadata, labels: { "node-role.kubernetes.io/worker": "" } } }],
  ];
}

/** How kubectl lists objects. */
export function describeTables(open: () => Bench): void {
  describe.concurrent("tables", () => {
    it("say of each kind what kubectl lists", async () => {
      const space = await open().namespace();
      const facts: AnyObject = {};
      for (const [path, object] of objectsOf(space)) {
        const { code, body } = await space.api.call("POST", `${path}?dryRun=All`, object, {
          accept: asTable,
        });
        expect(code, `${path} ${JSON.stringify(body)}`).toBe(201);
        const columns: AnyObject[] = body.columnDefinitions;
        const row = body.rows[0].cells;
        const kind = path.split("/").at(-1) ?? "";
        const cells = columns.map(({ name }, index) => [
          name,
          name === "Age" || name === "Created At" ? "…" : row[index],
        ]);
        facts[kind] = [...(facts[kind] ?? []), Object.fromEntries(cells)];
      }
      await expectRecorded(space, "tables", facts);
    });

    it("show the scale of a workload", async () => {
      const space = await open().namespace();
      await space.create("replicasets", { metadata, spec: { replicas: 0, selector, template: template() } });
      const { body } = await space.api.call("GET", space.path("replicasets", "t", "scale"), undefined, {
        accept: asTable,
      });
      const names = body.columnDefinitions.map(({ name }: AnyObject) => name);
      expect(names).toEqual(["Name", "Desired", "Available", "Age"]);
      expect(body.rows[0].cells.slice(0, 3)).toEqual(["t", 0, 0]);
    });

    it("show quotas as used and limited", async () => {
      const space = await open().namespace();
      const hard = { pods: "2", cpu: "1", "limits.memory": "1Gi", "limits.cpu": "2" };
      await space.create("resourcequotas", { metadata, spec: { hard } });
      await space.until("resourcequotas", "t", ({ status }) => status.used !== undefined);
      const { body } = await space.api.call("GET", space.path("resourcequotas", "t"), undefined, {
        accept: asTable,
      });
      expect(body.rows[0].cells.slice(0, 3)).toEqual([
        "t",
        "cpu: 0/1, pods: 0/2",
        "limits.cpu: 0/2, limits.memory: 0/1Gi",
      ]);
    });
  });
}
