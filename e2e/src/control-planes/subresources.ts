import { describe, expect, it } from "vitest";
import type { AnyObject } from "./api-client.ts";
import { type Bench, playedNode, type Space, template } from "./bench.ts";
import { expectRecorded, expectRecordedAnswers } from "./recorded.ts";

const issuer = "https://kubernetes.default.svc.cluster.local";

function pod(name: string, spec: AnyObject = {}): AnyObject {
  const { metadata, spec: own } = template(spec);
  return { metadata: { ...metadata, name }, spec: own };
}

/** What is asked for of a pod's disruption budget, once its controller has looked at it. */
async function budget(
  space: Space,
  spec: AnyObject,
  accept: (status: AnyObject) => boolean,
): Promise<AnyObject> {
  const selector = { matchLabels: { app: "case" } };
  await space.create("poddisruptionbudgets", { metadata: { name: "b" }, spec: { selector, ...spec } });
  return settled(space, accept);
}

async function settled(space: Space, accept: (status: AnyObject) => boolean): Promise<AnyObject> {
  const found = await space.until(
    "poddisruptionbudgets",
    "b",
    ({ status, metadata }) => status?.observedGeneration === metadata.generation && accept(status),
  );
  const { conditions, ...counts } = found.status;
  const [{ lastTransitionTime, ...condition }] = conditions;
  expect(lastTransitionTime).toMatch(/Z$/);
  return { ...counts, condition };
}

function evict(space: Space, name: string, options: AnyObject = {}): Promise<AnyObject> {
  const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name }, ...options };
  return space.api.call("POST", space.path("pods", name, "eviction"), eviction);
}

function withoutTime({ body }: AnyObject): AnyObject {
  const { metadata: _metadata, ...rest } = body;
  return rest;
}

function describeEviction(open: () => Bench): void {
  it("evicts what the budget can spare, and refuses the rest with what it lacks", async () => {
    const space = await open().namespace();
    for (const name of ["a", "b", "c"]) {
      await space.create("pods", pod(name));
      await space.setPhase(name, "Running");
    }
    const allowed = await budget(space, { minAvailable: 2 }, ({ currentHealthy }) => currentHealthy === 3);
    expect(allowed).toEqual({
      currentHealthy: 3,
      desiredHealthy: 2,
      disruptionsAllowed: 1,
      expectedPods: 3,
      observedGeneration: 1,
      condition: {
        type: "DisruptionAllowed",
        status: "True",
        reason: "SufficientPods",
        message: "",
        observedGeneration: 1,
      },
    });
    expect(await evict(space, "a", { deleteOptions: { dryRun: ["All"] } })).toMatchObject({ code: 201 });
    const done = await evict(space, "a");
    expect({ code: done.code, ...withoutTime(done) }).toEqual({
      code: 201,
      kind: "Status",
      apiVersion: "v1",
      status: "Success",
    });
    const leaving = await space.get("pods", "a");
    expect(leaving.metadata.deletionGracePeriodSeconds).toBe(30);
    const target = leaving.status.conditions.find(({ type }: AnyObject) => type === "DisruptionTarget");
    expect(target).toMatchObject({
      status: "True",
      reason: "EvictionByEvictionAPI",
      message: "Eviction API: evicting",
    });
    expect(await settled(space, ({ currentHealthy }) => currentHealthy === 2)).toMatchObject({
      disruptionsAllowed: 0,
      condition: { status: "False", reason: "InsufficientPods" },
    });
    const refused = await evict(space, "b");
    expect(refused.code).toBe(429);
    expect(withoutTime(refused)).toEqual({
      kind: "Status",
      apiVersion: "v1",
      status: "Failure",
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      reason: "TooManyRequests",
      details: {
        causes: [
          {
            reason: "DisruptionBudget",
            message: "The disruption budget b needs 2 healthy pods and has 2 currently",
          },
        ],
      },
      code: 429,
    });
    expect(refused.headers["retry-after"]).toBeUndefined();
  });

  it("lets pods go that guard nothing: pending, ended, or not ready where that is allowed", async () => {
    const space = await open().namespace();
    await space.create("pods", pod("pending"));
    await space.create("pods", pod("ended"));
    await space.setPhase("ended", "Failed", 1);
    await space.create("pods", pod("sick"));
    await space.setPhase("sick", "Running");
    const notReady = [{ type: "Ready", status: "False", lastTransitionTime: "2026-01-01T00:00:00Z" }];
    await space.api.patch(space.path("pods", "sick", "status"), { status: { conditions: notReady } });
    await budget(space, { minAvailable: 1 }, ({ expectedPods }) => expectedPods === 3);
    expect((await evict(space, "pending")).code).toBe(201);
    expect((await evict(space, "ended")).code).toBe(201);
    expect((await evict(space, "sick")).code).toBe(429);
    await space.patch("poddisruptionbudgets", "b", { spec: { unhealthyPodEvictionPolicy: "AlwaysAllow" } });
    await settled(space, () => true);
    expect((await evict(space, "sick")).code).toBe(201);
  });

  it("counts the pods that there should be by the scale of what controls them", async () => {
    const space = await open().namespace();
    await space.create("deployments", {
      metadata: { name: "web" },
      spec: { replicas: 4, selector: { matchLabels: { app: "case" } }, template: template() },
    });
    const pods = await space.untilAll("pods", (all) => all.length === 4);
    for (const { metadata } of pods) await space.setPhase(metadata.name, "Running");
    const share = await budget(
      space,
      { maxUnavailable: "30%" },
      ({ currentHealthy }) => currentHealthy === 4,
    );
    expect(share).toMatchObject({ expectedPods: 4, desiredHealthy: 2, disruptionsAllowed: 2 });
  });

  it("does not decide between two budgets, and takes no eviction of another name", async () => {
    const space = await open().namespace();
    await space.create("pods", pod("a"));
    await space.setPhase("a", "Running");
    await budget(space, { minAvailable: 0 }, ({ currentHealthy }) => currentHealthy === 1);
    await space.create("poddisruptionbudgets", {
      metadata: { name: "c" },
      spec: { minAvailable: 0, selector: {} },
    });
    const { body } = await evict(space, "a");
    expect(body).toMatchObject({
      status: "Failure",
      message:
        "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
    });
    expect(await evict(space, "a", { metadata: { name: "b" } })).toMatchObject({
      code: 400,
      body: { message: "name in URL does not match name in Eviction object" },
    });
    expect(await evict(space, "gone")).toMatchObject({ code: 404 });
  });
}

