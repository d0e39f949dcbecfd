import { execFileSync } from "node:child_process";
import { dependenciesOf, gzippedSize } from "@vkubelet-tools/workspace/browser-bundle";
import { median } from "../statistics.ts";
import type { Row } from "./row.ts";

const processes = 21;
const program = `
const start = performance.now();
await import(process.argv[1]);
process.stdout.write(String(performance.now() - start));
`;

/** What it costs to have the built package: time to import it in a fresh process, bytes for a browser. */
export async function measureLoading(): Promise<Row[]> {
  const built = new URL("../../../packages/pod/dist/index.js", import.meta.url).href;
  const times = Array.from({ length: processes }, () =>
    Number(execFileSync(process.execPath, ["--input-type=module", "--eval", program, built])),
  );
  const { packages, foreign } = dependenciesOf("pod");
  const size = await gzippedSize("pod", packages);
  return [
    {
      what: "import of `@vkubelet/pod` in a fresh process",
      measured: `${median(times).toFixed(1)} ms`,
      target: "< 100 ms",
    },
    {
      what: "`@vkubelet/pod` for browsers, minified and gzipped",
      measured: `${(size / 1_000).toFixed(1)} kB`,
      target: "< 60 kB",
    },
    {
      what: "dependencies of `@vkubelet/pod` besides `@vkubelet/core`",
      measured: foreign.join(", ") || "none",
      target: "zod and a YAML reader",
    },
  ];
}
