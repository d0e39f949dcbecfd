import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { waitFor } from "../wait-for.ts";
import { type AnyObject, type ApiAnswer, pathOf } from "./api-client.ts";
import type { Bench, Space } from "./bench.ts";
import { expectRecorded, expectRecordedAnswers } from "./recorded.ts";

const apiGroup = "rbac.authorization.k8s.io";
const shippedRoles = new URL("../../../packages/cluster/src/generated/roles.generated.json", import.meta.url);

/** Somebody with rights in one namespace, or everywhere. */
interface Person {
  readonly user: string;
  readonly groups: readonly string[];
}

function person(space: Space, name: string): Person {
  return { user: `${space.name}-${name}`, groups: ["system:authenticated"] };
}

function bindingOf(name: string, kind: "Role" | "ClusterRole", role: string, { user }: Person): AnyObject {
  return {
    metadata: { name },
    roleRef: { apiGroup, kind, name: role },
    subjects: [{ apiGroup, kind: "User", name: user }],
  };
}

function rule(verbs: string[], group: string, ...resources: string[]): AnyObject {
  return { verbs, apiGroups: [group], resources };
}

/** Lets somebody do what a list of rules says, and waits until the authorizer knows. */
async function letDo(space: Space, who: Person, rules: AnyObject[]): Promise<void> {
  const name = who.user;
  const probe = rule(["get"], "example.com", "probes");
  await space.api.post(pathOf("clusterroles"), { metadata: { name }, rules: [...rules, probe] });
  await space.create("rolebindings", bindingOf(name, "ClusterRole", name, who));
  await knows(space, who, { verb: "get", group: "example.com", resource: "probes" });
}

/** Waits until the authorizer lets somebody do something. */
async function knows(space: Space, who: Person, attributes: AnyObject): Promise<void> {
  await waitFor(
    `${who.user} may ${attributes.verb} ${attributes.resource}`,
    () => review(space, who, attributes),
    ({ allowed }) => allowed,
  );
}

async function review(space: Space, { user, groups }: Person, attributes: AnyObject): Promise<AnyObject> {
  const resourceAttributes = { namespace: space.name, ...attributes };
  const body = { spec: { user, groups, resourceAttributes } };
  return (await space.api.post(pathOf("subjectaccessreviews"), body)).status;
}

type Call = (method: string, path: string, body?: unknown) => Promise<ApiAnswer>;

function as(space: Space, who: Person): Call {
  return (method, path, body) =>
    space.api.call(method, path, body, {
      as: who,
      ...(method === "PATCH" ? { contentType: "application/merge-patch+json" } : {}),
    });
}

/** Verb, resource, subresource and group of what the default roles are asked about. */
const asked = [
  ["list", "pods", "", ""],
  ["get", "secrets", "", ""],
  ["create", "deployments", "", "apps"],
  ["patch", "deployments", "scale", "apps"],
  ["create", "pods", "exec", ""],
  ["create", "pods", "eviction", ""],
  ["get", "nodes", "", ""],
  ["create", "roles", "", apiGroup],
  ["get", "resourcequotas", "", ""],
  ["update", "resourcequotas", "", ""],
] as const;

function describeDefaultRoles(open: () => Bench): void {
  it("are those that the in-memory cluster brings along", async () => {
    const { api } = open();
    const shipped: AnyObject[] = JSON.parse(await readFile(shippedRoles, "utf8"));
    const query = `?labelSelector=${encodeURIComponent("kubernetes.io/bootstrapping=rbac-defaults")}`;
    const all: AnyObject[] = [];
    for (const resource of ["clusterroles", "clusterrolebindings", "roles", "rolebindings"]) {
      const { items } = await api.get(pathOf(resource) + query);
      for (const { metadata, rules, aggregationRule, roleRef, subjects } of items) {
        const { name, namespace, labels, annotations } = metadata;
        const object = { metadata: { name, namespace, labels, annotations }, aggregationRule, rules };
        all.push({ resource, object: { ...object, roleRef, subjects } });
      }
    }
    const byName = (entries: AnyObject[]) =>
      new Map(
        entries.map(({ resource, object }) => [
          `${resource} ${object.metadata.namespace ?? ""}/${object.metadata.name}`,
          JSON.parse(JSON.stringify(object)),
        ]),
      );
    expect(Object.fromEntries(byName(all))).toEqual(Object.fromEntries(byName(shipped)));
  });

  it("let users view, edit and administer a namespace, and say why", async () => {
    const space = await open().namespace();
    const people = ["view", "edit", "admin"].map((role) => [role, person(space, role)] as const);
    for (const [role, who] of people) {
      await space.create("rolebindings", bindingOf(role, "ClusterRole", role, who));
      await knows(space, who, { verb: "get", resource: "pods" });
    }
    const answers: AnyObject = {};
    for (const [verb, resource, subresource, group] of asked)
      for (const [role, who] of people)
        answers[`${role}: ${verb} ${resource} ${subresource}`] = await review(space, who, {
          verb,
          group,
          resource,
          subresource,
        });
    const text = JSON.stringify(answers).replaceAll(space.name, "NAMESPACE");
    await expectRecorded(space, "role-answers", JSON.parse(text));
  });

  it("let everybody ask what he may do, and read what the server offers", async () => {
    const space = await open().namespace();
    const anybody = person(space, "anybody");
    const { body } = await as(space, anybody)("POST", pathOf("selfsubjectrulesreviews"), {
      spec: { namespace: space.name },
    });
    const { resourceRules, nonResourceRules, incomplete } = body.status;
    const sorted = (rules: AnyObject[]) => rules.map((entry) => JSON.stringify(entry)).sort();
    await expectRecorded(space, "rules-of-anybody", {
      resourceRules: sorted(resourceRules),
      nonResourceRules: sorted(nonResourceRules),
      incomplete,
    });
    const refused = await as(space, anybody)("POST", pathOf("selfsubjectrulesreviews"), { spec: {} });
    expect(refused.body.message).toBe("no namespace on request");
    const codes: AnyObject = {};
    for (const path of ["/version", "/api", "/apis/apps/v1", "/openapi/v3", "/metrics", "/logs"])
      codes[path] = (await as(space, anybody)("GET", path)).code;
    expect(codes).toEqual({
      "/version": 200,
      "/api": 200,
      "/apis/apps/v1": 200,
      "/openapi/v3": 200,
      "/metrics": 403,
      "/logs": 403,
    });
  });
}

