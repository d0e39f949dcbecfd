// `npm test`: installs what is needed, then runs every check. Works on a bare clone with Node ≥ 20 and npm.
// Peers of the end-to-end tests that are not there are skipped, with the reason; with VKUBELET_PEERS=required they are
// built or installed, and a skip is a failure. The last line is always "N passed, N failed, N skipped".
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Results } from "./results.mjs";
import { buildPackages, installDependencies, root, run } from "./run.mjs";

const required = process.env.VKUBELET_PEERS === "required";
const results = new Results();
const folder = mkdtempSync(join(tmpdir(), "vkubelet-test-"));
const skipsFile = join(folder, "skips.txt");

const announce = (name) => console.log(`\n=== ${name}`);

async function step(name, work) {
  announce(name);
  const succeeded = (await work()) === 0;
  results.step(name, succeeded);
  return succeeded;
}

async function vitest(name, projects, { env = {}, args = [] } = {}) {
  announce(name);
  const report = join(folder, `${projects[0]}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const code = await run(
    "vitest",
    ["run", ...projects.flatMap((project) => ["--project", project]), ...reporters, ...args],
    { env },
  );
  results.vitest(name, code, report);
}

/**
 * Starts checks, one after the other, beside other steps. Answers what waits for them; only then their output is shown,
 * each with its name.
 */
function startBeside(...checks) {
  const outcomes = (async () => {
    const done = [];
    for (const [index, [name, command, args]] of checks.entries()) {
      const logFile = join(folder, `${index}-${name.replaceAll(" ", "-")}.log`);
      done.push({ name, logFile, code: await run(command, args, { logFile }) });
    }
    return done;
  })();
  // Whoever waits hears of it.
  outcomes.catch(() => {});
  return async () => {
    for (const { name, logFile, code } of await outcomes) {
      announce(name);
      process.stdout.write(readFileSync(logFile, "utf8"));
      results.step(name, code === 0);
    }
  };
}

/** Peers beside which one file of end-to-end tests is enough for a machine. */
const heavyPeers = ["kubernetes", "kubernetes-oldest", "docker", "nomad"];

/** Without real peers, end-to-end tests mostly wait, and several files run at once. */
async function endToEndArguments() {
  const logFile = join(folder, "found.log");
  await run("node", ["tools/peers/src/main.ts", "list", ...heavyPeers], { logFile });
  const found = required || readFileSync(logFile, "utf8").includes(": found");
  return found ? [] : ["--fileParallelism", "--maxWorkers=4"];
}

/**
 * Examples that run by themselves have a `check` script, which runs them to their end. The others are programs for a
 * cluster, and have tests, which the unit tests include.
 */
async function examples() {
  const names = existsSync(join(root, "examples")) ? readdirSync(join(root, "examples")).sort() : [];
  for (const name of names) {
    const cwd = join(root, "examples", name);
    if (!existsSync(join(cwd, "package.json"))) continue;
    const { scripts = {} } = JSON.parse(readFileSync(join(cwd, "package.json"), "utf8"));
    if (scripts.check !== undefined) {
      await step(`example ${name}`, () =>
        run("npm", ["run", "--silent", "check"], { cwd, limit: 5 * 60_000 }),
      );
    } else if (
      !readdirSync(join(cwd, "src"), { recursive: true }).some((file) => file.endsWith(".test.ts"))
    ) {
      results.step(`example ${name}: it has neither a check script nor a test`, false);
    }
  }
}

async function runEverything() {
  announce("install");
  await installDependencies();
  const peers = required
    ? startBeside(["peers", "node", ["tools/peers/src/main.ts", "build"]])
    : async () => {};
  const checks = startBeside(
    ["lint", "biome", ["ci", "--error-on-warnings"]],
    ["types", "npm", ["run", "--silent", "typecheck"]],
    ["unused dependencies", "knip", []],
  );
  const built = await step("build", buildPackages);
  await checks();
  await vitest("unit tests", ["unit", "isolated"]);
  const packages = built
    ? startBeside(["packages", "node", ["tools/workspace/check-packages.mjs"]])
    : async () => results.step("packages: not checked, because the build failed", false);
  await examples();
  await peers();
  const args = await endToEndArguments();
  await vitest("end-to-end tests", ["e2e"], { env: { VKUBELET_SKIPS_FILE: skipsFile }, args });
  await packages();
}

function report() {
  const skips = existsSync(skipsFile) ? readFileSync(skipsFile, "utf8").trim().split("\n") : [];
  announce("result");
  for (const reason of [...new Set(skips)].sort()) console.log(`skipped, ${reason}`);
  for (const failure of results.failures) console.log(`failed, ${failure}`);
  const skipFails = required && results.skipped > 0;
  if (skipFails) console.log("failed, tests were skipped although VKUBELET_PEERS=required");
  console.log(results.summary());
  return results.failed > 0 || skipFails ? 1 : 0;
}

try {
  await runEverything();
} catch (error) {
  console.error(error.message);
  results.step(error.message, false);
}
process.exitCode = report() || process.exitCode;
rmSync(folder, { recursive: true, force: true });
