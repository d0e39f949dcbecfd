import { describe, expect, it } from "vitest";
import { waitFor } from "../wait-for.ts";
import { type AnyObject, type ApiAnswer, pathOf } from "./api-client.ts";
import { type Bench, playedNode, type Space, template } from "./bench.ts";
import { expectRecordedAnswers } from "./recorded.ts";

const merge = "application/merge-patch+json";

type Call = (method: string, path: string, body?: unknown) => Promise<ApiAnswer>;

/** Requests in the name of a node. */
function asNode(space: Space, node: string): Call {
  const as = { user: `system:node:${node}`, groups: ["system:nodes"] };
  return (method, path, body) =>
    space.api.call(method, path, body, {
      as,
      ...(method === "PATCH" ? { contentType: merge } : {}),
    });
}

/** A namespace with a pod of the node that refers to this and that, and another pod elsewhere. */
async function furnish(space: Space, node: string): Promise<string> {
  await space.api.post(pathOf("nodes"), { metadata: { name: node } });
  for (const name of ["used", "unused"]) {
    await space.create("secrets", { metadata: { name } });
    await space.create("configmaps", { metadata: { name } });
  }
  const volumes = [
    { name: "s", secret: { secretName: "used" } },
    {
      name: "c",
      projected: {
        sources: [{ configMap: { name: "used" } }, { serviceAccountToken: { path: "t", audience: "vault" } }],
      },
    },
  ];
  const { metadata } = await space.create("pods", {
    metadata: { name: "mine" },
    spec: template({ nodeName: node, volumes }).spec,
  });
  await space.create("pods", { metadata: { name: "other" }, spec: template().spec });
  return metadata.uid;
}

function named(path: string, name: string): string {
  return `${path}?fieldSelector=metadata.name%3D${name}`;
}

function describeNodeAccess(open: () => Bench): void {
  it("lets a node read what its own pods refer to", async () => {
    const space = await open().namespace();
    const node = `${space.name}-node`;
    await furnish(space, node);
    const call = asNode(space, node);
    const secrets = space.path("secrets");
    const get = (path: string) => call("GET", path);
    // The authorizer learns of new pods a moment later.
    await waitFor(
      "the node may read",
      () => get(`${secrets}/used`),
      ({ code }) => code === 200,
    );
    const allowed = [
      await get(named(secrets, "used")),
      await get(space.path("configmaps", "used")),
      await get(space.path("serviceaccounts", "default")),
      await get(space.path("pods", "mine")),
      await get(`${pathOf("pods")}?fieldSelector=spec.nodeName%3D${node}`),
      await get(pathOf("nodes", undefined, node)),
      await get(named(pathOf("nodes"), node)),
      await get(pathOf("services")),
    ];
    expect(allowed.map(({ code }) => code)).toEqual(allowed.map(() => 200));
    const refused = [
      await get(`${secrets}/unused`),
      await get(secrets),
      await get(space.path("configmaps", "unused")),
      await get(space.path("pods", "other")),
      await get(pathOf("pods")),
      await get(pathOf("nodes")),
      await get(pathOf("nodes", undefined, playedNode)),
      await get(space.path("leases")),
      await get(space.path("jobs")),
      await call("PATCH", space.path("pods", "mine"), { metadata: { labels: { a: "b" } } }),
    ];
    await expectRecordedAnswers(space, "node-reads", refused);
  });

  it("lets a node write itself and its own pods", async () => {
    const space = await open().namespace();
    const node = `${space.name}-node`;
    const uid = await furnish(space, node);
    const call = asNode(space, node);
    const own = pathOf("nodes", undefined, node);
    const label = (name: string) => call("PATCH", own, { metadata: { labels: { [name]: "x" } } });
    const token = (spec: AnyObject) =>
      call("POST", space.path("serviceaccounts", "default", "token"), { spec });
    const bound = { apiVersion: "v1", kind: "Pod", name: "mine", uid };
    await waitFor(
      "the node may ask for tokens",
      () => token({ audiences: ["vault"], boundObjectRef: bound }),
      ({ code }) => code === 201,
    );
    const lease = (name: string) => ({ metadata: { name } });
    const allowed = [
      await label("example.com/anything"),
      await label("node.kubernetes.io/anything"),
      await label("topology.kubernetes.io/zone"),
      await call("PATCH", `${own}/status`, { status: { phase: "Running" } }),
      await call("PATCH", space.path("pods", "mine", "status"), { status: { message: "m" } }),
      await call("POST", pathOf("leases", "kube-node-lease"), lease(node)),
      await call("PATCH", pathOf("leases", "kube-node-lease", node), { spec: { leaseDurationSeconds: 1 } }),
      await call("POST", space.path("pods", "mine", "eviction"), { metadata: { name: "mine" } }),
    ];
    expect(allowed.map(({ code }) => code)).toEqual([200, 200, 200, 200, 200, 201, 200, 201]);
    const elsewhere = { ...bound, name: "other", uid: (await space.get("pods", "other")).metadata.uid };
    const refused = [
      await label("node-restriction.kubernetes.io/x"),
      await label("kubernetes.io/x"),
      await call("PATCH", own, { spec: { taints: [{ key: "a", effect: "NoSchedule" }] } }),
      await call("PATCH", pathOf("nodes", undefined, playedNode, "status"), { status: { phase: "Running" } }),
      await call("POST", pathOf("nodes"), { metadata: { name: `${node}-2` } }),
      await call("POST", space.path("pods"), {
        metadata: { name: "new" },
        spec: template({ nodeName: node }).spec,
      }),
      await call("DELETE", space.path("pods", "other"), {}),
      await call("POST", space.path("pods", "other", "eviction"), { metadata: { name: "other" } }),
      await call("PATCH", space.path("pods", "other", "status"), { status: { message: "m" } }),
      await call("PATCH", space.path("pods", "mine", "status"), { metadata: { labels: { a: "b" } } }),
      await call("POST", pathOf("leases", "kube-node-lease"), lease(`${node}-2`)),
      await token({ audiences: ["vault"] }),
      await token({ audiences: ["vault"], boundObjectRef: { ...bound, uid: undefined } }),
      await token({ audiences: ["vault"], boundObjectRef: elsewhere }),
      await token({ audiences: ["vault", "two"], boundObjectRef: bound }),
    ];
    await expectRecordedAnswers(space, "node-writes", refused);
  });
}

