import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { findTools } from "../machine/tools.ts";
import { mountCommands } from "./mount-script.ts";

describe("mountCommands", () => {
  const tools = {
    ...findTools({ namespace: false, users: false, procfs: true }),
    mount: "/bin/mount",
    chroot: "/usr/sbin/chroot",
    stat: "/usr/bin/stat",
    chown: "/bin/chown",
    chmod: "/bin/chmod",
  };

  it("is empty without mounts", () => {
    expect(mountCommands([], "/d", tools, false)).toBe("");
  });

  it("is a shell program, whatever the paths hold", async () => {
    const mounts = [{ source: "/it's", target: "/a b/$(c)", readOnly: true, ours: true }];
    const script = mountCommands(mounts, "/dir with 'quote'", tools, true);
    await expect(promisify(execFile)(tools.sh, ["-n", "-c", script])).resolves.toMatchObject({ stderr: "" });
  });

  it("mounts what lies higher first, so that nested mounts are not hidden", () => {
    const script = mountCommands(
      [
        { source: "/2", target: "/data/sub", readOnly: false, ours: true },
        { source: "/1", target: "/data", readOnly: false, ours: true },
      ],
      "/d",
      tools,
      false,
    );
    expect(script.indexOf("'/1' '/data'")).toBeLessThan(script.indexOf("'/2' '/data/sub'"));
  });
});
