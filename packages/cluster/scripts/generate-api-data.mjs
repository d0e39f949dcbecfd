#!/usr/bin/env node
// Renews src/generated/*.generated.json from a running kube-apiserver and the published Go modules.
//
//   node scripts/generate-api-data.mjs --server https://127.0.0.1:6443 --token ADMIN_TOKEN --modules ~/go/pkg/mod/k8s.io
//
// The API server gives discovery, table columns and OpenAPI v3; the modules k8s.io/api and k8s.io/apimachinery give the
// protobuf field numbers and which fields are pointers or inlined in JSON.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import protobuf from "protobufjs";

const { values } = parseArgs({
  options: {
    server: { type: "string" },
    token: { type: "string" },
    modules: { type: "string" },
    version: { type: "string", default: "v0.36.3" },
  },
});
if (!values.server || !values.token || !values.modules) {
  throw new Error("generate-api-data: --server, --token and --modules are required");
}
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
const output = new URL("../src/generated/", import.meta.url);

/** What the in-memory cluster serves; everything else of the API server is left out. */
const served = {
  "": null,
  apps: null,
  authentication: null,
  authorization: null,
  batch: null,
  certificates: null,
  coordination: null,
  discovery: null,
  networking: ["ingresses", "ingressclasses", "networkpolicies"],
  node: null,
  policy: null,
  rbac: null,
  scheduling: null,
  storage: ["storageclasses", "csinodes", "csidrivers", "volumeattachments", "csistoragecapacities"],
};
const omittedResources = new Set(["componentstatuses"]);
const servedSubresources = new Set([
  "status",
  "scale",
  "binding",
  "eviction",
  "log",
  "ephemeralcontainers",
  "exec",
  "attach",
  "portforward",
  "token",
  "finalize",
  "approval",
  "resize",
]);

async function get(path, accept = "application/json") {
  const response = await fetch(values.server + path, {
    headers: { authorization: `Bearer ${values.token}`, accept },
  });
  if (!response.ok) throw new Error(`GET ${path}: ${response.status}`);
  return response.json();
}

function write(name, value) {
  writeFileSync(new URL(name, output), `${JSON.stringify(value)}\n`);
}

async function discovery() {
  const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
  const groups = [...(await get("/api", accept)).items, ...(await get("/apis", accept)).items];
  const result = [];
  for (const group of groups) {
    const name = group.metadata.name ?? "";
    const only = served[name.split(".")[0]];
    if (only === undefined) continue;
    const version = group.versions.find((candidate) => candidate.version === "v1");
    if (!version) continue;
    const resources = version.resources
      .filter(
        (resource) => !omittedResources.has(resource.resource) && (!only || only.includes(resource.resource)),
      )
      .map((resource) => ({
        ...resource,
        subresources: resource.subresources?.filter((entry) => servedSubresources.has(entry.subresource)),
      }));
    result.push({ group: name, version: version.version, resources });
  }
  return result;
}

async function columns(groups) {
  const result = {};
  for (const { group, version, resources } of groups) {
    for (const resource of resources) {
      if (!resource.verbs.includes("list")) continue;
      const base = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
      const table = await get(
        `${base}/${resource.resource}?limit=1`,
        "application/json;as=Table;v=v1;g=meta.k8s.io",
      );
      result[`${group}/${resource.resource}`] = table.columnDefinitions.map((column) => ({
        name: column.name,
        type: column.type,
        format: column.format,
        description: column.description.slice(0, 60),
        priority: column.priority,
      }));
    }
  }
  return result;
}

/** Keeps structure and list semantics of a schema, drops the prose. */
function pruneSchema(schema) {
  if (Array.isArray(schema)) return schema.map(pruneSchema);
  if (typeof schema !== "object" || schema === null) return schema;
  const result = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "description") continue;
    if (key === "properties") {
      result.properties = Object.fromEntries(
        Object.entries(value).map(([name, inner]) => [name, pruneSchema(inner)]),
      );
    } else if (key === "allOf" && value.length === 1 && value[0].$ref) {
      result.allOf = value;
    } else {
      result[key] = key === "default" || key.startsWith("x-") ? value : pruneSchema(value);
    }
  }
  return result;
}

