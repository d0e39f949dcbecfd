import { describe, expect, it } from "vitest";
import { boundingSet, knownCapabilities } from "./capabilities.ts";

const set = (add: readonly string[], drop: readonly string[]) => boundingSet({ add, drop });

describe("boundingSet", () => {
  it("is a container runtime's default where nothing is asked for", () => {
    expect(set([], [])).toEqual([
      "chown",
      "dac_override",
      "fowner",
      "fsetid",
      "kill",
      "setgid",
      "setuid",
      "setpcap",
      "net_bind_service",
      "net_raw",
      "sys_chroot",
      "mknod",
      "audit_write",
      "setfcap",
    ]);
  });

  it("adds and drops by name, with or without CAP_", () => {
    expect(set(["NET_BIND_SERVICE"], ["ALL"])).toEqual(["net_bind_service"]);
    expect(set(["CAP_NET_ADMIN"], ["all"])).toEqual(["net_admin"]);
    expect(set([], ["CHOWN"])).not.toContain("chown");
    expect(set(["SYS_TIME"], [])).toContain("sys_time");
    expect(set([], ["ALL"])).toEqual([]);
  });

  it("drops ALL after it adds ALL, as containerd does", () => {
    expect(set(["ALL"], [])).toBeUndefined();
    expect(set(["ALL"], ["SYS_ADMIN"])).toEqual(knownCapabilities.filter((name) => name !== "sys_admin"));
    expect(set(["ALL"], ["ALL"])).toEqual([]);
  });
});
