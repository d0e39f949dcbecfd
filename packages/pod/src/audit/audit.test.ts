import { readFileSync } from "node:fs";
import type { Pod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { apiType, type FieldType } from "../schema/api-types.ts";
import { auditPod } from "./audit.ts";
import { rejectionOf } from "./report-verdict.ts";
import { commonSupport, type SupportTable } from "./support-table.ts";

const fieldRows = readFileSync(new URL("../testdata/pod-fields.txt", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => {
    const [path = "", letters = ""] = line.split(" ");
    return { path, letters };
  });

/** A pod as it came over the wire, unknown fields and all. */
function podOf(spec: Record<string, unknown>): Pod {
  return { metadata: { name: "p", namespace: "ns", uid: "u" }, spec } as unknown as Pod;
}

function audited(spec: Record<string, unknown>, table: SupportTable): string[] {
  return auditPod(podOf(spec), table).entries.map((entry) => `${entry.path} ${entry.disposition}`);
}

/** The paths below a field; those inside of a template of another object, which the reference leaves out, too. */
function pathsOf(type: FieldType, path: string, found: string[] = []): string[] {
  if (type.kind === "reference") {
    found.push(path);
    if (path.endsWith(".volumeClaimTemplate.metadata") || path.endsWith(".volumeClaimTemplate.spec"))
      return found;
    for (const field of apiType(type.type).fields.values())
      pathsOf(field.type, `${path}.${field.name}`, found);
  } else if (type.kind === "list") {
    found.push(`${path}[]`);
    pathsOf(type.element, `${path}[]`, found);
  } else {
    found.push(type.kind === "map" ? `${path}{}` : path);
  }
  return found;
}

/** Raw JSON that holds just the field that a path of the reference names. */
function specWith(path: string): Record<string, unknown> {
  const names = path.split(".").slice(1);
  const build = (index: number): unknown => {
    if (index === names.length) return "other";
    const name = names[index] ?? "";
    if (name.endsWith("[]")) return { [name.slice(0, -2)]: [build(index + 1)] };
    if (name.endsWith("{}")) return { [name.slice(0, -2)]: { key: build(index + 1) } };
    return { [name]: build(index + 1) };
  };
  return build(0) as Record<string, unknown>;
}

/** A longer rule makes the one for everything a fallback, which is reported leaf by leaf. */
const rejectAll: SupportTable = [
  { path: "spec", disposition: "reject", reason: "not here" },
  { path: "spec.nodeName", disposition: "core", reason: "the host's node" },
];
const exactAll: SupportTable = [{ path: "spec", disposition: "exact", reason: "" }];

describe("known fields", () => {
  it("F2: knows exactly the 1090 paths of Kubernetes 1.36 and 1.37", () => {
    const all = pathsOf({ kind: "reference", type: "PodSpec" }, "spec");
    const known = [...new Set(all)].filter((path) => path !== "spec");
    expect(known.sort()).toEqual(fieldRows.map((row) => row.path).sort());
  });

  it("F1: reports a field that only the raw JSON holds", () => {
    const spec = {
      containers: [{ name: "a", volumeMounts: [{ name: "v", bindMountOptions: ["noexec"] }] }],
    };
    expect(audited(spec, exactAll)).toContain("spec.containers[0].volumeMounts[0].bindMountOptions[0] exact");
    expect(audited(spec, rejectAll)).toContain(
      "spec.containers[0].volumeMounts[0].bindMountOptions[0] reject",
    );
  });

  it("F2: rejects an unknown field by name, wherever it stands and whatever covers its parent", () => {
    const spec = {
      containers: [{ name: "a", livenessProbe: { tcpSocket: { port: 1, hots: "x" } }, comand: ["x"] }],
      frobnicate: { deep: true },
    };
    const rejected = auditPod(podOf(spec), exactAll).entries.filter(
      (entry) => entry.disposition === "reject",
    );
    expect(rejected).toEqual([
      {
        path: "spec.containers[0].livenessProbe.tcpSocket.hots",
        disposition: "reject",
        reason: "unknown field; did you mean host?",
      },
      {
        path: "spec.containers[0].comand",
        disposition: "reject",
        reason: "unknown field; did you mean command?",
      },
      { path: "spec.frobnicate", disposition: "reject", reason: "unknown field; remove it" },
    ]);
  });

  it("F2: hints at a field that stands one level deeper or in other letters", () => {
    const spec = { containers: [{ privileged: true }], hostnetwork: true };
    const reasons = auditPod(podOf(spec), exactAll).entries.map((entry) => entry.reason);
    expect(reasons).toEqual([
      "unknown field; did you mean securityContext.privileged?",
      "unknown field; did you mean hostNetwork?",
    ]);
  });

  it("F2: names of the owner of files are fields, not keys that the user chose", () => {
    const audit = (volume: Record<string, unknown>) =>
      audited({ volumes: [{ name: "v", ...volume }] }, [...exactAll, ...commonSupport]).filter((entry) =>
        entry.endsWith(" reject"),
      );
    const bundle = {
      path: "p",
      signerName: "s",
      labelSelector: { matchLabels: { user: "me", defaultUser: "x" } },
    };
    const certificate = { signerName: "s", keyType: "ED25519", userAnnotations: { user: "me" } };
    expect(
      audit({ projected: { sources: [{ clusterTrustBundle: bundle }, { podCertificate: certificate }] } }),
    ).toEqual([]);
    const inProjected = ["clusterTrustBundle", "podCertificate", "serviceAccountToken"].map((kind) => ({
      [kind]: { user: 7 },
    }));
    const inItems = ["configMap", "downwardAPI", "secret"].map((kind) => ({
      [kind]: { items: [{ path: "p", user: 7 }] },
    }));
    for (const source of [...inProjected, ...inItems]) {
      expect(audit({ projected: { sources: [source] } })).toEqual(["spec.volumes[0].projected reject"]);
    }
    expect(audit({ projected: { defaultUser: 7, sources: [] } })).toEqual([
      "spec.volumes[0].projected reject",
    ]);
    for (const kind of ["configMap", "downwardAPI", "secret"]) {
      expect(audit({ [kind]: { defaultUser: 0 } })).toEqual([`spec.volumes[0].${kind} reject`]);
      expect(audit({ [kind]: { items: [{ user: 7 }] } })).toEqual([`spec.volumes[0].${kind} reject`]);
    }
  });

  it("ends on JSON that is nested without end", () => {
    let deep: unknown = 1;
    for (let level = 0; level < 100_000; level++) deep = [deep];
    const [entry] = auditPod(podOf({ hostname: deep }), exactAll).entries;
    expect(entry).toMatchObject({ disposition: "reject", reason: "nested too deep; no field of a pod is" });
  });

  it("lets a table name a field that Kubernetes adds later", () => {
    const table: SupportTable = [
      ...exactAll,
      { path: "spec.containers[].mood", disposition: "approx", reason: "guessed" },
    ];
    expect(audited({ containers: [{ mood: { today: "good", later: 1 } }] }, table)).toEqual([
      "spec.containers[0].mood approx",
    ]);
  });
});

describe("defaults", () => {
  const defaulted = {
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    securityContext: {},
    schedulerName: "default-scheduler",
    enableServiceLinks: true,
    preemptionPolicy: "PreemptLowerPriority",
    priority: 0,
    hostNetwork: false,
    containers: [
      {
        resources: {},
        terminationMessagePath: "/dev/termination-log",
        terminationMessagePolicy: "File",
        imagePullPolicy: "IfNotPresent",
        image: "registry.example:5000/app:1.2",
        securityContext: { procMount: "Default" },
        ports: [{ protocol: "TCP" }],
        livenessProbe: { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 },
        command: [],
        args: null,
      },
      { image: "registry.example:5000/app", imagePullPolicy: "Always" },
      { image: "app@sha256:00", imagePullPolicy: "IfNotPresent" },
    ],
    volumes: [{ secret: { defaultMode: 420 } }, { projected: { defaultMode: 420 } }],
  };

  it("F3: API defaults and empty values are never rejected", () => {
    const rejected = audited(defaulted, rejectAll).filter((line) => line.endsWith("reject"));
    // What is left are the images, which are no defaults.
    expect(rejected).toEqual([
      "spec.containers[0].image reject",
      "spec.containers[1].image reject",
      "spec.containers[2].image reject",
    ]);
  });

  it("F3: the same fields are rejected with any other value", () => {
    const other = {
      dnsPolicy: "None",
      hostNetwork: true,
      containers: [{ image: "app:latest", imagePullPolicy: "IfNotPresent", stdin: true }],
      volumes: [{ emptyDir: {} }],
    };
    expect(audited(other, rejectAll)).toEqual([
      "spec.dnsPolicy reject",
      "spec.hostNetwork reject",
      "spec.containers[0].image reject",
      "spec.containers[0].imagePullPolicy reject",
      "spec.containers[0].stdin reject",
      "spec.volumes[0].emptyDir reject",
    ]);
  });

  it("a rule's own default never counts", () => {
    const table: SupportTable = [
      { path: "spec.os", disposition: "reject", reason: "linux only", default: { name: "linux" } },
    ];
    expect(audited({ os: { name: "linux" } }, table)).toEqual(["spec.os ignore"]);
    expect(audited({ os: { name: "windows" } }, table)).toEqual(["spec.os reject"]);
  });
});

describe("rules", () => {
  it("keeps the order of the pod's own JSON and real indices", () => {
    const spec = { volumes: [{ name: "v" }], containers: [{ image: "i", name: "a" }, { name: "b" }] };
    expect(audited(spec, exactAll)).toEqual([
      "spec.volumes[0].name exact",
      "spec.containers[0].image exact",
      "spec.containers[0].name exact",
      "spec.containers[1].name exact",
    ]);
  });

  it("lets the longest path win, in whatever order the table stands", () => {
    const table: SupportTable = [
      { path: "spec.containers[].livenessProbe.exec", disposition: "reject", reason: "no exec" },
      { path: "spec.containers[].livenessProbe", disposition: "core", reason: "probed by the host" },
      { path: "spec.containers", disposition: "exact", reason: "" },
    ];
    const spec = {
      containers: [{ name: "a", livenessProbe: { exec: { command: ["x", "y"] }, periodSeconds: 5 } }],
    };
    expect(audited(spec, table)).toEqual([
      "spec.containers[0].name exact",
      "spec.containers[0].livenessProbe.exec reject",
      "spec.containers[0].livenessProbe.periodSeconds core",
    ]);
  });

  it("quotes map keys that are no plain words and matches them by name", () => {
    const table: SupportTable = [
      { path: "spec.containers[].resources.limits{}", disposition: "exact", reason: "" },
      {
        path: 'spec.containers[].resources.limits["nvidia.com/gpu"]',
        disposition: "reject",
        reason: "no GPU",
      },
      { path: "spec.nodeSelector", disposition: "ignore", reason: "bound" },
    ];
    const spec = {
      nodeSelector: { "kubernetes.io/os": "linux", disk_type: "ssd" },
      containers: [{ resources: { limits: { cpu: "1", "nvidia.com/gpu": 1 } } }],
    };
    expect(audited(spec, table)).toEqual([
      'spec.nodeSelector["kubernetes.io/os"] ignore',
      "spec.nodeSelector.disk_type ignore",
      "spec.containers[0].resources.limits.cpu exact",
      'spec.containers[0].resources.limits["nvidia.com/gpu"] reject',
    ]);
  });

  it("applies a conditional rule before the unconditional one, the later before the earlier", () => {
    const table: SupportTable = [
      {
        path: "spec.initContainers",
        disposition: "reject",
        reason: "one at most",
        when: (value, pod) => Array.isArray(value) && value.length > 1 && pod.metadata?.name === "p",
      },
      { path: "spec.initContainers", disposition: "exact", reason: "" },
      { path: "spec.initContainers", disposition: "approx", reason: "almost" },
    ];
    expect(audited({ initContainers: [{ name: "a" }] }, table)).toEqual(["spec.initContainers approx"]);
    expect(audited({ initContainers: [{ name: "a" }, { name: "b" }] }, [...commonSupport, ...table])).toEqual(
      ["spec.initContainers reject"],
    );
  });

  it("rejects a known field that no rule covers, once for the whole", () => {
    const table: SupportTable = [{ path: "spec.containers[].name", disposition: "exact", reason: "" }];
    const spec = {
      containers: [{ name: "a", lifecycle: { preStop: { exec: { command: ["x"] } } } }],
      hostPID: true,
    };
    expect(audited(spec, table)).toEqual([
      "spec.containers[0].name exact",
      "spec.containers[0].lifecycle reject",
      "spec.hostPID reject",
    ]);
  });

  it("refuses a table with a path that can never match", () => {
    for (const path of ["", "spec..a", 'spec["a', "spec[0]", "spec.a{b}"]) {
      const table: SupportTable = [{ path, disposition: "exact", reason: "" }];
      expect(() => auditPod(podOf({}), table), path).toThrow(/support table is wrong/);
    }
  });

  it("has no entry for a pod without a spec", () => {
    expect(auditPod({}, commonSupport).entries).toEqual([]);
  });
});

describe("commonSupport", () => {
  it("agrees with the reference wherever it takes a stand", () => {
    for (const { path, letters } of fieldRows) {
      if (path.startsWith("spec.ephemeralContainers[]")) continue;
      const [entry] = auditPod(podOf(specWith(path)), commonSupport).entries;
      if (entry === undefined || entry.disposition === "reject") continue;
      expect([entry.disposition, letters], path).toSatisfy(
        ([disposition]) => (disposition === "core" || disposition === "ignore") && /^[ci]+$/.test(letters),
      );
    }
  });

  it("F7: an ephemeral container never rejects the pod", () => {
    const spec = { ephemeralContainers: [{ name: "debug", targetContainerName: "a", stdin: true }] };
    expect(rejectionOf(auditPod(podOf(spec), commonSupport), "fargate")).toBeUndefined();
  });

  it("F5: input of the scheduler is ignored", () => {
    const spec = {
      affinity: {
        podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "z" }] },
      },
      tolerations: [{ key: "node.kubernetes.io/not-ready", operator: "Exists", tolerationSeconds: 300 }],
      topologySpreadConstraints: [{ maxSkew: 1 }],
    };
    expect(new Set(auditPod(podOf(spec), commonSupport).entries.map((entry) => entry.disposition))).toEqual(
      new Set(["ignore"]),
    );
  });
});
