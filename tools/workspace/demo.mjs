// `npm run demo`: installs what is needed, then runs the demonstration from its sources, which need no build. Works on a
// bare clone with Node ≥ 20 and npm. Arguments are passed on: `npm run demo -- --help`.
import { installDependencies, run } from "./run.mjs";

const command = ["--conditions=@vkubelet/source", "packages/cli/src/main.ts", "demo"];
// It runs until it is interrupted; the longest time that a timer takes is 24 days.
const longest = 2 ** 31 - 1;

try {
  await installDependencies();
  process.exitCode = await run("node", [...command, ...process.argv.slice(2)], { limit: longest });
} catch (error) {
  // Ctrl-C is how the demonstration ends: then its own exit code counts.
  process.exitCode = error.exitCode ?? 1;
  if (process.exitCode !== 0) console.error(error.message);
}
