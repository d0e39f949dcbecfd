// `npm run demo`: installs and builds what is needed, then runs the demonstration. Works on a bare clone with
// Node ≥ 20 and npm. Arguments are passed on: `npm run demo -- --help`.
import { buildPackages, installDependencies, run } from "./run.mjs";

try {
  await installDependencies();
  const built = await buildPackages();
  if (built !== 0) throw new Error(`build the packages: exit code ${built}`);
  process.exitCode = await run("node", ["packages/cli/dist/main.js", "demo", ...process.argv.slice(2)]);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
