// `npm run bench`: translation; with `runtime` the kubelet on a real API server; with `draw` the table and the plot of
// what was measured before. `--write` puts the figures into the documentation.
import { drawRuntime } from "./runtime/draw-runtime.ts";
import { runRuntime } from "./runtime/run-runtime.ts";
import { runTranslation } from "./translation/run-translation.ts";
import { UsageError } from "./usage-error.ts";

const [first, ...rest] = process.argv.slice(2);
try {
  if (first === "runtime") await runRuntime(rest);
  else if (first === "draw") drawRuntime(rest);
  else await runTranslation(process.argv.includes("--write"));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
