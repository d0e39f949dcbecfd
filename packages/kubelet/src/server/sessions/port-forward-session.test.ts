import { ProviderError } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import {
  handshake,
  spdyClient,
  textOf,
  upgradeToSpdy,
  webSocketClient,
} from "../testdata/session-clients.ts";
import { startTestKubelet } from "../testdata/test-kubelet.ts";

const protocols = ["portforward.k8s.io"];

describe("port-forward by SPDY", () => {
  it("carries several connections at once, each direction of which ends for itself", async () => {
    await using kubelet = await startTestKubelet();
    kubelet.host.connectPort = async (ref, port, { incoming, outgoing }) => {
      await outgoing.write(Buffer.from(`${ref.name}:${port} `));
      await outgoing.write(Buffer.from(await textOf(incoming)));
      await outgoing.end();
    };
    const client = await spdyClient(kubelet.server.port, "/portForward/a/p", protocols);
    const pairs = [];
    for (const [index, port] of ["80", "443"].entries()) {
      const requestid = String(index);
      const error = await client.open({ streamtype: "error", port, requestid });
      const data = await client.open({ streamtype: "data", port, requestid });
      pairs.push({ data, error });
    }
    const said = pairs.map(({ data }) => textOf(data.incoming));
    for (const [index, { data, error }] of pairs.entries()) {
      await error.end();
      await data.write(Buffer.from(`request ${index}`));
      await data.end();
    }
    expect(await Promise.all(said)).toEqual(["p:80 request 0", "p:443 request 1"]);
    expect(await Promise.all(pairs.map(({ error }) => textOf(error.incoming)))).toEqual(["", ""]);
    client.session.destroy("done");
  });

  it("tells why a port cannot be reached, and goes on with others", async () => {
    await using kubelet = await startTestKubelet();
    kubelet.host.connectPort = async (_ref, port, { outgoing }) => {
      if (port === 81) throw new ProviderError("Unavailable", "connection refused");
      await outgoing.write(Buffer.from("there"));
    };
    const client = await spdyClient(kubelet.server.port, "/portForward/a/p/u", protocols);
    // Clients of old give no request ID.
    const error = await client.open({ streamtype: "error", port: "81" });
    const data = await client.open({ streamtype: "data", port: "81" });
    expect(await textOf(error.incoming)).toBe("error forwarding port 81 to pod a/p: connection refused");
    await expect(textOf(data.incoming)).rejects.toThrow("reset");
    await client.open({ streamtype: "error", port: "80", requestid: "1" });
    const other = await client.open({ streamtype: "data", port: "80", requestid: "1" });
    expect(await textOf(other.incoming)).toBe("there");
    client.session.destroy("done");
  });

  it("takes no notice when a client resets a connection that it wants no more of", async () => {
    await using kubelet = await startTestKubelet();
    kubelet.host.connectPort = async (_ref, _port, { incoming }) => {
      await textOf(incoming);
    };
    const client = await spdyClient(kubelet.server.port, "/portForward/a/p", protocols);
    const error = await client.open({ streamtype: "error", port: "80", requestid: "0" });
    const data = await client.open({ streamtype: "data", port: "80", requestid: "0" });
    data.reset();
    expect(await textOf(error.incoming)).toBe("");
    client.session.destroy("done");
  });

  it("resets streams that belong to nothing", async () => {
    await using kubelet = await startTestKubelet();
    const client = await spdyClient(kubelet.server.port, "/portForward/a/p", protocols);
    for (const headers of [
      { streamtype: "data", port: "0", requestid: "1" },
      { streamtype: "data", port: "x", requestid: "1" },
      { streamtype: "other", port: "80", requestid: "1" },
      { port: "80" },
    ]) {
      await expect(textOf((await client.open(headers)).incoming)).rejects.toThrow("reset");
    }
    await client.open({ streamtype: "data", port: "80", requestid: "2" });
    const again = await client.open({ streamtype: "data", port: "80", requestid: "2" });
    await expect(textOf(again.incoming)).rejects.toThrow("reset");
    const otherPort = await client.open({ streamtype: "error", port: "81", requestid: "2" });
    await expect(textOf(otherPort.incoming)).rejects.toThrow("reset");
    client.session.destroy("done");
  });
});

describe("port-forward by WebSocket", () => {
  it("has two channels for each port, which begin with its number", async () => {
    await using kubelet = await startTestKubelet();
    kubelet.host.connectPort = async (_ref, port, { incoming, outgoing }) => {
      if (port === 8081) throw new ProviderError("Unavailable", "connection refused");
      for await (const bytes of incoming) {
        await outgoing.write(bytes);
        break;
      }
    };
    const client = await webSocketClient(
      kubelet.server.port,
      "/portForward/a/p?port=8080&port=8081",
      "v4.channel.k8s.io",
    );
    client.socket.send(Buffer.from("\0hello"));
    expect(await client.closed).toBe(1000);
    const number = (port: number) => Buffer.from([port & 0xff, port >> 8]).toString();
    expect(client.messages.toSorted()).toEqual(
      [
        `0:${number(8080)}`,
        "0:hello",
        `1:${number(8080)}`,
        `2:${number(8081)}`,
        `3:${number(8081)}`,
        "3:error forwarding port 8081 to pod a/p: connection refused",
      ].toSorted(),
    );
  });

  it("grants a SPDY session in its messages, under a name that is no token of HTTP", async () => {
    await using kubelet = await startTestKubelet();
    const protocol = "SPDY/3.1+portforward.k8s.io";
    expect(await handshake(kubelet.server.port, "/portForward/a/p", protocol)).toBe(protocol);
  });
});

describe("port-forward that is refused", () => {
  it("for want of the pod, a port, a protocol or the provider's ability", async () => {
    await using kubelet = await startTestKubelet();
    const { port } = kubelet.server;
    const ask = (path: string, names = protocols) => upgradeToSpdy(port, path, names);
    expect(await ask("/portForward/a/gone")).toMatchObject({ status: 404, text: "pod does not exist\n" });
    expect(await ask("/portForward/a/p/another")).toMatchObject({ status: 404 });
    expect(await ask("/portForward/a/p", ["v4.channel.k8s.io"])).toMatchObject({ status: 403 });
    await expect(webSocketClient(port, "/portForward/a/p", "v4.channel.k8s.io")).rejects.toThrow("400");
    await expect(webSocketClient(port, "/portForward/a/p?port=0", "v4.channel.k8s.io")).rejects.toThrow(
      "400",
    );
    kubelet.host.lacking.set("forwardPort", "lacks it");
    expect(await ask("/portForward/a/p")).toMatchObject({ status: 501, text: "lacks it\n" });
  });
});
