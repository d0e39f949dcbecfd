import type { Container, Pod, PodSpec } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { resolved, shell } from "../test-support.ts";
import type { LocalHost } from "./process-plan.ts";
import { planOwnership } from "./security.ts";
import { localTranslator } from "./translate-pod.ts";

const host: LocalHost = {
  operatingSystem: "linux",
  architecture: "amd64",
  uid: 0,
  gid: 0,
  address: "192.0.2.7",
  mounts: "namespace",
  hostname: "own",
  users: "any",
  limits: "cgroup",
};

type Context = Readonly<Record<string, unknown>>;

function translate(own: Context, ofPod: Context = {}, on: LocalHost = host) {
  const spec: PodSpec = {
    securityContext: ofPod,
    containers: [shell("main", "true", { securityContext: own })],
  };
  return localTranslator.translate(resolved("p", spec), on);
}
const securityOf = (own: Context, ofPod?: Context) => translate(own, ofPod).requests?.containers[0]?.security;
const rejected = (own: Context, ofPod?: Context, on?: LocalHost) =>
  translate(own, ofPod, on).report.entries.flatMap(({ path, disposition }) =>
    disposition === "reject" ? [path] : [],
  );
const own = "spec.containers[0].securityContext";

describe("planSecurity", () => {
  it("U6: user, group and groups, the container's before the pod's", () => {
    const ofPod = { runAsUser: 1, runAsGroup: 2, fsGroup: 3, supplementalGroups: [4], runAsNonRoot: true };
    expect(securityOf({ runAsUser: 5 }, ofPod)).toMatchObject({
      user: 5,
      group: 2,
      groups: [3, 4],
      mergeGroups: true,
      noNewPrivileges: false,
    });
    expect(securityOf({}, { supplementalGroupsPolicy: "Strict" })?.mergeGroups).toBe(false);
  });

  it("U6: a container that must not be root and names no user is rejected where that is written", () => {
    expect(rejected({ runAsNonRoot: true })).toEqual([`${own}.runAsNonRoot`]);
    expect(rejected({ runAsUser: 0 }, { runAsNonRoot: true })).toEqual(["spec.securityContext.runAsNonRoot"]);
    expect(rejected({ runAsUser: 1 }, { runAsNonRoot: true })).toEqual([]);
    expect(rejected({ runAsNonRoot: false })).toEqual([]);
  });

  it("U6: capabilities and no_new_privs", () => {
    const restricted = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"], add: ["CHOWN"] } };
    expect(securityOf(restricted)).toMatchObject({ capabilities: ["chown"], noNewPrivileges: true });
    expect(securityOf({ privileged: true })).not.toHaveProperty("capabilities");
    expect(rejected({ capabilities: { add: ["FLY"], drop: ["ALL"] } })).toEqual([
      `${own}.capabilities.add[0]`,
    ]);
  });

  it("is left out where every process is what the kubelet is", () => {
    const { requests } = translate({}, {}, { ...host, users: "own" });
    expect(requests?.containers[0]).not.toHaveProperty("security");
    expect(rejected({ runAsUser: 5 }, {}, { ...host, users: "own" })).toEqual([`${own}.runAsUser`]);
  });
});

describe("planOwnership", () => {
  const pod = (containers: readonly Container[], securityContext = {}): Pod => ({
    metadata: { name: "p", namespace: "ns", uid: "u" },
    spec: { securityContext, containers: [...containers] },
  });
  const as = (runAsUser: number) => shell(`c${runAsUser}`, "true", { securityContext: { runAsUser } });

  it("C7: tokens belong to the user that all containers name", () => {
    expect(planOwnership(pod([as(5)]), host)).toEqual({ tokenUser: 5 });
    expect(planOwnership(pod([as(5), as(6)]), host)).toEqual({});
    expect(planOwnership(pod([shell("c", "true")]), host)).toEqual({});
    expect(planOwnership(pod([shell("c", "true")], { runAsUser: 0, fsGroup: 9 }), host)).toEqual({
      tokenUser: 0,
      fileGroup: 9,
    });
    expect(planOwnership(pod([as(5)]), { ...host, users: "own" })).toEqual({});
  });
});
