import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { type AnyObject, pathOf } from "./api-client.ts";
import type { Bench } from "./bench.ts";
import { apiGroup, as, bindingOf, knows, person, review } from "./people.ts";
import { expectRecorded } from "./recorded.ts";

const shippedRoles = new URL("../../../packages/cluster/src/generated/roles.generated.json", import.meta.url);

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

/** What roles give from the start. */
export function describeRoles(open: () => Bench): void {
  describe.concurrent("roles of the start", () => describeDefaultRoles(open));
}
