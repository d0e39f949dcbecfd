import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Container } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { callHook } from "./keep/http-hook.ts";
import { probeHost } from "./machine/host.ts";
import { createLocalProvider } from "./provider.ts";
import {
  linesOf,
  observed,
  resolved,
  shell,
  stateOf,
  temporaryDirectory,
  testContext,
} from "./test-support.ts";

const host = await probeHost({});
const never = { restartPolicy: "Never" } as const;
const ended = ({ state }: { state: string }) => state === "ended";
const exec = (script: string) => ({ exec: { command: ["/bin/sh", "-c", script] } });
const grace = { gracePeriodSeconds: 30 };

/** A program that ends when it is asked to, in words. */
const polite = (directory: string) =>
  `trap 'echo asked >> ${directory}/order; exit 0' TERM; while :; do sleep 0.02; done`;

describe("hooks", () => {
  it("G2, G9: postStart beside the program, preStop before the signal, in the container's environment", async () => {
    await using directory = await temporaryDirectory();
    await using provider = createLocalProvider({ directory: directory.path });
    const main = shell("main", polite(directory.path), {
      env: [{ name: "WHO", value: "me" }],
      workingDir: "/tmp",
      lifecycle: {
        postStart: exec(`echo "started $WHO $(pwd)" >> ${directory.path}/order`),
        preStop: exec(`echo stopping >> ${directory.path}/order`),
      },
    } as Partial<Container>);
    const pod = resolved("hooks", { ...never, containers: [main] });
    await provider.createPod(pod, testContext());
    await observed(provider, "hooks", (seen) => stateOf(seen, "main") === "running");
    await provider.deletePod(pod.ref, grace, testContext());
    const end = await observed(provider, "hooks", ended);
    expect(end.containers[0]?.state).toMatchObject({ exitCode: 0 });
    expect(await readFile(join(directory.path, "order"), "utf8")).toBe("started me /tmp\nstopping\nasked\n");
  });

  it("G9: a postStart that fails kills the container, and is told without its output", async () => {
    await using directory = await temporaryDirectory();
    await using provider = createLocalProvider({ directory: directory.path });
    const main = shell("main", polite(directory.path), {
      lifecycle: { postStart: exec("echo secret; exit 3") },
    } as Partial<Container>);
    const context = testContext();
    await provider.createPod(resolved("failing", { ...never, containers: [main] }), context);
    const end = await observed(provider, "failing", ended);
    expect(stateOf(end, "main")).toBe("terminated");
    expect(await linesOf(provider, "failing", "main")).not.toContain("secret");
    expect(context.notices).toContainEqual({
      type: "Warning",
      reason: "FailedPostStartHook",
      message: "PostStartHook failed",
      container: "main",
    });
  });

  it("G2: a preStop that fails is only told, and one that hangs is cut off when the grace is over", async () => {
    await using directory = await temporaryDirectory();
    await using provider = createLocalProvider({ directory: directory.path });
    const hook = (preStop: object) => ({ lifecycle: { preStop } }) as Partial<Container>;
    const containers = [
      shell("failing", polite(directory.path), hook(exec("exit 1"))),
      shell(
        "hanging",
        polite(directory.path),
        hook(exec(`echo $$ > ${directory.path}/pid; exec sleep 1000`)),
      ),
    ];
    const context = testContext();
    const pod = resolved("stops", { ...never, containers });
    await provider.createPod(pod, context);
    await observed(provider, "stops", ({ containers: seen }) =>
      seen.every(({ state }) => state.type === "running"),
    );
    await provider.deletePod(pod.ref, { gracePeriodSeconds: 1 }, testContext());
    const end = await observed(provider, "stops", ended);
    expect(end.containers.map(({ state }) => "exitCode" in state && state.exitCode)).toEqual([0, 0]);
    expect(context.notices.map(({ reason, container }) => `${reason} ${container}`)).toContain(
      "FailedPreStopHook failing",
    );
    const pid = Number(await readFile(join(directory.path, "pid"), "utf8"));
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it("G7: the pod's own stop signal asks the container to stop", async () => {
    await using directory = await temporaryDirectory();
    await using provider = createLocalProvider({ directory: directory.path });
    const script = "trap 'exit 9' USR1; echo up; while :; do sleep 0.02; done";
    const main = shell("main", script, { lifecycle: { stopSignal: "SIGUSR1" } } as Partial<Container>);
    const pod = resolved("signal", { ...never, containers: [main] });
    await provider.createPod(pod, testContext());
    await observed(provider, "signal", (seen) => stateOf(seen, "main") === "running");
    await expect.poll(() => linesOf(provider, "signal", "main")).toEqual(["up"]);
    await provider.deletePod(pod.ref, grace, testContext());
    const end = await observed(provider, "signal", ended);
    expect(end.containers[0]?.state).toMatchObject({ exitCode: 9 });
  });

  it("G10: any response to a request is success, even 500, and https falls back to http", async () => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.headers.host} ${request.headers["x-a"]} ${request.url}`);
      response.statusCode = 500;
      response.end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const action = {
      type: "httpGet",
      port,
      path: "/bye?a=1",
      headers: [{ name: "X-A", value: "b" }],
    } as const;
    const { signal } = new AbortController();
    await callHook({ ...action, scheme: "http" }, "127.0.0.1", signal);
    await callHook({ ...action, scheme: "https", hostHeader: "named" }, "127.0.0.1", signal);
    server.close();
    await once(server, "close");
    expect(seen).toEqual([`127.0.0.1:${port} b /bye?a=1`, "named b /bye?a=1"]);
    await expect(callHook({ ...action, scheme: "http" }, "127.0.0.1", signal)).rejects.toThrow(
      "ECONNREFUSED",
    );
  });
});

describe("adoption", () => {
  it("G9: a postStart that a kubelet before began is not run again, and ends with its container", async () => {
    await using directory = await temporaryDirectory();
    const pod = resolved("adopted", {
      ...never,
      containers: [
        shell("main", polite(directory.path), {
          lifecycle: { postStart: exec(`echo $$ >> ${directory.path}/begun; exec sleep 1000`) },
        } as Partial<Container>),
      ],
    });
    {
      await using first = createLocalProvider({ directory: directory.path });
      await first.createPod(pod, testContext());
      await expect
        .poll(() => readFile(join(directory.path, "begun"), "utf8").catch(() => ""))
        .toMatch(/^\d+\n$/);
      const [seen] = await first.listPods(testContext());
      expect(seen && stateOf(seen, "main")).toBe("waiting");
    }
    await using provider = createLocalProvider({ directory: directory.path });
    await observed(provider, "adopted", (seen) => stateOf(seen, "main") === "running");
    await provider.deletePod(pod.ref, grace, testContext());
    await observed(provider, "adopted", ended);
    const pids = await readFile(join(directory.path, "begun"), "utf8");
    expect(pids).toMatch(/^\d+\n$/);
    await expect.poll(() => isAlive(Number(pids))).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

if (host.users === "any" && host.mounts === "namespace") {
  it("U6, M1: an exec hook sees the container's mounts and has its user", async () => {
    await using directory = await temporaryDirectory();
    await using provider = createLocalProvider({ directory: directory.path });
    const main = shell("main", "until [ -s by-hook ]; do sleep 0.02; done; cat by-hook", {
      workingDir: "/vkubelet-test-data",
      volumeMounts: [{ name: "data", mountPath: "/vkubelet-test-data" }],
      securityContext: { runAsUser: 12345 },
      lifecycle: { postStart: exec("id -u > new; mv new by-hook") },
    } as Partial<Container>);
    const spec = { ...never, volumes: [{ name: "data", emptyDir: {} }], containers: [main] };
    await provider.createPod(resolved("within", spec), testContext());
    await observed(provider, "within", ended);
    expect(await linesOf(provider, "within", "main")).toEqual(["12345"]);
  });
}
