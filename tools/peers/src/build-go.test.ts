import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { buildGoCommands, findGoCommands, type GoBuild } from "./build-go.ts";

/** A stand-in for the go command: writes what it was asked for into the file after `-o`, or fails. */
const fakeGo = `#!/bin/sh
echo "$@" >> "$FAKE_GO_CALLS"
[ -n "$FAKE_GO_FAILS" ] && { echo "cannot find module" >&2; exit 1; }
while [ "$1" != "-o" ]; do shift; done
printf '#!/bin/sh\\n' > "$2" && chmod +x "$2"
`;

describe("Go builds", () => {
  let folder: string;
  let build: GoBuild;
  const executable = async (path: string, text = "#!/bin/sh\n") => {
    await writeFile(path, text);
    await chmod(path, 0o755);
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "vkubelet-go-"));
    await mkdir(join(folder, "bin"));
    vi.stubEnv("XDG_CACHE_HOME", join(folder, "cache"));
    vi.stubEnv("PATH", `${join(folder, "bin")}:/usr/bin:/bin`);
    vi.stubEnv("FAKE_GO_CALLS", join(folder, "calls"));
    build = {
      name: "thing",
      version: "1.2.3",
      moduleFolder: folder,
      commands: { "vkubelet-thing-a": "example.invalid/a", "vkubelet-thing-b": "example.invalid/b" },
      linkerFlags: ["-X main.version=1.2.3"],
      buildFlags: ["-mod=mod"],
    };
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });
  const cached = () => join(folder, "cache", "vkubelet", "peers", "thing-1.2.3");

  it("builds what is missing once and finds it afterwards", async () => {
    await executable(join(folder, "bin", "go"), fakeGo);
    expect(await findGoCommands(build)).toBeUndefined();
    const lines: string[] = [];
    const built = await buildGoCommands(build, { report: (line) => lines.push(line) });
    expect(built).toEqual({
      origin: "cache",
      paths: {
        "vkubelet-thing-a": join(cached(), "vkubelet-thing-a"),
        "vkubelet-thing-b": join(cached(), "vkubelet-thing-b"),
      },
    });
    expect(lines).toEqual(["building vkubelet-thing-a 1.2.3", "building vkubelet-thing-b 1.2.3"]);
    await rm(join(folder, "bin", "go"));
    expect(await buildGoCommands(build)).toEqual(built);
    expect((await readdir(cached())).sort()).toEqual(["vkubelet-thing-a", "vkubelet-thing-b"]);
  });

  it("prefers PATH when every command is there", async () => {
    for (const name of Object.keys(build.commands)) await executable(join(folder, "bin", name));
    expect(await findGoCommands(build)).toMatchObject({ origin: "PATH" });
    await rm(join(folder, "bin", "vkubelet-thing-b"));
    expect(await findGoCommands(build)).toBeUndefined();
  });

  it("leaves nothing in the cache when a build fails", async () => {
    await executable(join(folder, "bin", "go"), fakeGo);
    vi.stubEnv("FAKE_GO_FAILS", "yes");
    await expect(buildGoCommands(build)).rejects.toThrow(/run go build .*: exit code 1\ncannot find module$/);
    expect(await readdir(cached())).toEqual([]);
  });

  it("names the way out when there is no go", async () => {
    vi.stubEnv("PATH", join(folder, "bin"));
    await expect(buildGoCommands(build)).rejects.toThrow(
      "build thing 1.2.3: there is no go command on PATH; install Go, or put vkubelet-thing-a, vkubelet-thing-b on PATH",
    );
  });
});
