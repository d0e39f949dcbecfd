import { expect } from "vitest";
import { pathOf } from "../control-planes/api-client.ts";
import { conditionsOf } from "../control-planes/bench.ts";
import { waitFor } from "../wait-for.ts";
import {
  conditionOf,
  exits,
  ignoresStop,
  isReady,
  isRunning,
  mainOf,
  pod,
  runs,
  type Scenario,
  specOn,
  startsOf,
  uidOf,
  untilEnded,
} from "./stage.ts";

const hold = "vkubelet.dev/e2e-hold";

const crashLoop: Scenario = {
  name: "a container that always fails is started again, after longer and longer waits",
  async run({ bench, virtual }) {
    const space = await bench.namespace();
    await space.create("pods", pod("crashes", specOn(virtual, exits(7))));
    const waits = (count: number) =>
      space.until("pods", "crashes", (object) => {
        const main = mainOf(object);
        return main?.restartCount === count && main.state.waiting?.reason === "CrashLoopBackOff";
      });
    // The first restart comes at once.
    for (const [count, delay] of ["10s", "20s"].entries()) {
      const waiting = await waits(count + 1);
      const main = mainOf(waiting);
      expect(main.state.waiting.message).toMatch(`back-off ${delay} restarting failed container=main`);
      expect(main.lastState.terminated).toMatchObject({ exitCode: 7, reason: "Error" });
      expect(waiting.status.phase).toBe("Running");
      expect(conditionOf(waiting, "Ready")).toMatchObject({ status: "False", reason: "ContainersNotReady" });
    }
    const last = await space.until("pods", "crashes", (object) => mainOf(object).restartCount === 3);
    expect(startsOf(virtual, uidOf(last))).toBe(4);
  },
};

const lateConfigMap: Scenario = {
  name: "a pod waits for its ConfigMap, and starts when it appears",
  async run({ bench, virtual }) {
    const space = await bench.namespace();
    const env = [{ name: "COLOR", valueFrom: { configMapKeyRef: { name: "later", key: "color" } } }];
    await space.create("pods", pod("patient", specOn(virtual, { ...runs(), env })));
    const waiting = await space.until("pods", "patient", (object) => mainOf(object)?.state.waiting?.message);
    expect(mainOf(waiting).state.waiting).toEqual({
      reason: "CreateContainerConfigError",
      message: 'configmap "later" not found',
    });
    expect(startsOf(virtual, uidOf(waiting))).toBe(0);
    await space.create("configmaps", { metadata: { name: "later" }, data: { shade: "dark" } });
    await space.until("pods", "patient", (object) => {
      return mainOf(object).state.waiting?.message.includes("couldn't find key color");
    });
    await space.patch("configmaps", "later", { data: { color: "green" } });
    await space.until("pods", "patient", isReady);
    const env0 = virtual.backend.runningPod(uidOf(waiting))?.containers[0]?.env;
    expect(JSON.stringify(env0)).toContain("green");
  },
};

const reviews = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

const token: Scenario = {
  name: "a projected token is that of the pod's service account, until the pod goes",
  async run({ bench, virtual }) {
    const space = await bench.namespace();
    const sources = [
      { serviceAccountToken: { path: "token", expirationSeconds: 3600 } },
      { serviceAccountToken: { path: "vault", audience: "vault", expirationSeconds: 3600 } },
    ];
    const volumes = [{ name: "tokens", projected: { sources } }];
    const volumeMounts = [{ name: "tokens", mountPath: "/tokens" }];
    await space.create("pods", pod("caller", specOn(virtual, { ...runs(), volumeMounts }, { volumes })));
    const caller = await space.until("pods", "caller", isReady);
    const files = virtual.backend
      .runningPod(uidOf(caller))
      ?.volumes.flatMap((volume) => (volume.type === "files" ? volume.files : []));
    const read = (path: string) =>
      new TextDecoder().decode(files?.find((file) => file.path === path)?.content);
    const as = { token: read("token") };
    const self = await space.api.send("POST", reviews, {}, as);
    const account = `system:serviceaccount:${space.name}:default`;
    expect(self.status.userInfo).toMatchObject({
      username: account,
      extra: {
        "authentication.kubernetes.io/node-name": [virtual.name],
        "authentication.kubernetes.io/pod-name": ["caller"],
        "authentication.kubernetes.io/pod-uid": [uidOf(caller)],
      },
    });
    expect((await space.api.call("POST", reviews, {}, { token: read("vault") })).code).toBe(401);
    const look = () => space.api.call("GET", space.path("configmaps"), undefined, as);
    expect((await look()).code).toBe(403);
    const rules = [{ apiGroups: [""], resources: ["configmaps"], verbs: ["list"] }];
    await space.create("roles", { metadata: { name: "reads" }, rules });
    await space.create("rolebindings", {
      metadata: { name: "reads" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "reads" },
      subjects: [{ kind: "ServiceAccount", name: "default", namespace: space.name }],
    });
    await waitFor("the account may list", look, ({ code }) => code === 200);
    await space.delete("pods", "caller");
    await space.untilGone("pods", "caller");
    await waitFor("the token is refused", look, ({ code }) => code === 401);
  },
};

