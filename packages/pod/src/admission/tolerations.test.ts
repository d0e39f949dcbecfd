import type { Taint, Toleration } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { tolerates, tolerationSeconds, untoleratedTaint } from "./tolerations.ts";

const taint: Taint = { key: "k", value: "v", effect: "NoExecute" };
const numeric = (operator: string, value: string) => ({ key: "k", operator, value }) as Toleration;

describe("tolerates", () => {
  it("Y2: Equal is the default, Exists asks for no value, an empty key or effect covers every one", () => {
    expect(tolerates({ key: "k", value: "v" }, taint)).toBe(true);
    expect(tolerates({ key: "k", value: "w" }, taint)).toBe(false);
    expect(tolerates({ key: "k", operator: "Exists" }, taint)).toBe(true);
    expect(tolerates({ operator: "Exists" }, taint)).toBe(true);
    expect(tolerates({ key: "k", operator: "Exists", effect: "NoSchedule" }, taint)).toBe(false);
    expect(tolerates({ key: "other", operator: "Exists" }, taint)).toBe(false);
    expect(tolerates(numeric("Like", "v"), taint)).toBe(false);
  });

  it("Y2: Gt and Lt compare the taint's value with the toleration's, canonical integers alone", () => {
    const five: Taint = { ...taint, value: "5" };
    expect(tolerates(numeric("Gt", "4"), five)).toBe(true);
    expect(tolerates(numeric("Gt", "5"), five)).toBe(false);
    expect(tolerates(numeric("Lt", "6"), five)).toBe(true);
    expect(tolerates(numeric("Lt", "-6"), five)).toBe(false);
    expect(tolerates(numeric("Gt", "04"), five)).toBe(false);
    expect(tolerates(numeric("Gt", "x"), five)).toBe(false);
    expect(tolerates(numeric("Lt", "9223372036854775808"), five)).toBe(false);
    expect(tolerates(numeric("Gt", "1"), taint)).toBe(false);
  });
});

describe("untoleratedTaint", () => {
  it("Y2: only taints of the effects asked for count", () => {
    const taints: Taint[] = [{ key: "soft", effect: "NoSchedule" }, taint];
    expect(untoleratedTaint(taints, [], ["NoExecute"])).toBe(taint);
    expect(untoleratedTaint(taints, [{ key: "k", operator: "Exists" }], ["NoExecute"])).toBeUndefined();
    expect(untoleratedTaint(taints, [], ["NoSchedule", "NoExecute"])?.key).toBe("soft");
  });
});

describe("tolerationSeconds", () => {
  const tolerated = (seconds?: number): Toleration => ({
    key: "k",
    operator: "Exists",
    ...(seconds !== undefined && { tolerationSeconds: seconds }),
  });

  it("Y2: the least of the tolerations used; 0 where one is missing; without end where none is timed", () => {
    expect(tolerationSeconds([taint], [tolerated(30)])).toBe(30);
    expect(tolerationSeconds([taint], [tolerated(-1)])).toBe(0);
    expect(tolerationSeconds([taint], [tolerated()])).toBeUndefined();
    expect(tolerationSeconds([taint], [])).toBe(0);
    expect(tolerationSeconds([{ key: "x", effect: "NoSchedule" }], [])).toBeUndefined();
    const other: Taint = { key: "o", effect: "NoExecute" };
    const both: Toleration[] = [tolerated(30), { key: "o", operator: "Exists", tolerationSeconds: 5 }];
    expect(tolerationSeconds([taint, other], both)).toBe(5);
  });
});
