// Writes the uniform package.json, tsconfig.json and tsup.config.ts of one package, so that all packages stay alike.
// usage: node tools/workspace/new-package.mjs NAME "DESCRIPTION" [SUBPATH=src/file.ts ...]
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [name, description, ...subpaths] = process.argv.slice(2);
const directory = join("packages", name);
const packageName = name === "cli" ? "vkubelet" : `@vkubelet/${name}`;
mkdirSync(join(directory, "src"), { recursive: true });

const entries = { ".": "src/index.ts", ...Object.fromEntries(subpaths.map((pair) => pair.split("="))) };
const distOf = (source) => source.replace(/^src\//, "./dist/").replace(/\.ts$/, "");
const published = (source) => ({ types: `${distOf(source)}.d.ts`, default: `${distOf(source)}.js` });
const exportsOf = (withSource) =>
  Object.fromEntries([
    ...Object.entries(entries).map(([path, source]) => [
      path,
      withSource ? { "@vkubelet/source": `./${source}`, ...published(source) } : published(source),
    ]),
    ["./package.json", "./package.json"],
  ]);

const file = join(directory, "package.json");
const existing = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
writeFileSync(
  file,
  `${JSON.stringify(
    {
      name: packageName,
      version: existing.version ?? "0.1.0",
      description,
      license: "Apache-2.0",
      type: "module",
      sideEffects: false,
      engines: { node: ">=22.19" },
      files: ["dist", "src", "!**/*.test.ts", "!**/testdata", "!**/test-support.ts"],
      ...(existing.bin ? { bin: existing.bin } : {}),
      exports: exportsOf(true),
      publishConfig: { access: "public", provenance: true, exports: exportsOf(false) },
      scripts: { build: "tsup" },
      ...(existing.dependencies ? { dependencies: existing.dependencies } : {}),
      ...(existing.devDependencies ? { devDependencies: existing.devDependencies } : {}),
      ...(existing.peerDependencies ? { peerDependencies: existing.peerDependencies } : {}),
      ...(existing.peerDependenciesMeta ? { peerDependenciesMeta: existing.peerDependenciesMeta } : {}),
    },
    null,
    2,
  )}\n`,
);
writeFileSync(
  join(directory, "tsconfig.json"),
  `${JSON.stringify({ extends: "../../tsconfig.base.json", compilerOptions: { isolatedDeclarations: true, declaration: true }, include: ["src"] }, null, 2)}\n`,
);
writeFileSync(
  join(directory, "tsup.config.ts"),
  `import { defineConfig } from "tsup";\nimport { packageBuild } from "../../tools/workspace/tsup.ts";\n\nexport default defineConfig(packageBuild([${Object.values(
    entries,
  )
    .map((source) => JSON.stringify(source))
    .join(", ")}]));\n`,
);
