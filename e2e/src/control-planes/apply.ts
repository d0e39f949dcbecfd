import { describe, expect, it } from "vitest";
import type { AnyObject, ApiAnswer } from "./api-client.ts";
import { type Bench, type Space, template } from "./bench.ts";
import { expectRecorded } from "./recorded.ts";

const apps = { apiVersion: "apps/v1", kind: "Deployment" };

function deployment(spec: AnyObject = {}, metadata: AnyObject = {}): AnyObject {
  const base = { selector: { matchLabels: { app: "case" } }, template: template() };
  return { ...apps, metadata: { name: "web", ...metadata }, spec: { ...base, ...spec } };
}

function configMap(data: AnyObject, metadata: AnyObject = {}): AnyObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "m", ...metadata }, data };
}

const plurals: Readonly<Record<string, string>> = {
  Deployment: "deployments",
  ConfigMap: "configmaps",
  Service: "services",
};

function apply(
  space: Space,
  manager: string,
  object: AnyObject,
  query = "",
  ...rest: string[]
): Promise<ApiAnswer> {
  const path = space.path(plurals[object.kind] ?? "", object.metadata.name, ...rest);
  return space.api.call("PATCH", `${path}?fieldManager=${manager}${query}`, object, {
    contentType: "application/apply-patch+yaml",
  });
}

/** Who owns what, times left out and with them the order, which is by time. */
export function managersOf(object: AnyObject): AnyObject[] {
  return (object.metadata.managedFields ?? [])
    .map(({ time, ...entry }: AnyObject) => {
      expect(time ?? "2026-01-01T00:00:00Z").toMatch(/Z$/);
      return entry;
    })
    .sort((left: AnyObject, right: AnyObject) =>
      `${left.operation} ${left.manager}` < `${right.operation} ${right.manager}` ? -1 : 1,
    );
}

/** What a conflict tells; the real server names the managers in any order. */
function conflictOf({ code, body }: ApiAnswer): AnyObject {
  const causes = body.details?.causes?.toSorted((left: AnyObject, right: AnyObject) =>
    `${left.field} ${left.message}` < `${right.field} ${right.message}` ? -1 : 1,
  );
  return { code, reason: body.reason, message: body.message, causes };
}

function send(space: Space, method: string, manager: string, object: AnyObject): Promise<AnyObject> {
  const plural = plurals[object.kind] ?? "";
  const path = method === "POST" ? space.path(plural) : space.path(plural, object.metadata.name);
  return space.api.send(method, `${path}?fieldManager=${manager}`, object);
}

