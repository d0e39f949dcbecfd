import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { SessionStreams, TerminalSize } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { createLocalProvider } from "../provider.ts";
import { observed, resolved, shell, temporaryDirectory, testContext } from "../test-support.ts";

/** A pod with one container that runs until it is ended. */
async function running() {
  const directory = await temporaryDirectory();
  const provider = createLocalProvider({ directory: directory.path });
  const env = [{ name: "GREETING", value: "hello" }];
  const main = { ...shell("main", "echo up; sleep 1000", { env }), workingDir: "/tmp" };
  const pod = resolved("p", { restartPolicy: "Never", containers: [main] });
  await provider.createPod(pod, testContext());
  await observed(provider, "p", ({ containers }) => containers[0]?.state.type === "running");
  const ref = { ...pod.ref, container: "main" };
  return {
    provider,
    ref,
    exec: (command: string, streams: SessionStreams = {}, signal?: AbortSignal) =>
      provider.exec?.(ref, ["sh", "-c", command], streams, {
        ...testContext(),
        ...(signal === undefined ? {} : { signal }),
      }),
    [Symbol.asyncDispose]: async () => {
      await provider.deletePod(ref, { gracePeriodSeconds: 0 }, testContext());
      await observed(provider, "p", ({ state }) => state === "ended");
      await provider[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

class Output {
  text = "";
  readonly #wanted: string | undefined;
  readonly #seen = Promise.withResolvers<void>();

  constructor(wanted?: string) {
    this.#wanted = wanted;
  }

  get seen(): Promise<void> {
    return this.#seen.promise;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.text += Buffer.from(bytes).toString();
    if (this.#wanted !== undefined && this.text.includes(this.#wanted)) this.#seen.resolve();
  }
}

async function* input(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

describe("exec", () => {
  it("has the container's environment and working directory, and tells signals as a shell does", async () => {
    await using pod = await running();
    const stdout = new Output();
    expect(await pod.exec("echo $GREETING; pwd", { stdout })).toEqual({ exitCode: 0 });
    expect(stdout.text).toBe("hello\n/tmp\n");
    expect(await pod.exec("kill -9 $$")).toEqual({ exitCode: 137 });
  });

  it("takes no notice of input that nobody reads", async () => {
    await using pod = await running();
    const stdin = input(...Array.from({ length: 100 }, () => "x".repeat(100_000)));
    expect(await pod.exec("exit 4", { stdin })).toEqual({ exitCode: 4 });
  });

  it("ends everything that a command began when the client goes", async () => {
    await using pod = await running();
    const abort = new AbortController();
    const stdout = new Output("\n");
    const executed = pod.exec("sleep 1000 & echo $!; wait", { stdout }, abort.signal);
    executed?.catch(() => {});
    await stdout.seen;
    abort.abort(new Error("gone"));
    await expect(executed).rejects.toThrow("gone");
    const check = new Output();
    // The kernel may take a moment to let go of it.
    await pod.exec(`while kill -0 ${stdout.text.trim()} 2>/dev/null; do :; done; echo over`, {
      stdout: check,
    });
    expect(check.text).toBe("over\n");
  });

  it("gives a terminal its size, its changes and its keys", async () => {
    await using pod = await running();
    const resized = Promise.withResolvers<void>();
    async function* terminal(): AsyncGenerator<TerminalSize> {
      yield { width: 97, height: 31 };
      await resized.promise;
      yield { width: 50, height: 20 };
    }
    const pressed = Promise.withResolvers<void>();
    async function* keys(): AsyncGenerator<Uint8Array> {
      await pressed.promise;
      yield Buffer.from([3]);
    }
    const stdout = new Output("31 97");
    const waits = "until [ \"$(stty size)\" = '20 50' ]; do :; done";
    const command = `until [ "$(stty size)" = '31 97' ]; do :; done; stty size; ${waits}; trap 'echo interrupted; exit 7' INT; echo ready; while :; do sleep 0.05; done`;
    const executed = pod.exec(command, { stdin: keys(), stdout, terminal: terminal() });
    await stdout.seen;
    resized.resolve();
    const ready = async () => {
      while (!stdout.text.includes("ready")) await new Promise((resolve) => setImmediate(resolve));
    };
    await ready();
    pressed.resolve();
    expect(await executed).toEqual({ exitCode: 7 });
    expect(stdout.text).toContain("interrupted\r\n");
  });
});

describe("port-forward", () => {
  it("reaches what listens on this machine, and carries both directions to their ends", async () => {
    await using pod = await running();
    const server = createServer((request, response) => {
      let length = 0;
      request.on("data", (bytes: Buffer) => {
        length += bytes.length;
      });
      request.on("end", () => response.end(`got ${length}`));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const outgoing = Object.assign(new Output(), { end: async () => {} });
    const body = "x".repeat(1_000_000);
    const head = `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`;
    await pod.provider.forwardPort?.(pod.ref, port, { incoming: input(head, body), outgoing }, testContext());
    expect(outgoing.text).toContain("got 1000000");
    server.close();
  });

  it("says that nothing listens, and ends when the client goes", async () => {
    await using pod = await running();
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const connection = {
      incoming: forever(),
      outgoing: Object.assign(new Output(), { end: async () => {} }),
    };
    const abort = new AbortController();
    const context = { ...testContext(), signal: abort.signal };
    const connected = once(server, "connection");
    const forwarded = pod.provider.forwardPort?.(pod.ref, port, connection, context);
    forwarded?.catch(() => {});
    await connected;
    abort.abort(new Error("gone"));
    await expect(forwarded).rejects.toThrow("gone");
    server.closeAllConnections();
    server.close();
    await once(server, "close");
    await expect(
      pod.provider.forwardPort?.(pod.ref, port, { ...connection, incoming: input() }, testContext()),
    ).rejects.toMatchObject({ code: "Unavailable" });
  });
});

async function* forever(): AsyncGenerator<Uint8Array> {
  await new Promise(() => {});
}

describe("usage", () => {
  it("measures what runs, and the machine", async () => {
    await using pod = await running();
    const usage = await pod.provider.usage?.(testContext());
    expect(usage?.total?.cpuSeconds).toBeGreaterThan(0);
    expect(usage?.pods).toMatchObject([{ ref: { name: "p" }, containers: [{ name: "main" }] }]);
    expect(usage?.pods[0]?.containers[0]?.residentBytes).toBeGreaterThan(0);
  });
});
