import { ProviderError, type SessionStreams } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import {
  type SpdyClient,
  spdyClient,
  textOf,
  upgradeToSpdy,
  webSocketClient,
} from "../testdata/session-clients.ts";
import { fetchText, readyPod, startTestKubelet, until } from "../testdata/test-kubelet.ts";

const v4 = ["v4.channel.k8s.io"];
const allStreams = "input=1&output=1&error=1";

/** Opens the streams as client-go does, and gives what they say. */
async function openAll(client: SpdyClient, types: readonly string[]) {
  const opened = new Map<string, Awaited<ReturnType<SpdyClient["open"]>>>();
  for (const streamtype of types) opened.set(streamtype, await client.open({ streamtype }));
  const stream = (type: string) => {
    const found = opened.get(type);
    if (found === undefined) throw new Error(`no stream ${type}`);
    return found;
  };
  return { stream, text: (type: string) => textOf(stream(type).incoming) };
}

async function echo(streams: SessionStreams): Promise<void> {
  for await (const bytes of streams.stdin ?? []) {
    await streams.stdout?.write(bytes);
    await streams.stderr?.write(Buffer.from("!"));
  }
}

describe("exec by SPDY", () => {
  it("runs the command with its streams, and tells its exit code after all output", async () => {
    await using kubelet = await startTestKubelet();
    const calls: object[] = [];
    kubelet.host.runCommand = async (ref, command, streams) => {
      calls.push({ ...ref, command });
      await echo(streams);
      return { exitCode: 7 };
    };
    const path = `/exec/a/p/c?command=sh&command=-c&command=it&${allStreams}`;
    const client = await spdyClient(kubelet.server.port, path, ["v5.channel.k8s.io", ...v4]);
    expect(client.protocol).toBe("v4.channel.k8s.io");
    const { stream, text } = await openAll(client, ["error", "stdin", "stdout", "stderr"]);
    const said = Promise.all([text("stdout"), text("stderr"), text("error")]);
    await stream("stdin").write(Buffer.from("hello"));
    await stream("stdin").end();
    const [stdout, stderr, error] = await said;
    expect([stdout, stderr]).toEqual(["hello", "!"]);
    expect(JSON.parse(error)).toMatchObject({
      reason: "NonZeroExitCode",
      details: { causes: [{ reason: "ExitCode", message: "7" }] },
    });
    expect(calls).toEqual([
      { namespace: "a", name: "p", uid: "u", container: "c", command: ["sh", "-c", "it"] },
    ]);
    client.session.destroy("done");
  });

  it("gives a terminal its sizes, and one stream of output", async () => {
    await using kubelet = await startTestKubelet();
    kubelet.host.runCommand = async (_ref, _command, { terminal, stdout, stderr }) => {
      for await (const { width, height } of terminal ?? []) {
        await stdout?.write(Buffer.from(`${width}x${height} ${stderr === undefined}`));
        break;
      }
      return { exitCode: 0 };
    };
    const client = await spdyClient(kubelet.server.port, `/exec/a/p/c?command=sh&tty=1&${allStreams}`, v4);
    const { stream, text } = await openAll(client, ["error", "stdin", "stdout", "resize"]);
    await stream("resize").write(Buffer.from('{"Width":120,"Height":40}\n'));
    expect(await text("stdout")).toBe("120x40 true");
    expect(JSON.parse(await text("error"))).toEqual({ metadata: {}, status: "Success" });
    client.session.destroy("done");
  });

  it("tells why a command was not run, as a Status, and to old clients as a text", async () => {
    await using kubelet = await startTestKubelet();
    kubelet.host.runCommand = () => Promise.reject(new ProviderError("InvalidInput", "no such file"));
    for (const [protocol, expected] of [
      [
        "v4.channel.k8s.io",
        '"message":"Internal error occurred: error executing command in container: no such file"',
      ],
      ["channel.k8s.io", "Internal error occurred: error executing command in container: no such file"],
    ] as const) {
      const client = await spdyClient(kubelet.server.port, "/exec/a/p/c?command=x&output=1", [protocol]);
      const { text } = await openAll(client, ["error", "stdout"]);
      expect(await text("error")).toContain(expected);
      client.session.destroy("done");
    }
  });

  it("aborts when the client goes", async () => {
    await using kubelet = await startTestKubelet();
    const begun = Promise.withResolvers<AbortSignal>();
    kubelet.host.runCommand = async (_ref, _command, _streams, signal) => {
      begun.resolve(signal);
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      return { exitCode: 0 };
    };
    const client = await spdyClient(kubelet.server.port, "/exec/a/p/c?command=x&output=1", v4);
    await openAll(client, ["error", "stdout"]);
    const signal = await begun.promise;
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
    client.socket.destroy();
    await aborted;
  });

  it("ends a client that does not open its streams in time, and takes no others", async () => {
    await using kubelet = await startTestKubelet();
    let runs = 0;
    kubelet.host.runCommand = async () => {
      runs += 1;
      return { exitCode: 0 };
    };
    const client = await spdyClient(kubelet.server.port, `/exec/a/p/c?command=x&${allStreams}`, v4);
    const { text } = await openAll(client, ["stdout", "other", "stdout"]);
    await expect(text("other")).rejects.toThrow("reset");
    await kubelet.clock.advance(30_000);
    await until(() => client.session.signal.aborted);
    expect(runs).toBe(0);
  });

  it("ends with the server", async () => {
    const kubelet = await startTestKubelet();
    kubelet.host.runCommand = (_ref, _command, _streams, signal) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const client = await spdyClient(kubelet.server.port, "/exec/a/p/c?command=x&output=1", v4);
    await openAll(client, ["error", "stdout"]);
    const over = new Promise((resolve) => client.session.signal.addEventListener("abort", resolve));
    await kubelet[Symbol.asyncDispose]();
    await over;
  });
});

