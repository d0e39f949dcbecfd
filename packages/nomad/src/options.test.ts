import { describe, expect, it } from "vitest";
import { parseNomadOptions } from "./options.ts";

describe("parseNomadOptions", () => {
  it("fills in what is not said", () => {
    expect(parseNomadOptions({ nodeName: "vk-1" })).toEqual({
      nodeName: "vk-1",
      address: "http://127.0.0.1:4646",
      namespace: "default",
      datacenters: ["*"],
      driver: "docker",
      defaultCpuMHz: 100,
      defaultMemoryMiB: 256,
      memoryOversubscription: false,
      network: "bridge",
      maximumKillSeconds: 30,
      claims: {},
      runtimes: {},
      maximumPods: 1_000,
      requestTimeoutMs: 30_000,
    });
    expect(parseNomadOptions({ nodeName: "vk-1", driver: "raw_exec" }).network).toBe("host");
  });

  it.each([
    ["no name", {}, /nodeName/],
    ["an unknown option", { nodeName: "x", adress: "http://y" }, /adress/],
    ["an address without scheme", { nodeName: "x", address: "nomad:4646" }, /address/],
    ["an unknown driver", { nodeName: "x", driver: "podman" }, /driver/],
    ["an unknown network", { nodeName: "x", network: "none" }, /network/],
    ["a namespace of other characters", { nodeName: "x", namespace: "a b" }, /namespace/],
    ["a claim of another kind", { nodeName: "x", claims: { data: { type: "nfs", source: "y" } } }, /claims/],
    ["two tokens", { nodeName: "x", token: "a", tokenFile: "b" }, /not both/],
  ])("refuses %s", (_, input, message) => {
    expect(() => parseNomadOptions(input)).toThrow(message);
  });
});
