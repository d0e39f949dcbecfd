import type { Container, Pod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { kubernetesVectors } from "../testdata/kubernetes-vectors.ts";
import {
  allowsPrivilegeEscalation,
  type EffectiveSecurity,
  effectiveSecurity,
} from "./effective-security.ts";

type Context = Readonly<Record<string, unknown>>;

const podOf = (securityContext?: Context, annotations = {}): Pod => ({
  metadata: { name: "p", namespace: "ns", uid: "uid-1", annotations },
  spec: { containers: [], ...(securityContext && { securityContext }) },
});
const containerOf = (securityContext?: Context): Container => ({
  name: "c",
  ...(securityContext && { securityContext }),
});
const merged = (pod?: Context, container?: Context, annotations = {}) =>
  effectiveSecurity(podOf(pod, annotations), containerOf(container), "spec.containers[0]");

/** The values alone, in the API's form. */
function valuesOf({ windowsOptions, ...security }: EffectiveSecurity): Record<string, unknown> {
  const values = (effective: object) =>
    Object.fromEntries(Object.entries(effective).map(([name, { value }]) => [name, value]));
  return { ...values(security), windowsOptions: values(windowsOptions) };
}

describe("effectiveSecurity", () => {
  it("U6: merges as DetermineEffectiveSecurityContext does", () => {
    expect(kubernetesVectors.security.length).toBeGreaterThan(100);
    for (const { pod, container, effective } of kubernetesVectors.security) {
      const about = JSON.stringify({ pod, container });
      expect(valuesOf(merged(pod, container)), about).toEqual({ windowsOptions: {}, ...effective });
    }
  });

  it("U6: allowPrivilegeEscalation is the reverse of the kubelet's no_new_privs, but for what implies it", () => {
    for (const { pod, container, noNewPrivileges } of kubernetesVectors.security) {
      const security = merged(pod, container);
      if (security.privileged?.value) expect(allowsPrivilegeEscalation(security)).toBe(true);
      else expect(allowsPrivilegeEscalation(security)).toBe(!noNewPrivileges);
    }
    for (const name of ["SYS_ADMIN", "CAP_SYS_ADMIN"]) {
      const context = { allowPrivilegeEscalation: false, capabilities: { add: [name] } };
      expect(allowsPrivilegeEscalation(merged({}, context))).toBe(true);
    }
  });

  it("U6: says where each value came from", () => {
    const pod = {
      runAsUser: 1,
      runAsGroup: 2,
      fsGroup: 3,
      supplementalGroups: [4],
      seccompProfile: { type: "RuntimeDefault" },
      appArmorProfile: { type: "Unconfined" },
      windowsOptions: { runAsUserName: "x", hostProcess: false },
      sysctls: [{ name: "net.core.somaxconn", value: "1" }],
    };
    const container = {
      runAsUser: 5,
      seccompProfile: { type: "Localhost", localhostProfile: "p.json" },
      windowsOptions: { hostProcess: true },
      procMount: "Unmasked",
    };
    const own = "spec.containers[0].securityContext";
    expect(merged(pod, container)).toEqual({
      runAsUser: { value: 5, path: `${own}.runAsUser` },
      runAsGroup: { value: 2, path: "spec.securityContext.runAsGroup" },
      seccompProfile: { value: container.seccompProfile, path: `${own}.seccompProfile` },
      appArmorProfile: { value: { type: "Unconfined" }, path: "spec.securityContext.appArmorProfile" },
      windowsOptions: {
        runAsUserName: { value: "x", path: "spec.securityContext.windowsOptions.runAsUserName" },
        hostProcess: { value: true, path: `${own}.windowsOptions.hostProcess` },
      },
      procMount: { value: "Unmasked", path: `${own}.procMount` },
      fsGroup: { value: 3, path: "spec.securityContext.fsGroup" },
      supplementalGroups: { value: [4], path: "spec.securityContext.supplementalGroups" },
      sysctls: { value: pod.sysctls, path: "spec.securityContext.sysctls" },
    });
  });

  it("U6: the fields of one context do not leak into the other", () => {
    const security = merged({ privileged: true, capabilities: { add: ["NET_ADMIN"] } }, { fsGroup: 1 });
    expect(security).toEqual({ windowsOptions: {} });
  });

  it("U6: AppArmor's annotation stands between container and pod", () => {
    const key = "container.apparmor.security.beta.kubernetes.io/c";
    const profile = (text: string, container?: Context) =>
      merged({ appArmorProfile: { type: "Unconfined" } }, container, { [key]: text }).appArmorProfile;
    const path = `metadata.annotations[${key}]`;
    expect(profile("runtime/default")).toEqual({ value: { type: "RuntimeDefault" }, path });
    expect(profile("unconfined")).toEqual({ value: { type: "Unconfined" }, path });
    expect(profile("localhost/mine")).toEqual({
      value: { type: "Localhost", localhostProfile: "mine" },
      path,
    });
    expect(profile("what")?.path).toBe("spec.securityContext.appArmorProfile");
    expect(profile("unconfined", { appArmorProfile: { type: "RuntimeDefault" } })?.path).toBe(
      "spec.containers[0].securityContext.appArmorProfile",
    );
  });

  it("null counts as not written, and another kind of value is refused by its path", () => {
    expect(merged({ runAsUser: 1 }, { runAsUser: null }).runAsUser?.value).toBe(1);
    const wrong: [Context, string][] = [
      [{ runAsUser: "1" }, "runAsUser"],
      [{ runAsNonRoot: "true" }, "runAsNonRoot"],
      [{ capabilities: { add: "ALL" } }, "capabilities.add"],
      [{ capabilities: { drop: [1] } }, "capabilities.drop[0]"],
      [{ seccompProfile: "RuntimeDefault" }, "seccompProfile"],
      [{ procMount: 1 }, "procMount"],
      [{ windowsOptions: [] }, "windowsOptions"],
    ];
    for (const [context, field] of wrong) {
      expect(() => merged({}, context), field).toThrow(
        expect.objectContaining({
          code: "InvalidInput",
          issues: [expect.objectContaining({ path: `spec.containers[0].securityContext.${field}` })],
        }),
      );
    }
  });
});
