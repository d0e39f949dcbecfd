import { FieldNotes } from "@vkubelet/pod";
import { describe, expect, it } from "vitest";
import { taskSecurity } from "./security.ts";

type Context = Readonly<Record<string, unknown>>;

function translated(ofPod: Context, own: Context = {}) {
  const container = { name: "c", securityContext: own };
  const notes = new FieldNotes();
  const pod = { spec: { containers: [container], securityContext: ofPod } };
  const security = taskSecurity(pod, container, "spec.containers[0]", notes);
  return { ...security, issues: notes.rejected.map(({ path }) => path) };
}

describe("taskSecurity", () => {
  it("U6: the container's fields stand over the pod's", () => {
    const ofPod = { runAsUser: 1, runAsGroup: 2, supplementalGroups: [4], fsGroup: 3 };
    expect(translated(ofPod, { runAsUser: 5 })).toEqual({
      user: "5:2",
      config: { group_add: ["4", "3"] },
      issues: [],
    });
  });

  it("every option of the docker driver", () => {
    const own = {
      privileged: false,
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
      capabilities: { add: ["NET_ADMIN"], drop: ["ALL"] },
      seccompProfile: { type: "Unconfined" },
      appArmorProfile: { type: "Localhost", localhostProfile: "mine" },
      seLinuxOptions: { level: "s0:c1", type: "t" },
    };
    expect(translated({}, own)).toEqual({
      config: {
        readonly_rootfs: true,
        cap_add: ["NET_ADMIN"],
        cap_drop: ["ALL"],
        security_opt: [
          "no-new-privileges",
          "seccomp=unconfined",
          "apparmor=mine",
          "label=type:t",
          "label=level:s0:c1",
        ],
      },
      issues: [],
    });
    expect(translated({}, { privileged: true }).config).toEqual({ privileged: true });
  });

  it("names what cannot be kept where it was written", () => {
    const localhost = { seccompProfile: { type: "Localhost", localhostProfile: "p" } };
    expect(translated(localhost).issues).toEqual(["spec.securityContext.seccompProfile"]);
    expect(translated({ runAsGroup: 5 }).issues).toEqual(["spec.securityContext.runAsGroup"]);
    expect(translated({ runAsNonRoot: true }, { runAsUser: 0 }).issues).toEqual([
      "spec.securityContext.runAsNonRoot",
    ]);
    expect(translated({}, { runAsNonRoot: true, appArmorProfile: { type: "Localhost" } }).issues).toEqual([
      "spec.containers[0].securityContext.runAsNonRoot",
      "spec.containers[0].securityContext.appArmorProfile",
    ]);
  });

  it("U6: lets a pod accept that runAsNonRoot is not checked, but not that it is broken", () => {
    const accepted = (own: Context) => {
      const container = { name: "c", securityContext: { runAsNonRoot: true, ...own } };
      const notes = new FieldNotes();
      taskSecurity({ spec: { containers: [container] } }, container, "spec.containers[0]", notes);
      return notes.rejected.map((issue) => issue.accepted);
    };
    expect(accepted({})).toEqual(["not checked: the image's own user runs it"]);
    expect(accepted({ runAsUser: 0 })).toEqual([undefined]);
    expect(accepted({ runAsUser: 7 })).toEqual([]);
  });
});
