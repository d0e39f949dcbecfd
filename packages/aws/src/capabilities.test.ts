import { describe, expect, it } from "vitest";
import { capabilityChanges } from "./capabilities.ts";

describe("capabilities as changes of the default set", () => {
  it.each([
    [[], [], { add: [], drop: [] }],
    [["NET_BIND_SERVICE"], [], { add: [], drop: [] }],
    [["CAP_SYS_PTRACE", "CHOWN"], ["CAP_KILL"], { add: ["SYS_PTRACE"], drop: ["KILL"] }],
    [[], ["ALL"], { add: [], drop: ["ALL"] }],
    [["NET_ADMIN"], ["ALL"], { add: ["NET_ADMIN"], drop: ["ALL"] }],
  ])("add %j drop %j", (add, drop, changes) => {
    expect(capabilityChanges(add, drop)).toEqual(changes);
  });

  it("to drop all and add a common one is to drop the others", () => {
    const { add, drop } = capabilityChanges(["NET_BIND_SERVICE"], ["ALL"]);
    expect(add).toEqual([]);
    expect(drop).toHaveLength(13);
    expect(drop).not.toContain("NET_BIND_SERVICE");
  });
});
