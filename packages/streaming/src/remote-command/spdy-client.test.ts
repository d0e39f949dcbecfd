import { duplexPair } from "node:stream";
import { describe, expect, it } from "vitest";
import { openSpdyCommand } from "./spdy-client.ts";
import { acceptSpdyCommand } from "./spdy-server.ts";

const never = new AbortController().signal;

async function textOf(stream: AsyncIterable<Uint8Array> | undefined): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of stream ?? []) parts.push(part);
  return Buffer.concat(parts).toString();
}

function connected(requested: {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}) {
  const [near, far] = duplexPair();
  return Promise.all([
    acceptSpdyCommand(near, { protocol: "v4.channel.k8s.io", requested, patience: never }),
    openSpdyCommand(far, requested),
  ]);
}

describe("both ends of a remote command", () => {
  it("carry input, output and outcome", async () => {
    const [server, client] = await connected({ stdin: true, stdout: true, stderr: true, tty: false });
    const received = textOf(server.streams.stdin);
    await client.stdin?.write(Buffer.from("input"));
    await client.stdin?.end();
    expect(await received).toBe("input");
    await server.streams.stdout?.write(Buffer.from("out"));
    await server.streams.stderr?.write(Buffer.from("err"));
    const finished = server.finish({ kind: "exited", exitCode: 0 });
    expect([await textOf(client.stdout), await textOf(client.stderr), await client.status]).toEqual([
      "out",
      "err",
      '{"metadata":{},"status":"Success"}',
    ]);
    client.close();
    await finished;
  });

  it("carry sizes of a terminal, and the words of another server", async () => {
    const [server, client] = await connected({ stdin: false, stdout: true, stderr: false, tty: true });
    await client.resize?.({ width: 80, height: 24 });
    for await (const size of server.streams.terminal ?? []) {
      expect(size).toEqual({ width: 80, height: 24 });
      break;
    }
    const finished = server.finishAs("as it was said");
    expect(await client.status).toBe("as it was said");
    client.close();
    await finished;
  });

  it("hear of one another's end", async () => {
    const [server, client] = await connected({ stdin: false, stdout: true, stderr: false, tty: false });
    const over = new Promise((resolve) => server.signal.addEventListener("abort", resolve));
    client.close();
    await over;
    await expect(client.status).rejects.toThrow("the client ended the session");
    await server.finish({ kind: "exited", exitCode: 0 });
  });
});
