// `npm run bench`: translation, or with `runtime` the kubelet on a real API server. `--write` puts the figures into README.md.
import { runRuntime } from "./runtime/run-runtime.ts";
import { runTranslation } from "./translation/run-translation.ts";

const [first, ...rest] = process.argv.slice(2);
if (first === "runtime") await runRuntime(rest);
else await runTranslation(process.argv.includes("--write"));
