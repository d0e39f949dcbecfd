// Bundles built packages for browsers, and measures what comes of it.
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { root } from "./run.mjs";

/**
 * Bundles a program that may import the named packages of the workspace, as they are built, into one minified text
 * for browsers: an ES module, or with `globalName` a script that leaves its exports there. Rejects where anything of
 * it needs Node.
 */
export async function bundleForBrowsers(program, { packages, globalName = undefined }) {
  const alias = Object.fromEntries(
    packages.map((name) => [`@vkubelet/${name}`, join(root, "packages", name, "dist", "index.js")]),
  );
  const result = await build({
    stdin: { contents: program, resolveDir: root, loader: "js" },
    alias,
    bundle: true,
    minify: true,
    platform: "browser",
    target: "es2022",
    format: globalName === undefined ? "esm" : "iife",
    globalName,
    write: false,
    logLevel: "silent",
  });
  return result.outputFiles[0].text;
}

/** Bytes of a whole package as a browser loads it, minified and compressed. */
export async function gzippedSize(name, packages) {
  const bundle = await bundleForBrowsers(`export * from "@vkubelet/${name}";`, { packages });
  return gzipSync(bundle, { level: 9 }).length;
}

/** Names of the packages outside the workspace that a package depends on, and of those inside, its own included. */
export function dependenciesOf(name) {
  const { dependencies = {} } = createRequire(import.meta.url)(join(root, "packages", name, "package.json"));
  const own = Object.keys(dependencies).filter((dependency) => dependency.startsWith("@vkubelet/"));
  const below = own.map((dependency) => dependenciesOf(dependency.slice("@vkubelet/".length)));
  return {
    foreign: [
      ...Object.keys(dependencies).filter((dependency) => !own.includes(dependency)),
      ...below.flatMap(({ foreign }) => foreign),
    ],
    packages: [name, ...below.flatMap(({ packages }) => packages)],
  };
}
