// Checks what would be published: packs every package, judges the tarballs with publint and attw, installs them all
// into an empty project, imports every entry point there, as JavaScript and as TypeScript, and holds a provider of that
// project to the contract.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkContract, copyContractExample } from "./check-contract.mjs";
import { checkPod } from "./check-pod.mjs";
import { pnpm, root, run } from "./run.mjs";

const folder = mkdtempSync(join(tmpdir(), "vkubelet-packages-"));
const failures = [];

/** Runs one check, which gets a file for its output; the output is shown only when the check fails. */
async function check(name, work) {
  const logFile = join(folder, "check.log");
  const code = await work({ logFile });
  console.log(`${code === 0 ? "ok" : "FAILED"}  ${name}`);
  if (code !== 0) {
    failures.push(name);
    process.stdout.write(readFileSync(logFile, "utf8"));
  }
  rmSync(logFile, { force: true });
}

/** Packs one package and returns its published manifest with the path of the tarball. */
async function pack(name) {
  const packed = join(folder, "packed", name);
  mkdirSync(packed, { recursive: true });
  const cwd = join(root, "packages", name);
  const logFile = join(folder, `pack-${name}.log`);
  const code = await pnpm(["pack", "--pack-destination", packed], { cwd, logFile });
  const tarball = readdirSync(packed).find((file) => file.endsWith(".tgz"));
  if (code !== 0 || tarball === undefined) {
    throw new Error(`pack ${name}: exit code ${code}\n${readFileSync(logFile, "utf8")}`);
  }
  const source = JSON.parse(readFileSync(join(cwd, "package.json"), "utf8"));
  return {
    name: source.name,
    tarball: join(packed, tarball),
    exports: source.publishConfig.exports,
    peers: source.peerDependencies ?? {},
  };
}

/** The names by which a consumer imports the entry points of a package. */
function specifiers({ name, exports }) {
  return Object.keys(exports)
    .filter((path) => !path.endsWith(".json"))
    .map((path) => (path === "." ? name : `${name}/${path.slice(2)}`));
}

/** Writes a project whose only dependencies are the tarballs, and returns its folder. */
function writeConsumer(packages) {
  const consumer = join(folder, "consumer");
  mkdirSync(consumer);
  const tarballs = Object.fromEntries(packages.map(({ name, tarball }) => [name, `file:${tarball}`]));
  const write = (file, content) => writeFileSync(join(consumer, file), content);
  write(
    "package.json",
    JSON.stringify({
      name: "consumer",
      private: true,
      type: "module",
      // Optional peers, too: every entry point is imported.
      dependencies: Object.assign({}, ...packages.map(({ peers }) => peers), tarballs),
    }),
  );
  // The packages depend on one another by version, and no registry has these versions. JSON is YAML.
  write(
    "pnpm-workspace.yaml",
    JSON.stringify({ overrides: tarballs, pmOnFail: "ignore", strictDepBuilds: false }),
  );
  const names = packages.flatMap(specifiers);
  const imports = names.map((name, index) => `import * as entry${index} from ${JSON.stringify(name)};`);
  const uses = names.map((_, index) => `entry${index}`);
  const program = `${imports.join("\n")}\nexport const entries: object[] = [${uses.join(", ")}];\n`;
  write("consumer.ts", program);
  write("consumer.mjs", program.replace(": object[]", ""));
  const compilerOptions = {
    ...{ module: "nodenext", target: "es2024", strict: true, noEmit: true, types: [] },
    allowImportingTsExtensions: true,
    skipLibCheck: true,
  };
  const files = ["consumer.ts", ...copyContractExample(consumer)];
  write("tsconfig.json", JSON.stringify({ compilerOptions, files }));
  return consumer;
}

async function checkEverything() {
  await check("@vkubelet/pod for browsers: no Node, few dependencies, a small bundle", checkPod);
  const packages = [];
  for (const name of readdirSync(join(root, "packages")).sort()) packages.push(await pack(name));
  for (const { name, tarball } of packages) {
    await check(`publint ${name}`, (options) => run("publint", ["run", tarball, "--strict"], options));
    await check(`attw ${name}`, (options) =>
      run("attw", [tarball, "--profile", "esm-only", "--no-emoji"], options),
    );
  }
  const cwd = writeConsumer(packages);
  await check("install the tarballs", (options) =>
    pnpm(["install", "--prefer-offline"], { cwd, ...options }),
  );
  await check("import them with Node", (options) => run("node", ["consumer.mjs"], { cwd, ...options }));
  for (const [version, module] of Object.entries({ 6: "typescript", 7: "typescript-native" })) {
    const compiler = join(root, "node_modules", module, "bin/tsc");
    await check(`import them with TypeScript ${version}`, (options) =>
      run("node", [compiler, "-p", "."], { cwd, ...options }),
    );
  }
  await check("hold a provider outside the workspace to the contract", (options) =>
    checkContract({ cwd, ...options }),
  );
}

try {
  await checkEverything();
} catch (error) {
  console.error(error.message);
  failures.push(error.message);
}
rmSync(folder, { recursive: true, force: true });
if (failures.length > 0) console.error(`package checks failed: ${failures.join("; ")}`);
process.exitCode = failures.length > 0 ? 1 : 0;
