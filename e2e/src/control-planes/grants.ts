import { describe, expect, it } from "vitest";
import { type AnyObject, pathOf } from "./api-client.ts";
import type { Bench } from "./bench.ts";
import { apiGroup, as, bindingOf, knows, letDo, person, rule } from "./people.ts";
import { expectRecordedAnswers } from "./recorded.ts";

const readMaps = rule(["get", "list"], "", "configmaps");

/** Who may give which rights to others. */
export function describeGrants(open: () => Bench): void {
  describe.concurrent("grants", () => {
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
        await call(
          "POST",
          roles,
          role("more", rule(["get", "list", "watch"], "", "configmaps", "pods/exec")),
        ),
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
  });
}