describe("exec by WebSocket", () => {
  const path = `/exec/a/p/c?command=sh&${allStreams}`;

  it.each([
    ["v5.channel.k8s.io", '3:{"metadata":{},"status":"Success"}'],
    ["v4.channel.k8s.io", '3:{"metadata":{},"status":"Success"}'],
    ["channel.k8s.io", undefined],
    [undefined, undefined],
  ])("carries channels by %s", async (protocol, outcome) => {
    await using kubelet = await startTestKubelet();
    kubelet.host.runCommand = async (_ref, _command, streams) => {
      for await (const bytes of streams.stdin ?? []) {
        await streams.stdout?.write(bytes);
        await streams.stderr?.write(Buffer.from("!"));
        break;
      }
      return { exitCode: 0 };
    };
    const client = await webSocketClient(kubelet.server.port, path, protocol);
    expect(client.socket.protocol).toBe(protocol ?? "");
    client.socket.send(Buffer.from("\0hello"));
    expect(await client.closed).toBe(1000);
    expect(client.messages).toEqual(["1:", "1:hello", "2:!", ...(outcome === undefined ? [] : [outcome])]);
  });

  it("carries channels as text by base64", async () => {
    await using kubelet = await startTestKubelet();
    kubelet.host.runCommand = async (_ref, _command, { stdin, stdout }) => {
      for await (const bytes of stdin ?? []) {
        await stdout?.write(bytes);
        break;
      }
      return { exitCode: 1 };
    };
    const client = await webSocketClient(kubelet.server.port, path, "v4.base64.channel.k8s.io");
    client.socket.send(`0${Buffer.from("hello").toString("base64")}`);
    await client.closed;
    const decoded = client.messages.map((text) => `${text[0]}:${Buffer.from(text.slice(1), "base64")}`);
    expect(decoded.slice(0, 2)).toEqual(["1:", "1:hello"]);
    expect(decoded[2]).toContain('"NonZeroExitCode"');
  });

  it("hears by v5 that the input has ended", async () => {
    await using kubelet = await startTestKubelet();
    kubelet.host.runCommand = async (_ref, _command, streams) => {
      await echo(streams);
      return { exitCode: 0 };
    };
    const client = await webSocketClient(kubelet.server.port, path, "v5.channel.k8s.io");
    client.socket.send(Buffer.from("\0hello"));
    client.socket.send(Buffer.from([255, 0]));
    expect(await client.closed).toBe(1000);
    expect(client.messages).toContain("1:hello");
    // A message on channel 255 from a server is an error to kubectl.
    expect(client.messages.some((message) => message.startsWith("255"))).toBe(false);
  });
});

describe("attach", () => {
  it("connects to the container and succeeds when the session is over", async () => {
    await using kubelet = await startTestKubelet();
    kubelet.host.attachTo = async ({ container }, { stdout }) => {
      await stdout?.write(Buffer.from(`attached to ${container}`));
    };
    const client = await spdyClient(kubelet.server.port, "/attach/a/p/u/c?output=1", v4);
    const { text } = await openAll(client, ["error", "stdout"]);
    expect([await text("stdout"), await text("error")]).toEqual([
      "attached to c",
      '{"metadata":{},"status":"Success"}',
    ]);
    client.session.destroy("done");
  });
});

describe("a session that is refused", () => {
  it.each([
    ["/exec/a/p/c?command=x", 400, "you must specify at least 1 of stdin, stdout, stderr"],
    ["/exec/a/p/c?output=1", 400, "you must specify a command"],
    ["/exec/a/gone/c?command=x&output=1", 404, "pod does not exist"],
    ["/exec/a/p/another-uid/c?command=x&output=1", 404, "pod does not exist"],
    ["/exec/a/p/none?command=x&output=1", 404, 'container not found ("none")'],
    ["/attach/a/over/c?output=1", 400, 'cannot reach container "c": the pod has ended (phase Succeeded)'],
    ["/exec/a/p", 404, "404 page not found"],
    ["/pods", 405, "Method Not Allowed"],
  ])("%s: %d %s", async (path, status, text) => {
    await using kubelet = await startTestKubelet();
    kubelet.host.podList.push({
      ...readyPod,
      metadata: { namespace: "a", name: "over", uid: "o" },
      status: { phase: "Succeeded" },
    });
    const answer = await upgradeToSpdy(kubelet.server.port, path, v4);
    expect(answer).toMatchObject({ status, text: `${text}\n` });
  });

  it("for want of a right, of a known protocol, of an upgrade, or of the provider's ability", async () => {
    await using kubelet = await startTestKubelet();
    const { port } = kubelet.server;
    const path = "/exec/a/p/c?command=x&output=1";
    expect(await upgradeToSpdy(port, path, v4, {})).toMatchObject({ status: 401, text: "Unauthorized\n" });
    expect(kubelet.asked).toEqual([]);
    const unknown = await upgradeToSpdy(port, path, ["v9"]);
    expect(unknown).toMatchObject({ status: 403 });
    expect(kubelet.asked).toEqual([{ user: "tester", verb: "create", subresources: ["proxy"] }]);
    expect(await fetchText(port, path)).toMatchObject({
      status: 400,
      text: "unable to upgrade: missing upgrade headers in request\n",
    });
    kubelet.host.lacking.set("exec", 'provider "x" lacks it');
    expect(await upgradeToSpdy(port, path, v4)).toMatchObject({
      status: 501,
      text: 'provider "x" lacks it\n',
    });
  });
});
