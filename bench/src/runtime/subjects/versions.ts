import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { type PeerName, peers } from "@vkubelet-tools/peers";

const root = new URL("../../../../", import.meta.url);
const run = promisify(execFile);

/** Version of a package of the workspace, with the commit it was measured at where git knows one. */
export async function packageVersion(name: string): Promise<string> {
  const manifest = await readFile(new URL(`packages/${name}/package.json`, root), "utf8");
  const { version } = JSON.parse(manifest) as { readonly version: string };
  const git = (...args: readonly string[]) =>
    run("git", [...args], { cwd: root }).then(
      ({ stdout }) => stdout.trim(),
      () => "",
    );
  const commit = await git("rev-parse", "--short=8", "HEAD");
  if (commit === "") return version;
  const changed = await git("status", "--porcelain", "--", "packages");
  return `${version} (${commit}${changed === "" ? "" : ", changed"})`;
}

/** Version of a peer: the pinned one, where the pinned one is what runs. The hash of its own sources says nothing here. */
export async function peerVersion(name: PeerName): Promise<string> {
  const state = await peers[name].find();
  if (state.found && state.origin === "PATH") return "as on PATH";
  return peers[name].version.split("-")[0] ?? "";
}
