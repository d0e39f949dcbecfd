import { describe, expect, it } from "vitest";
import { chooseSpdyProtocol, chooseWebSocketProtocol, upgradeKindOf } from "./upgrade.ts";

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
      headers: { "x-accepted-stream-protocol-versions": ["a"] },
    });
    expect(chooseWebSocketProtocol(request({ "sec-websocket-protocol": "b" }), ["a", ""])).toMatchObject({
      status: 400,
      text: "unable to upgrade: none of the sub-protocols b is known; the server accepts a",
    });
    expect(chooseWebSocketProtocol(request({}), ["a"])).toMatchObject({ status: 400 });
    expect(chooseWebSocketProtocol(request({}), ["a", ""])).toBe("");
  });
});
