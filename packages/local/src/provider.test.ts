import { access, readFile, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { plainValue } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { probeHost } from "./machine/host.ts";
import { createLocalProvider } from "./provider.ts";
import { layout } from "./state/layout.ts";
import {
  linesOf,
  logsOf,
  observed,
  resolved,
  shell,
  stateOf,
  temporaryDirectory,
  testContext,
} from "./test-support.ts";

const never = { restartPolicy: "Never" } as const;
const ended = ({ state }: { state: string }) => state === "ended";

describe("one pod", () => {
  it("runs a container to its end, with its exit code and output", async () => {
    await using directory = await temporaryDirectory();
    await using provider = createLocalProvider({ directory: directory.path, address: "192.0.2.7" });
    const env = [{ name: "NAME", value: "you" }];
    const pod = resolved("one", {
      ...never,
      containers: [shell("main", "echo hello $NAME; exit 3", { env })],
    });
    await provider.createPod(pod, testContext());
    await provider.createPod(pod, testContext());
    const end = await observed(provider, "one", ended);
    expect(end).toMatchObject({ podIPs: ["192.0.2.7"], hostIPs: ["192.0.2.7"], attempt: 0 });
    expect(end.containers).toMatchObject([
      { name: "main", restartCount: 0, image: "busybox", state: { type: "terminated", exitCode: 3 } },
    ]);
    expect(await linesOf(provider, "one", "main")).toEqual(["hello you"]);
  });

  it("a listing beside a create waits for the first look, and is no error", async () => {
    await using directory = await temporaryDirectory();
    await using provider = createLocalProvider({ directory: directory.path });
    const pods = ["a", "b", "c"].map((name) =>
      resolved(name, { ...never, containers: [shell("main", "true")] }),
    );
    await provider.listPods(testContext());
    let creating = true;
    const creates = Promise.all(pods.map((pod) => provider.createPod(pod, testContext()))).finally(() => {
      creating = false;
    });
    while (creating) {
      await provider.listPods(testContext());
      await new Promise((resolve) => setImmediate(resolve));
    }
    await creates;
    for (const { ref } of pods) await observed(provider, ref.name, ended);
  });

  it("gives the environment exactly as resolved, plus PATH, whatever the names", async () => {
    await using directory = await temporaryDirectory();
    await using provider = createLocalProvider({ directory: directory.path });
    const pod = resolved("env", { ...never, containers: [{ name: "main", command: ["env"] }] });
    const [main] = pod.containers;
    if (main === undefined) throw new Error("no container");
    const value = (name: string, text: string, secret = false) => ({
      name,
      value: { parts: [text], secret },
      source: "literal" as const,
    });
    const env = [
      value("A", 'it\'s $HOME `x` "q"\nsecond'),
      value("log.level", "debug"),
      value("PWD", "/made/up"),
      value("TOKEN", "s3cret", true),
    ];
    await provider.createPod({ ...pod, containers: [{ ...main, env }] }, testContext());
    await observed(provider, "env", ended);
    const lines = await linesOf(provider, "env", "main");
    expect([...lines].sort()).toEqual(
      [
        'A=it\'s $HOME `x` "q"',
        "second",
        "log.level=debug",
        "PWD=/made/up",
        "TOKEN=s3cret",
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      ].sort(),
    );
    const podFile = await stat(layout.podFile(layout.pod(directory.path, "env")));
    expect(podFile.mode & 0o777).toBe(0o600);
    const script = join(layout.instance(layout.pod(directory.path, "env"), "main", 0), "launch.sh");
    expect(await readFile(script, "utf8")).not.toContain("s3cret");
  });

  it("shows a program that does not exist as a kubelet does", async () => {
    await using directory = await temporaryDirectory();
    await using provider = createLocalProvider({ directory: directory.path });
    const containers = [
      { name: "lost", command: ["no-such-program"] },
      { name: "path", command: ["/no/such/program"] },
      { name: "dir", command: ["/etc"] },
      { name: "cwd", command: ["true"], workingDir: "/no/such/directory" },
    ];
    await provider.createPod(resolved("bad", { ...never, containers }), testContext());
    const end = await observed(provider, "bad", ended);
    const messages = end.containers.map(({ state }) => {
      expect(state).toMatchObject({ type: "terminated", exitCode: 128, reason: "StartError" });
      return "message" in state ? state.message : undefined;
    });
    expect(messages).toEqual([
      'exec: "no-such-program": executable file not found in $PATH',
      'exec: "/no/such/program": stat /no/such/program: no such file or directory',
      'exec: "/etc": is a directory',
      'chdir to cwd ("/no/such/directory") failed: no such directory on this machine',
    ]);
  });

  it("I1, I3, I4: init containers in order, sidecars beside, stopped last in reverse order", async () => {
    await using directory = await temporaryDirectory();
    await using provider = createLocalProvider({ directory: directory.path });
    const log = (text: string) => `echo ${text} >> ${directory.path}/order`;
    const sidecar = (name: string) =>
      shell(
        name,
        `trap '${log(`${name} stopped`)}; exit 0' TERM; ${log(`${name} up`)}; : > ${directory.path}/${name}; while :; do sleep 1000 & wait; done`,
        { restartPolicy: "Always" },
      );
    const until = (name: string) => `until [ -e ${directory.path}/${name} ]; do sleep 0.02; done`;
    const pod = resolved("order", {
      ...never,
      initContainers: [
        shell("first", log("first")),
        sidecar("one"),
        shell("second", `${until("one")}; ${log("second")}`),
        sidecar("two"),
      ],
      containers: [shell("main", `${until("two")}; ${log("main")}`)],
    });
    await provider.createPod(pod, testContext());
    const end = await observed(provider, "order", ended);
    expect(end.containers.every(({ state }) => state.type === "terminated")).toBe(true);
    expect((await readFile(join(directory.path, "order"), "utf8")).trim().split("\n")).toEqual([
      "first",
      "one up",
      "second",
      "two up",
      "main",
      "two stopped",
      "one stopped",
    ]);
  });

  it("OnFailure: fails, restarts at once, and keeps the emptied instance's output as previous", async () => {
    await using directory = await temporaryDirectory();
    await using provider = createLocalProvider({ directory: directory.path });
    const script = `[ -e ${directory.path}/again ] && { echo second; exit 0; }; : > ${directory.path}/again; echo first; exit 4`;
    const pod = resolved("retry", { restartPolicy: "OnFailure", containers: [shell("main", script)] });
    await provider.createPod(pod, testContext());
    const end = await observed(provider, "retry", ended);
    expect(end.containers[0]).toMatchObject({
      restartCount: 1,
      state: { exitCode: 0 },
      lastTermination: { exitCode: 4 },
    });
    expect(await linesOf(provider, "retry", "main")).toEqual(["second"]);
    expect(await linesOf(provider, "retry", "main", { previous: true })).toEqual(["first"]);
  });
});

describe("deletion", () => {
  it("G2: SIGTERM to the whole process group, and the code of the program's own choice", async () => {
    await using directory = await temporaryDirectory();
    await using provider = createLocalProvider({ directory: directory.path });
    const script = `trap 'exit 6' TERM; (trap ': > ${directory.path}/child; exit' TERM; : > ${directory.path}/up; while :; do sleep 0.05; done) & wait; wait`;
    const pod = resolved("polite", { containers: [shell("main", `${script}`)] });
    await provider.createPod(pod, testContext());
    await observed(provider, "polite", (seen) => stateOf(seen, "main") === "running");
    await expect
      .poll(() =>
        access(join(directory.path, "up")).then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    await provider.deletePod(pod.ref, { gracePeriodSeconds: 30 }, testContext());
    const end = await observed(provider, "polite", ended);
    expect(end.containers[0]).toMatchObject({ restartCount: 0, state: { exitCode: 6 } });
  });

  it("G2: a program that does not listen is killed when the grace is over, never before 2 s", async () => {
    await using directory = await temporaryDirectory();
    await using provider = createLocalProvider({ directory: directory.path });
    const pod = resolved("deaf", {
      containers: [shell("main", "trap '' TERM; echo ready; while :; do sleep 0.1; done")],
    });
    await provider.createPod(pod, testContext());
    for await (const _ of logsOf(provider, "deaf", "main", { follow: true })) break;
    await provider.deletePod(pod.ref, { gracePeriodSeconds: 1 }, testContext());
    const end = await observed(provider, "deaf", ended);
    expect(end.containers[0]?.state).toMatchObject({ exitCode: 137, signal: 9 });
    await expect(
      provider.deletePod({ ...pod.ref, uid: "unknown" }, { gracePeriodSeconds: 1 }, testContext()),
    ).resolves.toBeUndefined();
  });

  it("releases only what has ended", async () => {
    await using directory = await temporaryDirectory();
    await using provider = createLocalProvider({ directory: directory.path });
    const pod = resolved("kept", { containers: [{ name: "main", command: ["sleep", "1000"] }] });
    await provider.createPod(pod, testContext());
    await expect(provider.releasePod?.(pod.ref, testContext())).rejects.toMatchObject({ code: "Conflict" });
    await provider.deletePod(pod.ref, { gracePeriodSeconds: 0 }, testContext());
    await observed(provider, "kept", ended);
    await provider.releasePod?.(pod.ref, testContext());
    await provider.releasePod?.(pod.ref, testContext());
    expect(await provider.listPods(testContext())).toEqual([]);
  });
});

describe("output", () => {
  it("follows until the container has ended, with time and stream of every line", async () => {
    await using directory = await temporaryDirectory();
    await using provider = createLocalProvider({ directory: directory.path });
    const pod = resolved("talk", {
      ...never,
      containers: [
        shell(
          "main",
          `echo one; echo two >&2; until [ -e ${directory.path}/go ]; do sleep 0.02; done; printf end`,
        ),
      ],
    });
    await provider.createPod(pod, testContext());
    await observed(provider, "talk", (seen) => stateOf(seen, "main") !== "waiting");
    const seen: string[] = [];
    for await (const line of logsOf(provider, "talk", "main", { follow: true })) {
      expect(Date.parse(line.time ?? "")).toBeGreaterThan(0);
      seen.push(`${line.stream} ${Buffer.from(line.bytes)}${line.partial ? " (partial)" : ""}`);
      if (seen.length === 2)
        await import("node:fs/promises").then((fs) => fs.writeFile(`${directory.path}/go`, ""));
    }
    expect([...seen].sort()).toEqual(["stderr two", "stdout end (partial)", "stdout one"]);
  });

  it("reads only the tail that is asked for, and names what is not there", async () => {
    await using directory = await temporaryDirectory();
    await using provider = createLocalProvider({ directory: directory.path });
    const pod = resolved("tail", { ...never, containers: [shell("main", "seq 1 20000")] });
    await provider.createPod(pod, testContext());
    await observed(provider, "tail", ended);
    expect(await linesOf(provider, "tail", "main", { tailLines: 2 })).toEqual(["19999", "20000"]);
    expect((await linesOf(provider, "tail", "main")).length).toBe(20000);
    const missing = { code: "NotFound" };
    await expect(linesOf(provider, "tail", "other")).rejects.toMatchObject(missing);
    await expect(linesOf(provider, "nobody", "main")).rejects.toMatchObject(missing);
    await expect(linesOf(provider, "tail", "main", { previous: true })).rejects.toMatchObject(missing);
  });

  it("an abort ends a follower with its reason", async () => {
    await using directory = await temporaryDirectory();
    await using provider = createLocalProvider({ directory: directory.path });
    const pod = resolved("stop", { containers: [shell("main", "echo x; sleep 1000")] });
    await provider.createPod(pod, testContext());
    await observed(provider, "stop", (seen) => stateOf(seen, "main") === "running");
    const abort = new AbortController();
    const reading = (async () => {
      for await (const _ of logsOf(provider, "stop", "main", { follow: true }, testContext(abort.signal))) {
        abort.abort(new Error("enough"));
      }
    })();
    await expect(reading).rejects.toThrow("enough");
    await provider.deletePod(pod.ref, { gracePeriodSeconds: 0 }, testContext());
    await observed(provider, "stop", ended);
  });

  it("X1: falls back to the output where the policy says so", async () => {
    await using directory = await temporaryDirectory();
    await using provider = createLocalProvider({ directory: directory.path });
    const pod = resolved("words", {
      ...never,
      containers: [
        shell("main", "echo bad thing >&2; exit 1", { terminationMessagePolicy: "FallbackToLogsOnError" }),
        shell("quiet", "echo bad thing >&2; exit 1"),
      ],
    });
    await provider.createPod(pod, testContext());
    const end = await observed(provider, "words", ended);
    expect(end.containers[0]?.state).toMatchObject({ message: "bad thing\n" });
    expect(end.containers[1]?.state).not.toHaveProperty("message");
  });
});

describe("node", () => {
  it("describes this machine, with the capacity that was chosen", async () => {
    await using directory = await temporaryDirectory();
    await using provider = createLocalProvider({ directory: directory.path, capacity: { cpu: "3" } });
    const node = await provider.describeNode(testContext());
    expect(node.capacity).toMatchObject({ cpu: "3", pods: "110" });
    expect(node.capacity["memory"]).toMatch(/^\d+Ki$/);
    const { blocks, bsize } = await statfs(directory.path, { bigint: true });
    expect(node.capacity["ephemeral-storage"]).toBe(`${(blocks * bsize) / 1024n}Ki`);
    expect(node.allocatable).toEqual({
      ...node.capacity,
      "ephemeral-storage": String((blocks * bsize * 9n) / 10n),
    });
    expect(await provider.checkHealth?.(testContext())).toEqual({ healthy: true });
  });

  it("says that its directory cannot be used", async () => {
    await using directory = await temporaryDirectory();
    await import("node:fs/promises").then((fs) => fs.writeFile(join(directory.path, "file"), ""));
    await using provider = createLocalProvider({ directory: join(directory.path, "file") });
    expect(await provider.checkHealth?.(testContext())).toMatchObject({
      healthy: false,
      reason: "DirectoryUnusable",
    });
    await expect(provider.listPods(testContext())).rejects.toThrow();
  });

  it("rejects a pod by every path at once", async () => {
    await using directory = await temporaryDirectory();
    await using provider = createLocalProvider({ directory: directory.path, mounts: "reject" });
    const pod = resolved("wrong", {
      volumes: [{ name: "data", emptyDir: {} }],
      containers: [{ name: "main", image: "nginx", volumeMounts: [{ name: "data", mountPath: "/data" }] }],
    });
    await expect(provider.createPod(pod, testContext())).rejects.toMatchObject({
      code: "InvalidInput",
      issues: [{ path: "spec.containers[0].command" }, { path: "spec.containers[0].volumeMounts[0]" }],
    });
    expect(await provider.listPods(testContext())).toEqual([]);
  });

  it("refuses a UID that would lead out of its directory", async () => {
    await using directory = await temporaryDirectory();
    await using provider = createLocalProvider({ directory: directory.path });
    const pod = resolved("../../etc", { containers: [{ name: "main", command: ["true"] }] });
    await expect(provider.createPod(pod, testContext())).rejects.toMatchObject({ code: "InvalidInput" });
  });
});

const { mounts, users } = await probeHost({});
if (mounts === "reject") {
  describe("mounts", () => {
    it("skipped: this machine allows no private mount namespaces (needs Linux and root)", () => {});
  });
} else {
  describe("mounts", () => {
    const main = (script: string, volumeMounts: readonly object[]) =>
      shell("main", script, { volumeMounts: volumeMounts as never });

    it("M1, M3: containers share an emptyDir at paths that this machine does not have", async () => {
      await using directory = await temporaryDirectory();
      await using provider = createLocalProvider({ directory: directory.path });
      const volumeMounts = [
        { name: "data", mountPath: "/vkubelet-test-data" },
        { name: "data", mountPath: "/var/lib/vkubelet-test/secrets", subPath: "sub" },
        { name: "data", mountPath: "/vkubelet-test-data/nested", readOnly: true },
      ];
      const pod = resolved("mounted", {
        ...never,
        volumes: [{ name: "data", emptyDir: {} }],
        initContainers: [shell("first", "echo deep > /var/lib/vkubelet-test/secrets/file", { volumeMounts })],
        containers: [
          shell(
            "main",
            "cat /vkubelet-test-data/sub/file; cat nested/sub/file; touch nested/y 2>&1 || echo read-only; stat -c %a .",
            { volumeMounts, workingDir: "/vkubelet-test-data" },
          ),
        ],
      });
      await provider.createPod(pod, testContext());
      await observed(provider, "mounted", ended);
      const lines = await linesOf(provider, "mounted", "main");
      expect(lines.filter((line) => !line.startsWith("touch:"))).toEqual([
        "deep",
        "deep",
        "read-only",
        "777",
      ]);
      await expect(access("/vkubelet-test-data")).rejects.toMatchObject({ code: "ENOENT" });
      await expect(access("/var/lib/vkubelet-test")).rejects.toMatchObject({ code: "ENOENT" });
    });

    it("files are there with their modes, and cannot be written", async () => {
      await using directory = await temporaryDirectory();
      await using provider = createLocalProvider({ directory: directory.path });
      const content = new TextEncoder().encode("hidden\n");
      const mount = [{ name: "files", mountPath: "/run/vkubelet-test/files" }];
      const script =
        "cd /run/vkubelet-test/files; cat a/b; stat -c %a a/b; echo x 2>/dev/null > a/b || echo no";
      const pod = resolved("files", { ...never, containers: [main(script, mount)] });
      const files = [{ path: "a/b", content, mode: 0o400, secret: true }];
      await provider.createPod({ ...pod, volumes: [{ name: "files", type: "files", files }] }, testContext());
      await observed(provider, "files", ended);
      expect(await linesOf(provider, "files", "main")).toEqual(["hidden", "400", "no"]);
      expect((await stat(layout.pod(directory.path, "files"))).mode & 0o777).toBe(0o700);
    });

    it("M1: a subPath that leads out of its volume through a link fails the start", async () => {
      await using directory = await temporaryDirectory();
      await using provider = createLocalProvider({ directory: directory.path });
      const pod = resolved("escape", {
        ...never,
        volumes: [{ name: "data", emptyDir: {} }],
        initContainers: [
          shell("link", "ln -s /etc /vkubelet-test-data/out", {
            volumeMounts: [{ name: "data", mountPath: "/vkubelet-test-data" }],
          }),
        ],
        containers: [main("ls", [{ name: "data", mountPath: "/vkubelet-test-etc", subPath: "out" }])],
      });
      await provider.createPod(pod, testContext());
      const end = await observed(provider, "escape", ended);
      expect(end.containers[1]?.state).toMatchObject({
        exitCode: 128,
        message: "subPath out of volume data leads out of the volume",
      });
    });

    it("X1: the termination message file is collected, at its default path too, beside the machine's devices", async () => {
      await using directory = await temporaryDirectory();
      await using provider = createLocalProvider({ directory: directory.path });
      const script = `ls /dev >/dev/null && head -c 2 /dev/zero | od -An -tx1 && test -d /dev/pts
test -c /dev/null && id -u && printf 'the end' >/dev/termination-log`;
      const container = shell("main", script, { terminationMessagePath: "/dev/termination-log" });
      for (const user of users === "any" ? [0, 12345] : [0]) {
        const uid = `devices-${user}`;
        const securityContext = user === 0 ? {} : { runAsUser: user };
        await provider.createPod(
          resolved(uid, { restartPolicy: "Never", securityContext, containers: [container] }),
          testContext(),
        );
        const end = await observed(provider, uid, ({ state }) => state === "ended");
        expect(await linesOf(provider, uid, "main")).toEqual([" 00 00", String(user)]);
        expect(end.containers[0]?.state).toMatchObject({ exitCode: 0, message: "the end" });
      }
      await expect(access("/dev/termination-log")).rejects.toMatchObject({ code: "ENOENT" });
    });

    it("X1: the termination message file is collected where it can be mounted", async () => {
      await using directory = await temporaryDirectory();
      await using provider = createLocalProvider({ directory: directory.path });
      const terminationMessagePath = "/run/vkubelet-test/last-words";
      const script = `echo done well > ${terminationMessagePath}`;
      const pod = resolved("message", {
        ...never,
        containers: [shell("main", script, { terminationMessagePath })],
      });
      await provider.createPod(pod, testContext());
      const end = await observed(provider, "message", ended);
      expect(end.containers[0]?.state).toMatchObject({ exitCode: 0, message: "done well\n" });
    });
  });
}

it("late values are bound to this machine's address", async () => {
  await using directory = await temporaryDirectory();
  await using provider = createLocalProvider({ directory: directory.path, address: "192.0.2.7" });
  const pod = resolved("late", { ...never, containers: [{ name: "main", command: ["echo"] }] });
  const [main] = pod.containers;
  if (main === undefined) throw new Error("no container");
  const args = [{ parts: ["ip=", { late: "status.podIP" as const }], secret: false }, plainValue("x")];
  await provider.createPod({ ...pod, containers: [{ ...main, args }] }, testContext());
  await observed(provider, "late", ended);
  expect(await linesOf(provider, "late", "main")).toEqual(["ip=192.0.2.7 x"]);
});