function describeRoles(open: () => Bench): void {
  it("gathers the rules of roles that another selects, and follows them", async () => {
    const space = await open().namespace();
    const [all, part] = [`${space.name}-all`, `${space.name}-part`];
    const roles = pathOf("clusterroles");
    const user = { user: `${space.name}-jane` };
    const read = { apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list"] };
    await space.api.post(roles, {
      metadata: { name: all },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [space.name]: "yes" } }] },
    });
    await space.create("rolebindings", {
      metadata: { name: "b" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: all },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: user.user }],
    });
    const look = () => space.api.call("GET", space.path("configmaps"), undefined, { as: user });
    expect((await look()).code).toBe(403);
    await space.api.post(roles, { metadata: { name: part, labels: { [space.name]: "yes" } }, rules: [read] });
    await waitFor("the user may list", look, ({ code }) => code === 200);
    expect((await space.api.get(`${roles}/${all}`)).rules).toEqual([read]);
    await space.api.send("DELETE", `${roles}/${part}`, {});
    await waitFor("the user may list no more", look, ({ code }) => code === 403);
  });

  it("lets a list of one name count as that name, and nobody act as another without the right", async () => {
    const space = await open().namespace();
    const user = { user: `${space.name}-joe` };
    const rules = [
      { apiGroups: [""], resources: ["configmaps"], resourceNames: ["one"], verbs: ["get", "list", "watch"] },
    ];
    await space.create("roles", { metadata: { name: "r" }, rules });
    await space.create("rolebindings", {
      metadata: { name: "b" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "r" },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: user.user }],
    });
    const maps = space.path("configmaps");
    const look = (path: string) => space.api.call("GET", path, undefined, { as: user });
    await waitFor(
      "the role holds",
      () => look(named(maps, "one")),
      ({ code }) => code === 200,
    );
    expect((await look(maps)).code).toBe(403);
    expect((await look(named(maps, "two"))).code).toBe(403);
    const { body } = await space.api.call("POST", space.path("serviceaccounts", "default", "token"), {
      spec: {},
    });
    const refused = await space.api.call("GET", maps, undefined, { as: user, token: body.status.token });
    expect(refused.code).toBe(403);
    expect(refused.body.message).toContain("cannot impersonate");
  });
}

/** Who may do what. */
export function describeAccess(open: () => Bench): void {
  describe.concurrent("access of nodes", () => describeNodeAccess(open));
  describe.concurrent("access by roles", () => describeRoles(open));
}
