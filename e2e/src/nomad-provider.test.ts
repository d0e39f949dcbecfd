import type { LogLine, LogOptions, PodObservation, Provider, ResolvedPod } from "@vkubelet/core";
import { createNomadProvider, parseNomadOptions } from "@vkubelet/nomad";
import { type NomadAgent, peerOrSkip, startNomad } from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { container, exitCode, Observer, podContext, resolvedPod, shell } from "./nomad-fixtures.ts";

const ended = (observation: PodObservation) => observation.state === "ended";

describe.runIf(await peerOrSkip("nomad"))("pods on a real Nomad", () => {
  const abort = new AbortController();
  const context = podContext(abort.signal);
  let agent: NomadAgent;
  let provider: Provider;
  let observer: Observer;

  const options = () => ({ nodeName: "vk-nomad", address: agent.address, driver: "raw_exec" as const });

  beforeAll(async () => {
    agent = await startNomad();
    provider = createNomadProvider(options());
    observer = new Observer(provider, context);
  });
  afterAll(async () => {
    await observer?.stop();
    abort.abort(new Error("suite over"));
    await agent?.stop();
  });

  const create = async (pod: ResolvedPod) => {
    await provider.createPod(pod, context);
    return pod.ref;
  };
  const nomad = async (path: string) => (await fetch(`${agent.address}${path}`)).json();
  const read = async (pod: ResolvedPod, name: string, rest: Partial<LogOptions> = {}) => {
    const lines: string[] = [];
    const logOptions = { follow: false, previous: false, ...rest };
    for await (const line of provider.logs?.({ ...pod.ref, container: name }, logOptions, context) ?? []) {
      lines.push(text(line));
    }
    return lines;
  };

  it("says what the node can take, and that it is well", async () => {
    const description = await provider.describeNode(context);
    expect(description.capacity).toMatchObject({ pods: "1000" });
    expect(description.capacity["cpu"]).toMatch(/^[1-9]\d*m$/);
    expect(description.runtimeVersion).toBe("nomad://1.11.3");
    expect(await provider.checkHealth?.(context)).toEqual({ healthy: true });
    const elsewhere = createNomadProvider({ ...options(), address: "http://127.0.0.1:9" });
    expect(await elsewhere.checkHealth?.(context)).toMatchObject({
      healthy: false,
      reason: "NomadUnreachable",
    });
  });

  it("runs a Job's pod to success", async () => {
    const pod = resolvedPod({ restartPolicy: "Never", containers: [shell("main", "echo done")] });
    const observation = await observer.until(await create(pod), ended, "the end");
    expect(observation.failure).toBeUndefined();
    expect(exitCode(observation, "main")).toBe(0);
    expect(observation.hostIPs).toEqual(["127.0.0.1"]);
    expect(observation.podIPs).toEqual(["127.0.0.1"]);
    expect(container(observation, "main").restartCount).toBe(0);
  });

  it("reports exit code 3 of a pod that never restarts", async () => {
    const pod = resolvedPod({ restartPolicy: "Never", containers: [shell("main", "exit 3")] });
    const observation = await observer.until(await create(pod), ended, "the end");
    expect(exitCode(observation, "main")).toBe(3);
    expect(observation.failure).toBeUndefined();
  });

  it("restarts in place OnFailure, with CrashLoopBackOff between", async () => {
    const script = 'f="$NOMAD_TASK_DIR/once"; if [ -e "$f" ]; then exit 0; fi; touch "$f"; exit 7';
    const pod = resolvedPod({ restartPolicy: "OnFailure", containers: [shell("main", script)] });
    const ref = await create(pod);
    const waiting = await observer.until(
      ref,
      (seen) =>
        seen.containers.some(({ state }) => state.type === "waiting" && state.reason === "CrashLoopBackOff"),
      "CrashLoopBackOff",
    );
    expect(container(waiting, "main").lastTermination).toMatchObject({ exitCode: 7 });
    const observation = await observer.until(ref, ended, "the end");
    expect(exitCode(observation, "main")).toBe(0);
    expect(container(observation, "main").restartCount).toBe(1);
    expect(container(observation, "main").lastTermination).toMatchObject({ exitCode: 7 });
  });

  it("runs init containers one after the other, then two containers", async () => {
    const note = (name: string) => `echo ${name} >> "$NOMAD_ALLOC_DIR/order"`;
    const pod = resolvedPod({
      restartPolicy: "Never",
      initContainers: [
        shell("first", `sleep 2; ${note("first")}`),
        shell("second", `sleep 1; ${note("second")}`, { env: [{ name: "SECRET_X", value: "hidden" }] }),
        shell("third", note("third")),
      ],
      containers: [shell("one", 'cat "$NOMAD_ALLOC_DIR/order"'), shell("two", "sleep 1; echo two")],
    });
    const observation = await observer.until(await create(pod), ended, "the end");
    expect(observation.containers.map(({ name }) => [name, exitCode(observation, name)])).toEqual([
      ["first", 0],
      ["one", 0],
      ["second", 0],
      ["third", 0],
      ["two", 0],
    ]);
    expect(await read(pod, "one")).toEqual(["first", "second", "third"]);
    expect(await read(pod, "two")).toEqual(["two"]);
  });

  it("does not start what comes after an init container that fails", async () => {
    const pod = resolvedPod({
      restartPolicy: "Never",
      initContainers: [shell("first", "exit 9"), shell("second", "exit 0")],
      containers: [shell("main", "exit 0")],
    });
    const observation = await observer.until(await create(pod), ended, "the end");
    expect(exitCode(observation, "first")).toBe(9);
    expect(container(observation, "second").state.type).toBe("waiting");
    expect(container(observation, "main").state.type).toBe("waiting");
  });

  it("passes values on as they are, and secrets beside the job", async () => {
    const values = {
      PLAIN: "a b  'c' \"d\"",
      EMPTY: "",
      DOLLAR: `${hole("HOME")} ${hole("NOMAD_JOB_ID")} $${hole("x")} %{if}`,
      LINES: "one\ntwo\\n\ttab {{ template }} é",
      SECRET_TEXT: `pass"word\\ ${hole("HOME")}\n{{ x }} é <&>`,
      SECRET_EMPTY: "",
    };
    const env = Object.entries(values).map(([name, value]) => ({ name, value }));
    const names = Object.keys(values).join(" ");
    const script = `for n in ${names}; do eval "v=\\$$n"; printf '%s=%s;' "$n" "$v" | od -An -tx1 -v; done; echo '\${END} %{x}'`;
    const pod = resolvedPod({ restartPolicy: "Never", containers: [shell("main", script, { env })] });
    await observer.until(await create(pod), ended, "the end");
    const output = await read(pod, "main");
    const bytes = output
      .slice(0, -1)
      .flatMap((line) => line.trim().split(/\s+/))
      .map((hex) => Number.parseInt(hex, 16));
    const expected = Object.entries(values).map(([name, value]) => `${name}=${value};`);
    expect(Buffer.from(bytes).toString()).toBe(expected.join(""));
    expect(output.at(-1)).toBe(`${hole("END")} %{x}`);
    const [job] = (await nomad(
      `/v1/jobs?filter=${encodeURIComponent(`Meta.k8s_uid == "${pod.ref.uid}"`)}`,
    )) as [{ ID: string }];
    expect(JSON.stringify(await nomad(`/v1/job/${job.ID}`))).not.toContain("word");
  });

  it("ends a sidecar when the main container has ended", async () => {
    const pod = resolvedPod({
      restartPolicy: "Never",
      initContainers: [
        shell("setup", "exit 0"),
        shell("side", "trap 'exit 0' TERM; while :; do sleep 0.1; done", { restartPolicy: "Always" }),
      ],
      containers: [shell("main", "sleep 2")],
    });
    const observation = await observer.until(await create(pod), ended, "the end");
    expect(exitCode(observation, "main")).toBe(0);
    expect(exitCode(observation, "side")).toBe(0);
    expect(observation.failure).toBeUndefined();
  });

  it("stops by the stop signal within the grace period, and forgets on release", async () => {
    const script = "trap 'echo stopping; exit 5' TERM; echo ready; while :; do sleep 0.1; done";
    const pod = resolvedPod({ containers: [shell("main", script)] });
    const ref = await create(pod);
    const running = (seen: PodObservation) => seen.containers[0]?.state.type === "running";
    await observer.until(ref, running, "running");
    await expect.poll(() => read(pod, "main")).toEqual(["ready"]);
    await provider.deletePod(ref, { gracePeriodSeconds: 30 }, context);
    await provider.deletePod(ref, { gracePeriodSeconds: 30 }, context);
    const observation = await observer.until(ref, ended, "the end");
    expect(exitCode(observation, "main")).toBe(5);
    expect(observation.failure).toBeUndefined();
    await provider.releasePod?.(ref, context);
    await provider.releasePod?.(ref, context);
    expect((await provider.listPods(context)).some((seen) => seen.ref.uid === ref.uid)).toBe(false);
    await provider.deletePod(ref, { gracePeriodSeconds: 30 }, context);
  });

  it.each([
    ["a shorter grace period is honoured", [1]],
    ["zero kills what is already stopping", [30, 0]],
  ])("%s", async (_, graces) => {
    const pod = resolvedPod({
      containers: [shell("main", "trap '' TERM; echo ready; while :; do sleep 0.1; done")],
    });
    const ref = await create(pod);
    await observer.until(ref, (seen) => seen.containers[0]?.state.type === "running", "running");
    await expect.poll(() => read(pod, "main")).toEqual(["ready"]);
    for (const gracePeriodSeconds of graces) {
      await provider.deletePod(ref, { gracePeriodSeconds }, context);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
    const observation = await observer.until(ref, ended, "the end", 15);
    expect(exitCode(observation, "main")).toBe(137);
    await provider.releasePod?.(ref, context);
  });

  it("follows logs to the end of the container, both outputs", async () => {
    const script = "for i in 1 2 3 4 5 6; do echo out$i; echo err$i >&2; sleep 0.5; done; printf end";
    const pod = resolvedPod({ restartPolicy: "Never", containers: [shell("main", script)] });
    const ref = await create(pod);
    await observer.until(ref, (seen) => seen.containers[0]?.state.type === "running", "running");
    const lines = await read(pod, "main", { follow: true });
    expect(lines.filter((line) => !line.startsWith("err"))).toEqual([
      ...[1, 2, 3, 4, 5, 6].map((n) => `out${n}`),
      "end",
    ]);
    expect(lines.filter((line) => line.startsWith("err"))).toHaveLength(6);
  });

  it("reads the last lines of a long output", async () => {
    const pod = resolvedPod({ restartPolicy: "Never", containers: [shell("main", "seq 1 50000")] });
    await observer.until(await create(pod), ended, "the end");
    const lines = await read(pod, "main", { tailLines: 3 });
    expect(lines.slice(-3)).toEqual(["49998", "49999", "50000"]);
    expect(lines.length).toBeLessThan(20_000);
    expect(await read(pod, "main")).toHaveLength(50_000);
    await expect(read(pod, "main", { previous: true })).rejects.toMatchObject({ code: "Unsupported" });
    await expect(read(pod, "other")).rejects.toMatchObject({ code: "NotFound" });
  });

  it("says why a command that does not exist cannot start", async () => {
    const pod = resolvedPod({
      restartPolicy: "Never",
      containers: [{ name: "main", image: "unused", command: ["/no/such/command"] }],
    });
    const observation = await observer.until(await create(pod), ended, "the end");
    const { state } = container(observation, "main");
    expect(state).toMatchObject({ type: "terminated", exitCode: 128, reason: "StartError" });
    expect(state.type === "terminated" && state.message).toContain("/no/such/command");
  });

  it("says why a pod that fits nowhere waits", async () => {
    const ref = await create(
      tooLarge(resolvedPod({ restartPolicy: "Never", containers: [shell("main", "exit 0")] })),
    );
    const observation = await observer.until(ref, (seen) => seen.reason !== undefined, "the reason");
    expect(observation).toMatchObject({ state: "waiting", reason: "NomadPlacementBlocked" });
    expect(observation.message).toContain("cpu");
    const listed = (await provider.listPods(context)).find((seen) => seen.ref.uid === ref.uid);
    expect(listed).toMatchObject({ state: "waiting", reason: "NomadPlacementBlocked" });
    await provider.deletePod(ref, { gracePeriodSeconds: 0 }, context);
    await observer.until(ref, ended, "the end");
  });

  it("lists more pods than fit a page, each with its reason", async () => {
    const many = createNomadProvider({ ...options(), nodeName: "vk-many" });
    const pods = Array.from({ length: 520 }, () =>
      tooLarge(resolvedPod({ containers: [shell("main", "exit 0")] })),
    );
    await Promise.all(pods.map((pod) => many.createPod(pod, context)));
    const reasons = async () =>
      (await many.listPods(context)).filter((seen) => seen.reason === "NomadPlacementBlocked").length;
    await expect.poll(reasons, { timeout: 60_000, interval: 500 }).toBe(520);
    await Promise.all(pods.map((pod) => many.releasePod?.(pod.ref, context)));
    expect(await many.listPods(context)).toEqual([]);
  });

  it("makes one job of two creates, and another provider adopts it", async () => {
    const pod = resolvedPod({ containers: [shell("main", "sleep 600")] });
    const ref = await create(pod);
    await create(pod);
    const successor = createNomadProvider(options());
    await successor.createPod(pod, context);
    const stubs = (await nomad("/v1/jobs?meta=true")) as { ID: string; Meta: Record<string, string> }[];
    expect(stubs.filter((stub) => stub.Meta["k8s_uid"] === ref.uid)).toHaveLength(1);
    await observer.until(ref, (seen) => seen.containers[0]?.state.type === "running", "running");
    const adopted = (await successor.listPods(context)).filter((seen) => seen.ref.uid === ref.uid);
    expect(adopted).toHaveLength(1);
    expect(adopted[0]).toMatchObject({ ref, state: "active", hostIPs: ["127.0.0.1"] });
    await successor.deletePod(ref, { gracePeriodSeconds: 1 }, context);
    await observer.until(ref, ended, "the end");
  });

  it("goes on where it was when the agent is restarted", async () => {
    const pod = resolvedPod({ containers: [shell("main", "sleep 600")] });
    const ref = await create(pod);
    await observer.until(ref, (seen) => seen.containers[0]?.state.type === "running", "running");
    await agent.pause();
    await expect(provider.listPods(context)).rejects.toMatchObject({ code: "Unavailable" });
    await expect(
      provider.createPod(resolvedPod({ containers: [shell("main", "true")] }), context),
    ).rejects.toMatchObject({
      code: "Unavailable",
    });
    await agent.start();
    await observer.stop();
    observer = new Observer(provider, context);
    const seen = await observer.until(
      ref,
      (one) => one.containers[0]?.state.type === "running",
      "running again",
    );
    expect(container(seen, "main").restartCount).toBe(0);
    await provider.deletePod(ref, { gracePeriodSeconds: 1 }, context);
    await observer.until(ref, ended, "the end");
  });

  it("refuses what it cannot do, by path", async () => {
    const bad = resolvedPod({
      hostAliases: [{ ip: "10.0.0.1", hostnames: ["x"] }],
      containers: [{ name: "main", image: "nginx", livenessProbe: { tcpSocket: { port: 80 } } }],
    } as never);
    const paths = await provider
      .createPod(bad, context)
      .catch((error) => error.issues.map((issue: { path: string }) => issue.path));
    expect(paths).toEqual(expect.arrayContaining(["spec.hostAliases", "spec.containers[0].livenessProbe"]));
    expect(() => parseNomadOptions({ nodeName: "x", adress: "y" })).toThrow(/adress/);
  });
});

/** The pod with more CPU than any client has. */
function tooLarge(pod: ResolvedPod): ResolvedPod {
  const resources = { requests: { cpu: "900", memory: "16Mi" }, limits: {} };
  return { ...pod, containers: pod.containers.map((one) => ({ ...one, resources })) };
}

/** What looks like an interpolation to Nomad. */
function hole(name: string): string {
  return ["$", "{", name, "}"].join("");
}

function text(line: LogLine): string {
  return Buffer.from(line.bytes).toString();
}