const readMaps = rule(["get", "list"], "", "configmaps");

function describeGrants(open: () => Bench): void {
  it("keep everybody from granting more than he has", async () => {
    const space = await open().namespace();
    const who = person(space, "limited");
    const verbs = ["get", "list", "create", "update", "patch", "delete"];
    const named = { ...rule(["get"], "", "secrets"), resourceNames: ["one", "two"] };
    await letDo(space, who, [
      readMaps,
      named,
      rule(["get"], "", "pods", "*/log"),
      rule(verbs, apiGroup, "roles", "rolebindings"),
    ]);
    const call = as(space, who);
    const [roles, bindings] = [space.path("roles"), space.path("rolebindings")];
    const role = (name: string, ...rules: AnyObject[]) => ({ metadata: { name }, rules });
    const bind = (name: string, to: string, kind: "Role" | "ClusterRole" = "ClusterRole") =>
      bindingOf(name, kind, to, person(space, "friend"));
    const allowed = [
      await call("POST", roles, role("same", readMaps, { ...named, resourceNames: ["two"] })),
      await call("POST", roles, role("logs", rule(["get"], "", "pods/log"))),
      await call("PATCH", space.path("roles", "same"), { metadata: { labels: { a: "b" } } }),
      await call("POST", bindings, bind("same", "same", "Role")),
    ];
    expect(allowed.map(({ code }) => code)).toEqual([201, 201, 200, 201]);
    await space.create("roles", role("strong", rule(["get", "delete"], "", "secrets")));
    const refused = [
      await call("POST", roles, role("more", rule(["get", "list", "watch"], "", "configmaps", "pods/exec"))),
      await call("POST", roles, role("unnamed", rule(["get", "delete"], "", "secrets"), named)),
      await call(
        "POST",
        roles,
        role("third", { ...named, verbs: ["get", "list"], resourceNames: ["x", "one"] }),
      ),
      await call("POST", roles, { metadata: { generateName: "made-" }, rules: [rule(["*"], "*", "*")] }),
      await call("POST", roles, role("paths", { verbs: ["get", "post"], nonResourceURLs: ["/a", "/b"] })),
      await call("PATCH", space.path("roles", "same"), { rules: [rule(["create"], "", "pods")] }),
      await call("PATCH", space.path("roles", "strong"), { metadata: { labels: { a: "b" } } }),
      await call("PUT", space.path("roles", "strong"), role("strong", rule(["delete"], "", "secrets"))),
      await call("POST", bindings, bind("strong", "strong", "Role")),
      await call("POST", bindings, bind("basic", "system:basic-user")),
      await call("POST", bindings, bind("admin", "cluster-admin")),
      await call("POST", bindings, bind("none", "there-is-none")),
      await call("POST", bindings, { ...bind("odd", "x"), roleRef: { apiGroup, kind: "Odd", name: "x" } }),
      await call("PATCH", space.path("rolebindings", "same"), { subjects: [] }),
      await call("POST", pathOf("clusterroles"), role("wide", readMaps)),
    ];
    await expectRecordedAnswers(space, "grant-refusals", refused);
  });

  it("let those grant more who may escalate or bind", async () => {
    const space = await open().namespace();
    const verbs = ["get", "create", "update", "patch"];
    const who = person(space, "trusted");
    await letDo(space, who, [
      rule([...verbs, "escalate"], apiGroup, "roles"),
      rule(verbs, apiGroup, "rolebindings"),
      { ...rule(["bind"], apiGroup, "clusterroles"), resourceNames: ["edit"] },
    ]);
    const call = as(space, who);
    const friend = person(space, "friend");
    const bindings = space.path("rolebindings");
    const answers = [
      await call("POST", space.path("roles"), {
        metadata: { name: "any" },
        rules: [rule(["*"], "*", "*")],
      }),
      await call("POST", bindings, bindingOf("edit", "ClusterRole", "edit", friend)),
      await call("POST", bindings, bindingOf("view", "ClusterRole", "view", friend)),
      await call("POST", bindings, bindingOf("any", "Role", "any", friend)),
    ];
    expect(answers.map(({ code }) => code)).toEqual([201, 201, 403, 403]);
  });

  it("let nobody aggregate who may not do everything", async () => {
    const space = await open().namespace();
    const restricted = person(space, "restricted");
    const own = `${restricted.user}-everywhere`;
    const verbs = ["get", "create", "patch"];
    const limits = [rule(verbs, apiGroup, "clusterroles", "clusterrolebindings"), readMaps];
    await space.api.post(pathOf("clusterroles"), { metadata: { name: own }, rules: limits });
    await space.api.post(pathOf("clusterrolebindings"), bindingOf(own, "ClusterRole", own, restricted));
    await knows(space, restricted, {
      verb: "create",
      group: apiGroup,
      resource: "clusterroles",
      namespace: "",
    });
    const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { nothing: "selected" } }] };
    const call = as(space, restricted);
    const answers = [
      await call("POST", pathOf("clusterroles"), { metadata: { name: `${own}-a` }, aggregationRule }),
      await call("POST", pathOf("clusterroles"), { metadata: { name: `${own}-b` }, rules: [readMaps] }),
      await call("PATCH", `${pathOf("clusterroles")}/${own}-b`, { aggregationRule }),
      await call(
        "POST",
        pathOf("clusterrolebindings"),
        bindingOf(`${own}-c`, "ClusterRole", "view", restricted),
      ),
    ];
    await expectRecordedAnswers(space, "aggregation-refusals", answers);
  });

  it("have to be well formed", async () => {
    const space = await open().namespace();
    const selector = {
      matchLabels: { "-": "?" },
      matchExpressions: [
        { key: "a", operator: "In" },
        { key: "b", operator: "Exists", values: ["a"] },
        { key: "c", operator: "Odd" },
      ],
    };
    const urls = { verbs: ["get"], nonResourceURLs: ["/a", "/b"], resources: ["p"] };
    const odd = {
      metadata: { name: "a" },
      roleRef: { kind: "Odd", apiGroup: "x" },
      subjects: [
        {},
        { kind: "User", name: "" },
        { kind: "ServiceAccount", name: "A_", apiGroup: "x" },
        { kind: "Group", name: "g", apiGroup: "y" },
      ],
    };
    const wide = {
      metadata: { name: "a" },
      roleRef: { kind: "Role", name: ".." },
      subjects: [{ kind: "ServiceAccount", name: "a" }],
    };
    const viewers = { kind: "ClusterRole", name: "view" };
    const users = [{ kind: "User", name: "u" }];
    const made = await space.create("rolebindings", {
      metadata: { name: "b" },
      roleRef: viewers,
      subjects: users,
    });
    expect(made.roleRef).toEqual({ apiGroup, ...viewers });
    expect(made.subjects).toEqual([{ apiGroup, kind: "User", name: "u" }]);
    const call = (method: string, path: string, body: AnyObject) => space.api.call(method, path, body);
    const roles = pathOf("clusterroles");
    const answers = [
      await call("POST", roles, {
        metadata: { name: "a%b" },
        rules: [{}, { ...urls, nonResourceURLs: ["/a"] }, { verbs: ["x"] }],
        aggregationRule: {},
      }),
      await call("POST", roles, {
        metadata: { name: "a" },
        aggregationRule: { clusterRoleSelectors: [selector] },
      }),
      await call("POST", space.path("roles"), { metadata: { name: "a" }, rules: [urls] }),
      await call("POST", space.path("rolebindings"), odd),
      await call("POST", pathOf("clusterrolebindings"), wide),
      await call("PUT", space.path("rolebindings", "b"), {
        metadata: { name: "b" },
        roleRef: { kind: "ClusterRole", name: "edit" },
      }),
    ];
    await expectRecordedAnswers(space, "role-causes", answers);
  });
}

/** What roles give from the start, and who may give what to others. */
export function describeRoles(open: () => Bench): void {
  describe.concurrent("roles of the start", () => describeDefaultRoles(open));
  describe.concurrent("grants", () => describeGrants(open));
}