function claimsOf(token: string): AnyObject {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}

function describeTokens(open: () => Bench): void {
  const ask = (space: Space, spec: AnyObject, metadata: AnyObject = {}) =>
    space.api.call("POST", space.path("serviceaccounts", "default", "token"), { metadata, spec });
  const review = async (space: Space, spec: AnyObject) =>
    (await space.api.post("/apis/authentication.k8s.io/v1/tokenreviews", { spec })).status;

  it("issues tokens for audiences, for a time and bound to a pod, and knows them again", async () => {
    const space = await open().namespace();
    const { uid } = (await space.create("pods", pod("a"))).metadata;
    const boundObjectRef = { apiVersion: "v1", kind: "Pod", name: "a", uid };
    const { code, body } = await ask(space, { audiences: ["vault"], expirationSeconds: 700, boundObjectRef });
    expect(code).toBe(201);
    expect(body.spec).toEqual({ audiences: ["vault"], expirationSeconds: 700, boundObjectRef });
    expect(body.metadata).toMatchObject({ name: "default", namespace: space.name });
    expect(body.metadata.uid).toBe((await space.get("serviceaccounts", "default")).metadata.uid);
    const claims = claimsOf(body.status.token);
    expect(claims).toMatchObject({
      aud: ["vault"],
      iss: issuer,
      sub: `system:serviceaccount:${space.name}:default`,
      "kubernetes.io": { namespace: space.name, pod: { name: "a", uid }, node: { name: playedNode } },
    });
    expect(claims.exp - claims.iat).toBe(700);
    const known = await review(space, { token: body.status.token, audiences: ["vault", "other"] });
    expect(known).toMatchObject({ authenticated: true, audiences: ["vault"] });
    expect(known.user).toMatchObject({
      username: `system:serviceaccount:${space.name}:default`,
      groups: ["system:serviceaccounts", `system:serviceaccounts:${space.name}`, "system:authenticated"],
    });
    expect(Object.keys(known.user.extra).sort()).toEqual(
      ["credential-id", "node-name", "node-uid", "pod-name", "pod-uid"].map(
        (name) => `authentication.kubernetes.io/${name}`,
      ),
    );
    expect(await review(space, { token: body.status.token })).not.toHaveProperty("authenticated");
    await space.delete("pods", "a", { gracePeriodSeconds: 0 });
    expect(await review(space, { token: body.status.token, audiences: ["vault"] })).not.toHaveProperty(
      "authenticated",
    );
  });

  it("makes the mounted token of a pod last a year", async () => {
    const space = await open().namespace();
    await space.create("pods", pod("a"));
    const boundObjectRef = { apiVersion: "v1", kind: "Pod", name: "a" };
    const { body } = await ask(space, { expirationSeconds: 3607, boundObjectRef });
    const claims = claimsOf(body.status.token);
    expect(claims.exp - claims.iat).toBe(365 * 24 * 3600);
    expect(claims["kubernetes.io"].warnafter - claims.iat).toBe(3607);
    const self = await space.api.call(
      "POST",
      "/apis/authentication.k8s.io/v1/selfsubjectreviews",
      {},
      { token: body.status.token },
    );
    expect(self.body.status.userInfo.username).toBe(`system:serviceaccount:${space.name}:default`);
  });

  it("refuses what a token cannot be", async () => {
    const space = await open().namespace();
    await space.api.post(space.path("serviceaccounts"), { metadata: { name: "other" } });
    await space.create("pods", pod("a", { serviceAccountName: "other" }));
    const bound = (boundObjectRef: AnyObject) => ask(space, { boundObjectRef });
    const answers = [
      await ask(space, { expirationSeconds: 599 }),
      await ask(space, { expirationSeconds: 2 ** 32 + 1 }),
      await ask(space, {}, { name: "else" }),
      await ask(space, {}, { uid: "00000000-0000-0000-0000-000000000000" }),
      await bound({ apiVersion: "v1", kind: "Pod", name: "a" }),
      await bound({ apiVersion: "v1", kind: "Pod", name: "none" }),
      await bound({ apiVersion: "v1", kind: "ConfigMap", name: "a" }),
      await bound({ apiVersion: "v1", kind: "Node", name: playedNode, uid: "1" }),
      await space.api.call("POST", space.path("serviceaccounts", "none", "token"), { spec: {} }),
    ];
    await expectRecordedAnswers(space, "token-refusals", answers);
  });
}