const eviction: Scenario = {
  name: "an eviction waits for the disruption budget, and the last status says why the pod went",
  async run({ bench, virtual }) {
    const space = await bench.namespace();
    const names = ["a", "b"];
    for (const name of names) await space.create("pods", pod(name, specOn(virtual), { finalizers: [hold] }));
    for (const name of names) await space.until("pods", name, isReady);
    const selector = { matchLabels: { app: "case" } };
    await space.create("poddisruptionbudgets", {
      metadata: { name: "guard" },
      spec: { selector, minAvailable: 2 },
    });
    const allowed = (count: number) =>
      space.until("poddisruptionbudgets", "guard", ({ metadata, status }) => {
        const { observedGeneration, expectedPods, disruptionsAllowed } = status ?? {};
        return (
          observedGeneration === metadata.generation && expectedPods === 2 && disruptionsAllowed === count
        );
      });
    await allowed(0);
    const evict = () =>
      space.api.call("POST", space.path("pods", "a", "eviction"), { metadata: { name: "a" } });
    expect((await evict()).code).toBe(429);
    await space.patch("poddisruptionbudgets", "guard", { spec: { minAvailable: 1 } });
    await allowed(1);
    expect((await evict()).code).toBe(201);
    const gone = await space.until("pods", "a", ({ status }) => status.phase === "Failed");
    expect(mainOf(gone).state.terminated.exitCode).toBe(143);
    expect(conditionOf(gone, "DisruptionTarget")).toMatchObject({
      status: "True",
      reason: "EvictionByEvictionAPI",
    });
    expect(isReady(await space.get("pods", "b"))).toBe(true);
    for (const name of names) await space.patch("pods", name, { metadata: { finalizers: null } });
    await space.untilGone("pods", "a");
  },
};

const forcedDeletion: Scenario = {
  name: "a pod deleted by force is gone at once and ended at its backend, and its name is free",
  async run({ bench, virtual }) {
    const space = await bench.namespace();
    const spec = specOn(virtual, ignoresStop(), { terminationGracePeriodSeconds: 600 });
    await space.create("pods", pod("stubborn", spec));
    const first = await space.until("pods", "stubborn", isReady);
    await space.delete("pods", "stubborn");
    await space.until("pods", "stubborn", ({ metadata }) => metadata.deletionTimestamp);
    await space.delete("pods", "stubborn", { gracePeriodSeconds: 0 });
    expect((await space.api.call("GET", space.path("pods", "stubborn"))).code).toBe(404);
    await space.create("pods", pod("stubborn", spec));
    const second = await space.until("pods", "stubborn", isReady);
    await untilEnded(virtual, [uidOf(first)]);
    expect([first, second].map((object) => startsOf(virtual, uidOf(object)))).toEqual([1, 1]);
    await space.delete("pods", "stubborn", { gracePeriodSeconds: 0 });
    await untilEnded(virtual, [uidOf(second)]);
  },
};

const readinessGate: Scenario = {
  name: "a pod with a readiness gate is ready once somebody says so",
  async run({ bench, virtual }) {
    const space = await bench.namespace();
    const readinessGates = [{ conditionType: "example.com/balanced" }];
    await space.create("pods", pod("gated", specOn(virtual, runs(), { readinessGates })));
    const closed = await space.until("pods", "gated", isRunning);
    expect(conditionOf(closed, "ContainersReady").status).toBe("True");
    expect(conditionOf(closed, "Ready")).toMatchObject({ status: "False", reason: "ReadinessGatesNotReady" });
    const say = (status: string) =>
      space.api.send(
        "PATCH",
        space.path("pods", "gated", "status"),
        { status: { conditions: [{ type: "example.com/balanced", status }] } },
        { contentType: "application/strategic-merge-patch+json" },
      );
    await say("True");
    const open = await space.until("pods", "gated", isReady);
    expect(conditionsOf(open)).toContain("example.com/balanced=True undefined");
    await say("False");
    await space.until("pods", "gated", (object) => !isReady(object));
  },
};

const finalizer: Scenario = {
  name: "a pod with a finalizer ends, and its object stays with the last status until it is let go",
  async run({ bench, virtual }) {
    const space = await bench.namespace();
    await space.create("pods", pod("held", specOn(virtual), { finalizers: [hold] }));
    const { metadata } = await space.until("pods", "held", isReady);
    await space.delete("pods", "held");
    const ended = await space.until("pods", "held", ({ status }) => status.phase === "Failed");
    expect(mainOf(ended).state.terminated).toMatchObject({ exitCode: 143, reason: "Error" });
    expect(conditionOf(ended, "Ready").status).toBe("False");
    expect(ended.metadata).toMatchObject({ uid: metadata.uid, finalizers: [hold] });
    await untilEnded(virtual, [metadata.uid]);
    await space.patch("pods", "held", { metadata: { finalizers: null } });
    await space.untilGone("pods", "held");
    await waitFor(
      "the backend is told that nothing more is needed",
      async () => virtual.backend.released,
      (released) => released.includes(metadata.uid),
    );
    expect(startsOf(virtual, metadata.uid)).toBe(1);
  },
};

const namespaceDeletion: Scenario = {
  name: "a namespace goes after its pods have ended, by their grace",
  async run({ bench, virtual }) {
    const space = await bench.namespace();
    await space.create("pods", pod("polite", specOn(virtual)));
    const grace = { terminationGracePeriodSeconds: 3 };
    await space.create("pods", pod("stubborn", specOn(virtual, ignoresStop(), grace)));
    const names = ["polite", "stubborn"];
    const uids: string[] = [];
    for (const name of names) uids.push(uidOf(await space.until("pods", name, isReady)));
    const path = pathOf("namespaces", undefined, space.name);
    await space.api.send("DELETE", path, {});
    await waitFor(
      "the namespace is gone",
      () => space.api.call("GET", path),
      ({ code }) => code === 404,
    );
    expect(uids.map((uid) => virtual.backend.runningPod(uid))).toEqual([undefined, undefined]);
    expect(uids.map((uid) => startsOf(virtual, uid))).toEqual([1, 1]);
  },
};

/** How single pods begin, fare and end. */
export const pods: readonly Scenario[] = [
  crashLoop,
  lateConfigMap,
  token,
  eviction,
  forcedDeletion,
  readinessGate,
  finalizer,
  namespaceDeletion,
];
