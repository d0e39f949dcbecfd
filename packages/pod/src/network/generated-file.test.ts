import { expect, it } from "vitest";
import { takesGeneratedFile } from "./generated-file.ts";

const mount = (mountPath: string) => ({ volume: "data", mountPath, readOnly: false });

it("M5: a container gets the hosts file unless it mounts that path itself", () => {
  expect(takesGeneratedFile({ mounts: [] }, "/etc/hosts")).toBe(true);
  expect(takesGeneratedFile({ mounts: [mount("/etc"), mount("/etc/hosts.d")] }, "/etc/hosts")).toBe(true);
  expect(takesGeneratedFile({ mounts: [mount("/data"), mount("/etc/hosts")] }, "/etc/hosts")).toBe(false);
  expect(takesGeneratedFile({ mounts: [mount("/etc/hosts/")] }, "/etc/hosts")).toBe(false);
  expect(takesGeneratedFile({ mounts: [mount("/etc/hosts")] }, "/etc/resolv.conf")).toBe(true);
});