function describePodParts(open: () => Bench): void {
  const change = (space: Space, part: string, spec: AnyObject) =>
    space.api.call(
      "PATCH",
      space.path("pods", "a", part),
      { spec },
      { contentType: "application/strategic-merge-patch+json" },
    );
  const sized = (requests: AnyObject, more: AnyObject = {}) => ({
    containers: [{ name: "c", resources: { requests, ...more } }],
  });

  it("adds ephemeral containers and takes none away", async () => {
    const space = await open().namespace();
    await space.create("pods", pod("a"));
    const added = await change(space, "ephemeralcontainers", {
      ephemeralContainers: [{ name: "debug", image: "x", targetContainerName: "c" }],
    });
    expect(added.code).toBe(200);
    expect(added.body.metadata.generation).toBe(2);
    expect(added.body.spec.ephemeralContainers).toEqual([
      {
        name: "debug",
        image: "x",
        targetContainerName: "c",
        imagePullPolicy: "Always",
        resources: {},
        terminationMessagePath: "/dev/termination-log",
        terminationMessagePolicy: "File",
      },
    ]);
    const containers = (ephemeralContainers: AnyObject) =>
      change(space, "ephemeralcontainers", { ephemeralContainers });
    const answers = [
      await containers([{ name: "c", image: "x" }]),
      await containers([{ name: "d", image: "x", targetContainerName: "none" }]),
      await containers([{ name: "e", image: "x", ports: [{ containerPort: 1 }] }]),
      await containers([{ name: "f" }]),
      await containers([{ name: "debug", image: "y" }]),
      await containers([{ $patch: "replace" }]),
      await space.api.call(
        "PATCH",
        space.path("pods", "a"),
        { spec: { ephemeralContainers: [] } },
        {
          contentType: "application/merge-patch+json",
        },
      ),
    ];
    await expectRecordedAnswers(space, "ephemeral-refusals", answers);
  });

  it("resizes a pod whose node shows that it can, and nothing but cpu and memory", async () => {
    const space = await open().namespace();
    const resources = { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "2" } };
    await space.create("pods", pod("a", { containers: [{ name: "c", image: "x", resources }] }));
    const early = await change(space, "resize", sized({ cpu: "500m" }));
    expect(early, JSON.stringify(early.body)).toMatchObject({ code: 200 });
    expect(early.body.spec.containers[0].resources.requests).toEqual({ cpu: "500m", memory: "1Gi" });
    expect(early.body.metadata.generation).toBe(2);
    await space.setPhase("a", "Running");
    const unable = await change(space, "resize", sized({ cpu: "1" }));
    const { containerStatuses } = (await space.get("pods", "a")).status;
    await space.api.patch(space.path("pods", "a", "status"), {
      status: { containerStatuses: [{ ...containerStatuses[0], resources }] },
    });
    expect((await change(space, "resize", sized({ cpu: "1" }))).code).toBe(200);
    const answers = [
      unable,
      await change(space, "resize", sized({ cpu: null })),
      await change(space, "resize", sized({ cpu: "3" })),
      await change(space, "resize", sized({ "ephemeral-storage": "1Gi" })),
      await change(
        space,
        "resize",
        sized({ cpu: "2", memory: "1Gi" }, { limits: { cpu: "2", memory: "1Gi" } }),
      ),
      await change(space, "resize", { containers: [{ name: "d", image: "x" }] }),
      await space.api.call(
        "PATCH",
        space.path("pods", "a"),
        { spec: sized({ cpu: "2" }) },
        {
          contentType: "application/strategic-merge-patch+json",
        },
      ),
    ];
    await expectRecordedAnswers(space, "resize-refusals", answers);
  });

  it("binds a pod once, with what the binding brings along", async () => {
    const space = await open().namespace();
    await space.create("pods", pod("a", { nodeName: undefined, schedulerName: "nobody" }));
    await space.create("pods", pod("gated", { nodeName: undefined, schedulingGates: [{ name: "x.y/z" }] }));
    const bind = (name: string, binding: AnyObject) =>
      space.api.call("POST", space.path("pods", name, "binding"), {
        apiVersion: "v1",
        kind: "Binding",
        metadata: { name },
        target: { kind: "Node", name: playedNode },
        ...binding,
      });
    const refusals = [
      await bind("a", { metadata: { name: "b" } }),
      await bind("a", { metadata: { name: "a", uid: "1" } }),
      await bind("a", { target: { kind: "Pod", name: "x" } }),
      await bind("a", { target: {} }),
      await bind("none", {}),
      await bind("gated", {}),
    ];
    const metadata = { name: "a", annotations: { from: "binding" }, labels: { zone: "z" } };
    expect((await bind("a", { metadata })).code).toBe(201);
    const bound = await space.get("pods", "a");
    expect(bound.spec.nodeName).toBe(playedNode);
    expect(bound.metadata).toMatchObject({ annotations: { from: "binding" }, labels: { zone: "z" } });
    expect(bound.status.conditions).toMatchObject([{ type: "PodScheduled", status: "True" }]);
    await expectRecordedAnswers(space, "binding-refusals", [...refusals, await bind("a", {})]);
  });
}

