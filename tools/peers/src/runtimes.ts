import { findNpmBinary, type NpmBinary, npmBinaryPeer } from "./npm-binary.ts";
import type { Peer } from "./peer.ts";

const deno: NpmBinary = {
  name: "deno",
  version: "2.9.6",
  packages: {
    "linux-x64": { name: "@deno/linux-x64-glibc", path: "deno" },
    "linux-arm64": { name: "@deno/linux-arm64-glibc", path: "deno" },
    "darwin-x64": { name: "@deno/darwin-x64", path: "deno" },
    "darwin-arm64": { name: "@deno/darwin-arm64", path: "deno" },
  },
};

const bun: NpmBinary = {
  name: "bun",
  version: "1.4.5",
  packages: {
    "linux-x64": { name: "@oven/bun-linux-x64", path: "bin/bun" },
    "linux-arm64": { name: "@oven/bun-linux-aarch64", path: "bin/bun" },
    "darwin-x64": { name: "@oven/bun-darwin-x64", path: "bin/bun" },
    "darwin-arm64": { name: "@oven/bun-darwin-aarch64", path: "bin/bun" },
  },
};

/** A JavaScript runtime that is not Node. */
export const denoPeer: Peer = npmBinaryPeer(deno);

/** A JavaScript runtime that is not Node. */
export const bunPeer: Peer = npmBinaryPeer(bun);

/** Absolute path of one of them; `undefined` when it is not there. */
export function findRuntime(name: "deno" | "bun"): Promise<string | undefined> {
  return findNpmBinary(name === "deno" ? deno : bun);
}