/** Server-side apply. */
export function describeApply(open: () => Bench): void {
  describe.concurrent("server-side apply", () => {
    it("creates, owns what it says, and says nothing twice", async () => {
      const space = await open().namespace();
      const created = await apply(space, "one", deployment({ replicas: 2 }));
      expect(created.code).toBe(201);
      const again = await apply(space, "one", deployment({ replicas: 2 }));
      expect(again.code).toBe(200);
      expect(managersOf(again.body).slice(0, 1)).toEqual(managersOf(created.body));
      await expectRecorded(space, "apply-create", managersOf(created.body));
    });

    it("names the fields of others that it would change, and takes them by force", async () => {
      const space = await open().namespace();
      await apply(space, "one", configMap({ a: "1", b: "1" }));
      const single = await apply(space, "two", configMap({ a: "2" }));
      const same = await apply(space, "two", configMap({ b: "1", c: "2" }));
      expect(same.code).toBe(200);
      const several = await apply(space, "three", configMap({ a: "3", b: "3", c: "3" }));
      const forced = await apply(space, "three", configMap({ a: "3", b: "3", c: "3" }), "&force=true");
      expect(forced.body.data).toEqual({ a: "3", b: "3", c: "3" });
      await expectRecorded(space, "apply-conflicts", {
        single: conflictOf(single),
        several: conflictOf(several),
        forced: managersOf(forced.body),
      });
    });

    it("removes what its manager applies no more, unless others own it", async () => {
      const space = await open().namespace();
      await apply(space, "one", configMap({ a: "1", b: "1", c: "1" }, { labels: { l: "1" } }));
      await apply(space, "two", configMap({ b: "1" }));
      const { body } = await apply(space, "one", configMap({ a: "1" }));
      expect(body.data).toEqual({ a: "1", b: "1" });
      expect(body.metadata.labels).toBeUndefined();
      const left = await apply(space, "two", {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "m" },
      });
      expect(left.body.data).toEqual({ a: "1" });
      expect(managersOf(left.body)).toHaveLength(1);
    });

    it("knows who created, updated, patched and scaled before it", async () => {
      const space = await open().namespace();
      await send(space, "POST", "creator", deployment({ replicas: 1 }));
      const path = space.path("deployments", "web");
      const merge = { contentType: "application/merge-patch+json" };
      await space.api.send(
        "PATCH",
        `${path}?fieldManager=patcher`,
        { metadata: { labels: { by: "patcher" } } },
        merge,
      );
      await space.api.send("PATCH", `${path}/scale?fieldManager=scaler`, { spec: { replicas: 2 } }, merge);
      const conflict = await apply(
        space,
        "applier",
        deployment({ replicas: 3 }, { labels: { by: "applier" } }),
      );
      const forced = await apply(
        space,
        "applier",
        deployment({ replicas: 3 }, { labels: { by: "applier" } }),
        "&force=true",
      );
      const mine = managersOf(forced.body).filter(({ manager }) => manager !== "kube-controller-manager");
      await expectRecorded(space, "apply-after-others", { conflict: conflictOf(conflict), managers: mine });
    });

    it("merges lists by the keys of their items, each owned by its own manager", async () => {
      const space = await open().namespace();
      const containers = (...list: AnyObject[]) =>
        deployment({ replicas: 0, template: template({ containers: list }) });
      const first = {
        name: "c",
        image: "x",
        ports: [{ containerPort: 80 }],
        env: [{ name: "A", value: "1" }],
      };
      await apply(space, "one", containers(first));
      const sidecar = { name: "s", image: "y" };
      const beside = await apply(space, "two", {
        ...apps,
        metadata: { name: "web" },
        spec: {
          template: { spec: { containers: [sidecar, { name: "c", env: [{ name: "B", value: "2" }] }] } },
        },
      });
      expect(beside.body.spec?.template.spec.containers, JSON.stringify(beside.body)).toMatchObject([
        { name: "s", image: "y" },
        { name: "c", image: "x", env: [{ name: "A" }, { name: "B" }] },
      ]);
      const changed = await apply(
        space,
        "one",
        containers({ ...first, image: "z", env: [], ports: [{ containerPort: 81 }] }),
      );
      const [, own] = changed.body.spec.template.spec.containers;
      expect(own).toMatchObject({
        image: "z",
        env: [{ name: "B", value: "2" }],
        ports: [{ containerPort: 81 }],
      });
      expect(own.ports).toHaveLength(1);
      const gone = await apply(space, "two", { ...apps, metadata: { name: "web" }, spec: {} });
      expect(gone.body.spec.template.spec.containers).toMatchObject([{ name: "c" }]);
    });

    it("follows updates after the apply, also of the status", async () => {
      const space = await open().namespace();
      await apply(space, "one", configMap({ a: "1", b: "1" }));
      const { metadata } = await space.get("configmaps", "m");
      await send(
        space,
        "PUT",
        "editor",
        configMap({ a: "2", c: "1" }, { managedFields: metadata.managedFields }),
      );
      const edited = await space.get("configmaps", "m");
      const conflict = await apply(space, "one", configMap({ a: "1", b: "1" }));
      const reset = await space.patch("configmaps", "m", { metadata: { managedFields: [{}] } });
      expect(reset.metadata.managedFields).toBeUndefined();
      const anew = await apply(space, "one", configMap({ a: "1" }));
      await expectRecorded(space, "apply-updates", {
        edited: managersOf(edited),
        conflict: conflictOf(conflict),
        anew: conflictOf(anew),
      });
    });

    it("takes over what kubectl applied from the client's side", async () => {
      const space = await open().namespace();
      const key = "kubectl.kubernetes.io/last-applied-configuration";
      const text = JSON.stringify(configMap({ a: "1", b: "1" }, { annotations: {}, namespace: space.name }));
      const before = configMap({ a: "1", b: "1" }, { annotations: { [key]: text } });
      await send(space, "POST", "kubectl-client-side-apply", before);
      await space.api.send(
        "PATCH",
        `${space.path("configmaps", "m")}?fieldManager=hand`,
        { data: { b: "2" } },
        {
          contentType: "application/merge-patch+json",
        },
      );
      const conflict = await apply(space, "kubectl", configMap({ a: "2", b: "3" }));
      const taken = await apply(space, "kubectl", configMap({ a: "2" }));
      expect(taken.code).toBe(200);
      expect(JSON.parse(taken.body.metadata.annotations[key]).data).toEqual({ a: "2" });
      await expectRecorded(space, "apply-client-side", conflictOf(conflict));
    });

    it("does not change anything in a dry run, and checks as every write does", async () => {
      const space = await open().namespace();
      expect((await apply(space, "one", configMap({ a: "1" }), "&dryRun=All")).code).toBe(201);
      expect((await space.api.call("GET", space.path("configmaps", "m"))).code).toBe(404);
      const unnamed = space.api.call("PATCH", space.path("configmaps", "m"), configMap({}), {
        contentType: "application/apply-patch+yaml",
      });
      const wrong = [
        await unnamed,
        await apply(space, "one", configMap({ a: "1" }, { managedFields: [{ manager: "x" }] })),
        await apply(space, "one", { ...configMap({}), apiVersion: "v2" }),
        await apply(space, "one", deployment({ replicas: -1 })),
        await apply(space, "one", deployment({}, { name: "web", namespace: "other" })),
      ];
      expect(wrong.map(({ code }) => code)).toEqual([422, 400, 400, 422, 400]);
      await apply(space, "one", configMap({ a: "1" }));
      const stale = await apply(space, "one", configMap({ a: "2" }, { resourceVersion: "1" }));
      expect(stale.code).toBe(409);
    });

    it("works for kubectl apply, diff and the owner's view", async () => {
      const space = await open().namespace();
      const { cluster } = open();
      const kubectl = (args: readonly string[], object: AnyObject) =>
        cluster.kubectl(["-n", space.name, ...args, "-f", "-"], { input: JSON.stringify(object) });
      const web = deployment({ replicas: 0 });
      const applied = await kubectl(["apply", "--server-side"], web);
      expect(applied).toMatchObject({ code: 0, stdout: "deployment.apps/web serverside-applied\n" });
      const changed = deployment({
        replicas: 0,
        template: template({ containers: [{ name: "c", image: "new" }] }),
      });
      const difference = await kubectl(["diff", "--server-side"], changed);
      expect(difference.code, difference.stderr).toBe(1);
      expect(difference.stdout).toContain("+      - image: new");
      const shown = await cluster.kubectl([
        "-n",
        space.name,
        "get",
        "deployment",
        "web",
        "-o",
        "json",
        "--show-managed-fields",
      ]);
      expect(managersOf(JSON.parse(shown.stdout))[0]).toMatchObject({
        manager: "kubectl",
        operation: "Apply",
      });
    });
  });
}