function describeScale(open: () => Bench): void {
  it("scales what has replicas", async () => {
    const space = await open().namespace();
    const spec = { replicas: 1, template: template(), selector: { matchLabels: { app: "case" } } };
    const seen: AnyObject[] = [];
    for (const resource of ["deployments", "replicasets", "statefulsets", "replicationcontrollers"]) {
      const own = resource === "replicationcontrollers" ? { ...spec, selector: { app: "case" } } : spec;
      await space.create(resource, {
        metadata: { name: "w" },
        spec: { ...own, template: template({}, { app: "case" }) },
      });
      const path = space.path(resource, "w", "scale");
      const { kind, apiVersion, spec: wanted, status } = await space.api.get(path);
      const scaled = await space.api.patch(path, { spec: { replicas: 0 } });
      seen.push({ resource, kind, apiVersion, wanted, selector: status.selector, after: scaled.spec });
      const stale = {
        ...scaled,
        metadata: { ...scaled.metadata, resourceVersion: "1" },
        spec: { replicas: 2 },
      };
      expect((await space.api.call("PUT", path, stale)).code).toBe(409);
      const negative = await space.api.call(
        "PATCH",
        path,
        { spec: { replicas: -1 } },
        {
          contentType: "application/merge-patch+json",
        },
      );
      expect(negative).toMatchObject({
        code: 422,
        body: { details: { causes: [{ field: "spec.replicas" }] } },
      });
      expect((await space.get(resource, "w")).spec.replicas).toBe(0);
      await space.delete(resource, "w", { propagationPolicy: "Background" });
    }
    await expectRecorded(space, "scales", seen);
  });
}

/** What is done to an object by the side of its own path. */
export function describeSubresources(open: () => Bench): void {
  describe.concurrent("eviction", () => describeEviction(open));
  describe.concurrent("tokens of service accounts", () => describeTokens(open));
  describe.concurrent("parts of a pod", () => describePodParts(open));
  describe.concurrent("scale", () => describeScale(open));
}
