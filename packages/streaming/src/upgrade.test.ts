import type { IncomingMessage } from "node:http";
import { duplexPair } from "node:stream";
import { describe, expect, it } from "vitest";
import { chooseSpdyProtocol, chooseWebSocketProtocol, grantWebSocket, upgradeKindOf } from "./upgrade.ts";

const request = (headers: Readonly<Record<string, string>>) => ({ headers });

describe("upgrades", () => {
  it("knows the two protocols, however they are written", () => {
    expect(upgradeKindOf(request({ connection: "keep-alive, Upgrade", upgrade: "SPDY/3.1" }))).toBe("spdy");
    expect(upgradeKindOf(request({ connection: "upgrade", upgrade: "WebSocket" }))).toBe("websocket");
    expect(upgradeKindOf(request({ connection: "upgrade", upgrade: "h2c" }))).toBeUndefined();
    expect(upgradeKindOf(request({ upgrade: "websocket" }))).toBeUndefined();
  });

  it("takes the client's first protocol that is offered, in lines or in one list", () => {
    const asked = request({
      "x-stream-protocol-version": "v5.channel.k8s.io, v4.channel.k8s.io,v3.channel.k8s.io",
    });
    expect(chooseSpdyProtocol(asked, ["v3.channel.k8s.io", "v4.channel.k8s.io"])).toBe("v4.channel.k8s.io");
  });

  it("says what is wrong, and what would be right", () => {
    expect(chooseSpdyProtocol(request({}), ["a"])).toMatchObject({ status: 400 });
    expect(chooseSpdyProtocol(request({ "x-stream-protocol-version": "b" }), ["a"])).toMatchObject({
      status: 403,
      headers: { "x-accepted-stream-protocol-versions": "a" },
    });
    expect(chooseWebSocketProtocol(request({ "sec-websocket-protocol": "b" }), ["a", ""])).toMatchObject({
      status: 400,
      text: "unable to upgrade: none of the sub-protocols b is known; the server accepts a",
    });
    expect(chooseWebSocketProtocol(request({}), ["a"])).toMatchObject({ status: 400 });
    expect(chooseWebSocketProtocol(request({}), ["a", ""])).toBe("");
  });

  it("does not wait for ever for a client that has gone", async () => {
    const [near] = duplexPair();
    const headers = {
      ...{ connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13" },
      "sec-websocket-key": Buffer.alloc(16).toString("base64"),
    };
    const asked = { ...request(headers), method: "GET" } as unknown as IncomingMessage;
    const grant = () => grantWebSocket(asked, near, Buffer.alloc(0), "v5.channel.k8s.io");
    near.end();
    await expect(grant()).rejects.toThrow("the client has gone");
    await expect(grant()).rejects.toThrow("the client has gone");
  });
});
