import type { Options } from "tsup";

/** The one build configuration of every published package: ESM, declarations, source maps. */
export function packageBuild(entry: readonly string[]): Options {
  return { entry: [...entry], format: ["esm"], target: "node22", dts: true, sourcemap: true, clean: true };
}
