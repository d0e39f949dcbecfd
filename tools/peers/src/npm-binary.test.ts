import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findNpmBinary, type NpmBinary, npmBinaryPeer } from "./npm-binary.ts";

/** A stand-in for npm: makes the program of the package below the folder after `--prefix`, or fails. */
const fakeNpm = `#!/bin/sh
[ -n "$FAKE_NPM_FAILS" ] && { echo "no such version" >&2; exit 1; }
while [ "$1" != "--prefix" ]; do shift; done
mkdir -p "$2/node_modules/@thing/here/bin"
printf '#!/bin/sh\\n' > "$2/node_modules/@thing/here/bin/thing" && chmod +x "$2/node_modules/@thing/here/bin/thing"
`;

describe("programs from npm", () => {
  let folder: string;
  const thing: NpmBinary = {
    name: "thing",
    version: "1.2.3",
    packages: { [`${process.platform}-${process.arch}`]: { name: "@thing/here", path: "bin/thing" } },
  };
  const cached = () =>
    join(folder, "cache", "vkubelet", "peers", "thing-1.2.3", "node_modules", "@thing/here", "bin/thing");
  const executable = async (name: string, text = "#!/bin/sh\n") => {
    await writeFile(join(folder, "bin", name), text);
    await chmod(join(folder, "bin", name), 0o755);
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "vkubelet-npm-"));
    await mkdir(join(folder, "bin"));
    vi.stubEnv("XDG_CACHE_HOME", join(folder, "cache"));
    vi.stubEnv("PATH", `${join(folder, "bin")}:/usr/bin:/bin`);
    await executable("npm", fakeNpm);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });

  it("are installed once and found afterwards", async () => {
    const peer = npmBinaryPeer(thing);
    expect(await peer.find()).toEqual({ found: false, reason: "thing not on PATH and not installed" });
    const lines: string[] = [];
    await peer.install({ report: (line) => lines.push(line) });
    await rm(join(folder, "bin", "npm"));
    await peer.install();
    expect(lines).toEqual(["installing @thing/here 1.2.3 from npm"]);
    expect(await peer.find()).toEqual({ found: true, origin: "cache", location: cached() });
  });

  it("of PATH stand in for a version that is not installed", async () => {
    await executable("thing");
    expect(await findNpmBinary(thing)).toBe(join(folder, "bin", "thing"));
  });

  it("leave nothing that looks installed when npm fails", async () => {
    vi.stubEnv("FAKE_NPM_FAILS", "yes");
    await expect(npmBinaryPeer(thing).install()).rejects.toThrow(/exit code 1\nno such version$/);
    expect(await readdir(join(folder, "cache", "vkubelet", "peers"))).toEqual(["thing-1.2.3.unfinished"]);
  });

  it("that have no package for this platform name the way out", async () => {
    const peer = npmBinaryPeer({ ...thing, packages: {} });
    expect(await peer.find()).toMatchObject({
      found: false,
      reason: expect.stringMatching(/there is no package for/),
    });
    await expect(peer.install()).rejects.toThrow(/put thing on PATH$/);
  });
});
