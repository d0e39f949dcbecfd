import { describe, expect, it } from "vitest";
import { isRecursiveReadOnly, volumeMountStatuses } from "./recursive-read-only.ts";

const mount = { name: "v", mountPath: "/v", readOnly: true };
const kinds = [undefined, "Disabled", "Enabled", "IfPossible"].map((mode) =>
  mode === undefined ? mount : { ...mount, recursiveReadOnly: mode },
);

describe("recursive read-only mounts", () => {
  it("M6: Enabled must be kept or refused, IfPossible follows the runtime", () => {
    expect(kinds.map((one) => isRecursiveReadOnly(one, true))).toEqual([false, false, true, true]);
    const [none, disabled, enabled, possible] = kinds;
    for (const one of [none, disabled, possible])
      expect(isRecursiveReadOnly(one ?? mount, false)).toBe(false);
    expect(() => isRecursiveReadOnly(enabled ?? mount, false)).toThrow(
      'volume "v" requested recursive read-only mode, but it is not supported by the runtime',
    );
  });

  it("M6: only of mounts that are read-only and do not propagate", () => {
    const asked = { ...mount, recursiveReadOnly: "IfPossible" };
    expect(() => isRecursiveReadOnly({ ...asked, readOnly: false }, true)).toThrow("it is not read-only");
    expect(() => isRecursiveReadOnly({ ...asked, mountPropagation: "HostToContainer" }, true)).toThrow(
      'not compatible with propagation "HostToContainer"',
    );
    expect(() => isRecursiveReadOnly({ ...mount, recursiveReadOnly: "Sometimes" }, true)).toThrow(
      'unknown recursive read-only mode "Sometimes"',
    );
  });

  it("M6: the status says Enabled or Disabled, never IfPossible, and nothing of writable mounts", () => {
    const writable = { name: "w", mountPath: "/w" };
    const statuses = (supports: boolean) =>
      volumeMountStatuses({ name: "c", volumeMounts: [...kinds, writable] }, supports);
    expect(statuses(true).map(({ recursiveReadOnly }) => recursiveReadOnly)).toEqual([
      "Disabled",
      "Disabled",
      "Enabled",
      "Enabled",
      undefined,
    ]);
    expect(statuses(false).map(({ recursiveReadOnly }) => recursiveReadOnly)).toEqual([
      "Disabled",
      "Disabled",
      "Disabled",
      "Disabled",
      undefined,
    ]);
    expect(statuses(true)[4]).toEqual({ name: "w", mountPath: "/w", readOnly: false });
    expect(volumeMountStatuses({ name: "c" }, true)).toEqual([]);
  });
});
