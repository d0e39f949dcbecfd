import { checkObject, type SchemaTypeName } from "@vkubelet/pod";
import { type SchemaPath, schemaPaths } from "@vkubelet/pod/schema";
import { type ControlPlane, peerOrSkip, startControlPlane } from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DryRunApi, eightAtOnce, openDryRunApi, sampleServer } from "./dry-run-api.ts";
import type { Json } from "./samples/lot.ts";
import { samplesOf } from "./samples/workloads.ts";

/** One value of every kind that JSON has; `undefined` takes the field away. */
const values: readonly unknown[] = ["text", "", "512MB", 1.5, 3e9, true, null, [7], { a: 7 }, undefined];

const claim = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };

/** An object of each kind that the server takes, without its name, and where it is created. */
const objects = {
  ConfigMap: ["api/v1", {}],
  Secret: ["api/v1", {}],
  ServiceAccount: ["api/v1", {}],
  Service: ["api/v1", { spec: { ports: [{ port: 80 }] } }],
  PersistentVolumeClaim: ["api/v1", { spec: claim }],
  ReplicationController: ["api/v1", workload("ReplicationController")],
  Deployment: ["apis/apps/v1", workload("Deployment")],
  ReplicaSet: ["apis/apps/v1", workload("ReplicaSet")],
  StatefulSet: ["apis/apps/v1", workload("StatefulSet")],
  DaemonSet: ["apis/apps/v1", workload("DaemonSet")],
  Job: ["apis/batch/v1", workload("Job")],
  CronJob: ["apis/batch/v1", workload("CronJob")],
} satisfies Partial<Record<SchemaTypeName, readonly [group: string, object: Json]>>;

/**
 * Pods have a test of their own, and what all kinds have in common is tried with one. Nobody looks at the owners of a
 * Job that is not there yet; a claim's source in another namespace is an alpha feature, without which it is dropped.
 */
const leftOut: Readonly<Record<string, RegExp>> = {
  ConfigMap: /^(apiVersion|kind|metadata\.namespace)$/,
  other:
    /^(apiVersion|kind|metadata)\b|\btemplate\.(spec|metadata)\b|[cC]laimTemplates\[\]\.(metadata|spec)\b|jobTemplate\.metadata\.ownerReferences|dataSourceRef\.namespace/,
};

/** Go reads bytes out of a list of numbers, too; nobody writes them so. */
function isBytes({ type }: SchemaPath, value: unknown): boolean {
  return type.kind === "base64" && Array.isArray(value);
}

interface Trial {
  readonly path: SchemaPath;
  readonly value: unknown;
}

describe.runIf(await peerOrSkip("kubernetes"))("checkObject and the API server", () => {
  let controlPlane: ControlPlane;
  let api: DryRunApi;

  beforeAll(async () => {
    controlPlane = await startControlPlane(sampleServer);
    api = openDryRunApi(controlPlane);
  });
  afterAll(async () => {
    api?.close();
    await controlPlane?.stop();
  });

  it.each(Object.keys(objects) as (keyof typeof objects)[])(
    "read every field of a %s alike",
    async (kind) => {
      const [group, sample] = objects[kind];
      const collection = `/${group}/namespaces/default/${kind.toLowerCase()}s`;
      const apiVersion = group.replace(/^apis?\//, "");
      const base = { apiVersion, kind, metadata: { name: "sample" }, ...sample };
      expect(await api.tryRequest("POST", collection, base)).toMatchObject({ message: "" });
      const trials = schemaPaths(kind)
        .filter(({ path }) => !(leftOut[kind] ?? leftOut["other"])?.test(path))
        .flatMap((path) => values.map((value): Trial => ({ path, value })))
        .filter(({ path, value }) => !isBytes(path, value));
      const differences: string[] = [];
      await eightAtOnce(trials, async ({ path, value }) => {
        const object = withValue(base, path.path, value);
        const issues = checkObject(object, kind);
        const answer = await api.tryRequest("POST", collection, object, "Ignore");
        const difference = differenceOf(
          issues.map(({ message }) => message),
          answer,
          path,
          value,
        );
        if (difference !== "") differences.push(`${path.path} = ${JSON.stringify(value)}: ${difference}`);
      });
      expect(differences).toEqual([]);
    },
  );
});

/** What one says and the other does not. 400: the server could not read it; 422: it read it, and found no sense in it. */
function differenceOf(
  issues: readonly string[],
  { status, message }: { readonly status: number; readonly message: string },
  { type, required }: SchemaPath,
  value: unknown,
): string {
  const [issue] = issues;
  const isMissing = value === undefined || value === null;
  if (issue === undefined) {
    if (status === 400) return `the server says ${message}`;
    return status === 422 && isMissing && required && message.includes("Required")
      ? `the server says ${message}`
      : "";
  }
  if (status < 300) return `the server takes it, and the check says ${issue}`;
  const isForm = isMissing || type.kind === "enum" || issues.every((text) => text.includes("missing"));
  return status === 400 || isForm ? "" : `the server reads it (${message}), and the check says ${issue}`;
}

/** A copy of `object` with `value` at `path`, whose lists get one element and whose maps one key; undefined takes it away. */
function withValue(object: Json, path: string, value: unknown): Json {
  const copy = structuredClone(object);
  const steps = path.match(/[^.[\]{}]+|\[\]|\{\}/g) ?? [];
  let owner: Json | unknown[] = copy;
  for (const [index, step] of steps.entries()) {
    const key = step === "[]" ? "0" : step === "{}" ? "sample" : step;
    const holder = owner as Json;
    if (index < steps.length - 1) {
      holder[key] ??= steps[index + 1] === "[]" ? [] : {};
      owner = holder[key] as Json;
    } else if (value !== undefined) holder[key] = value;
    else if (Array.isArray(owner)) owner.length = 0;
    else delete holder[key];
  }
  return copy;
}

function workload(kind: string): Json {
  const [sample] = samplesOf(kind, 1, 1);
  return Object.fromEntries(Object.entries(sample ?? {}).filter(([name]) => name === "spec"));
}