async function schemas(groups) {
  const all = {};
  for (const { group, version } of groups) {
    const document = await get(
      group === "" ? `/openapi/v3/api/${version}` : `/openapi/v3/apis/${group}/${version}`,
    );
    Object.assign(all, document.components.schemas);
  }
  return Object.fromEntries(
    Object.keys(all)
      .sort()
      .map((name) => [name, pruneSchema(all[name])]),
  );
}

/** The roles and bindings that every cluster has from the start, with what the controllers aggregate into them. */
async function roles() {
  const selected = `?labelSelector=${encodeURIComponent("kubernetes.io/bootstrapping=rbac-defaults")}`;
  const result = [];
  for (const resource of ["clusterroles", "clusterrolebindings", "roles", "rolebindings"]) {
    const { items } = await get(`/apis/rbac.authorization.k8s.io/v1/${resource}${selected}`);
    for (const { metadata, rules, aggregationRule, roleRef, subjects } of items) {
      const { name, namespace, labels, annotations } = metadata;
      const object = { metadata: { name, namespace, labels, annotations }, aggregationRule, rules };
      result.push({ resource, object: { ...object, roleRef, subjects } });
    }
  }
  return result;
}

/** Reads which fields of the Go structs are pointers (a zero is meant) or inlined in JSON. */
function goFields(folder) {
  const result = {};
  for (const file of readdirSync(folder).filter(
    (name) => /types.*\.go$|^meta\.go$/.test(name) && !name.startsWith("zz_"),
  )) {
    let struct;
    for (const line of readFileSync(join(folder, file), "utf8").split("\n")) {
      const head = /^type (\w+) struct \{/.exec(line);
      if (head) struct = head[1];
      const field = /^\t(?:\w+\s+)?(\*?)[\w.[\]*]+\s+`json:"([^"]*)" protobuf:"[^"]*?name=(\w+)/.exec(line);
      if (!struct || !field) continue;
      result[struct] ??= {};
      result[struct][field[3]] = { pointer: field[1] === "*", inline: /^,inline/.test(field[2]) };
    }
  }
  return result;
}

function protobufTable() {
  const folders = [
    ["apimachinery", "pkg/runtime/schema"],
    ["apimachinery", "pkg/runtime"],
    ["apimachinery", "pkg/util/intstr"],
    ["apimachinery", "pkg/api/resource"],
    ["apimachinery", "pkg/apis/meta/v1"],
    ...[
      "core",
      "apps",
      "authentication",
      "authorization",
      "batch",
      "certificates",
      "coordination",
      "discovery",
      "networking",
      "node",
      "policy",
      "rbac",
      "scheduling",
      "storage",
    ].map((name) => ["api", `${name}/v1`]),
  ];
  const root = new protobuf.Root();
  for (const [module, folder] of folders) {
    const path = join(values.modules, `${module}@${values.version}`, folder);
    const text = readFileSync(join(path, "generated.proto"), "utf8");
    const parsed = protobuf.parse(text, root, { keepCase: true });
    const fields = goFields(path);
    for (const type of root.lookup(parsed.package).nestedArray) {
      for (const field of type.fieldsArray ?? []) {
        const facts = fields[type.name]?.[field.name];
        field.options = undefined;
        if (facts?.pointer) field.setOption("pointer", true);
        if (facts?.inline) field.setOption("inline", true);
      }
    }
  }
  return root.toJSON({ keepComments: false });
}

const groups = await discovery();
write("discovery.generated.json", groups);
write("columns.generated.json", await columns(groups));
write("schemas.generated.json", await schemas(groups));
write("roles.generated.json", await roles());
write("protobuf.generated.json", protobufTable());
