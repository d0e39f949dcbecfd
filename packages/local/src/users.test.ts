import type { PodSpec, ResolvedPod } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { probeHost } from "./machine/host.ts";
import { createLocalProvider } from "./provider.ts";
import { linesOf, observed, resolved, shell, temporaryDirectory, testContext } from "./test-support.ts";

const host = await probeHost({});
const never = { restartPolicy: "Never" } as const;

/** Output of a pod's container `main`, once the pod has ended. */
async function outputOf(spec: PodSpec, overrides: Partial<ResolvedPod> = {}) {
  await using directory = await temporaryDirectory();
  await using provider = createLocalProvider({ directory: directory.path });
  await provider.createPod(resolved("user", { ...never, ...spec }, overrides), testContext());
  const end = await observed(provider, "user", ({ state }) => state === "ended");
  return { lines: await linesOf(provider, "user", "main"), state: end.containers.at(-1)?.state };
}

const status = (...fields: readonly string[]) => `grep -E '^(${fields.join("|")}):' /proc/self/status`;

if (host.users === "own") {
  describe("users", () => {
    it("skipped: programs cannot change users on this machine (needs Linux, root and setpriv of util-linux)", () => {});
  });
} else {
  describe("users", () => {
    it("U6: user, group and supplementary groups are those of the pod", async () => {
      const securityContext = {
        runAsUser: 12345,
        runAsGroup: 23456,
        fsGroup: 34567,
        supplementalGroups: [45678],
      };
      const { lines } = await outputOf({
        securityContext,
        containers: [shell("main", "id -u; id -g; id -G; echo again >> /dev/stdout")],
      });
      expect(lines).toEqual(["12345", "23456", "23456 34567 45678", "again"]);
    });

    it("U6: root has a runtime's default capabilities, another user none, and both no more than asked for", async () => {
      const main = (securityContext: Record<string, unknown>) => ({
        containers: [shell("main", status("CapEff", "CapBnd", "NoNewPrivs"), { securityContext })],
      });
      const capabilities = { drop: ["ALL"], add: ["NET_BIND_SERVICE"] };
      expect((await outputOf(main({}))).lines).toEqual([
        "CapEff:\t00000000a80425fb",
        "CapBnd:\t00000000a80425fb",
        "NoNewPrivs:\t0",
      ]);
      expect((await outputOf(main({ capabilities, allowPrivilegeEscalation: false }))).lines).toEqual([
        "CapEff:\t0000000000000400",
        "CapBnd:\t0000000000000400",
        "NoNewPrivs:\t1",
      ]);
      expect((await outputOf(main({ runAsUser: 12345, capabilities }))).lines).toEqual([
        "CapEff:\t0000000000000000",
        "CapBnd:\t0000000000000400",
        "NoNewPrivs:\t0",
      ]);
    });

    it("shows a program that the user may not run as a kubelet does", async () => {
      const securityContext = { runAsUser: 12345 };
      const command = ["/etc/passwd"];
      const { state } = await outputOf({ containers: [{ name: "main", command, securityContext }] });
      expect(state).toMatchObject({
        exitCode: 128,
        reason: "StartError",
        message: 'exec: "/etc/passwd": permission denied',
      });
    });
  });
}

if (host.users === "any" && host.mounts === "namespace") {
  describe("volumes of other users", () => {
    const volumeMounts = [
      { name: "data", mountPath: "/etc/vkubelet-test/data" },
      { name: "files", mountPath: "/run/vkubelet-test/files" },
    ];
    const files = [
      { path: "a/b", content: new TextEncoder().encode("hidden\n"), mode: 0o400, secret: true },
      {
        path: "token",
        content: new TextEncoder().encode("bearer\n"),
        mode: 0o600,
        secret: true,
        expiresAt: "2030-01-01T00:00:00Z",
      },
    ];
    const volumes: ResolvedPod["volumes"] = [
      { name: "data", type: "emptyDir", medium: "" },
      { name: "files", type: "files", files },
    ];
    const script = `cd /etc/vkubelet-test/data; echo mine > file; stat -c '%a %u:%g' . file
cd /run/vkubelet-test/files; stat -L -c '%a %u:%g %n' a a/b token; cat a/b token 2>&1
head -c 5 /etc/passwd`;
    const spec = (securityContext: Record<string, unknown>) => ({
      securityContext,
      containers: [shell("main", script, { volumeMounts })],
    });

    it("C3, C7: with fsGroup volumes belong to the group, and tokens to the user", async () => {
      const { lines } = await outputOf(spec({ runAsUser: 12345, runAsGroup: 1, fsGroup: 34567 }), {
        volumes,
      });
      expect(lines).toEqual([
        "2777 0:34567",
        "644 12345:34567",
        "2755 0:34567 a",
        "440 0:34567 a/b",
        "640 12345:34567 token",
        "hidden",
        "bearer",
        "root:",
      ]);
    });

    it("M3, C3: without it emptyDir is everybody's and files are root's, with their modes", async () => {
      const { lines } = await outputOf(spec({ runAsUser: 12345, runAsGroup: 1 }), { volumes });
      expect(lines.slice(0, 5)).toEqual([
        "777 0:0",
        "644 12345:1",
        "755 0:0 a",
        "400 0:0 a/b",
        "600 12345:0 token",
      ]);
      expect(lines).toContain("cat: a/b: Permission denied");
      expect(lines).toContain("bearer");
    });

    it("X1: the termination message file can be written, and the working directory entered", async () => {
      const terminationMessagePath = "/run/vkubelet-test/last-words";
      const mounts = [{ name: "data", mountPath: "/vkubelet-test-data" }];
      const { state, lines } = await outputOf(
        {
          securityContext: { runAsUser: 12345 },
          containers: [
            shell("main", `pwd; touch here; echo bye > ${terminationMessagePath}`, {
              terminationMessagePath,
              volumeMounts: mounts,
              workingDir: "/vkubelet-test-data",
            }),
          ],
        },
        { volumes },
      );
      expect(lines).toEqual(["/vkubelet-test-data"]);
      expect(state).toMatchObject({ exitCode: 0, message: "bye\n" });
    });
  });
}
