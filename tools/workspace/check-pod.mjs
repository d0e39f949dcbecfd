// Checks the promises of @vkubelet/pod that no test of its sources can see: it is built for browsers, small, and alone.
import { writeFileSync } from "node:fs";
import { dependenciesOf, gzippedSize } from "./browser-bundle.mjs";

const largestBundle = 60_000;
const allowedDependencies = new Set(["zod", "yaml"]);

/** What is wrong with the built package; empty when nothing is. Rejects where it needs Node. */
async function problems() {
  const { foreign, packages } = dependenciesOf("pod");
  const unwanted = foreign.filter((name) => !allowedDependencies.has(name));
  const size = await gzippedSize("pod", packages);
  return [
    ...unwanted.map((name) => `it depends on ${name}`),
    ...(packages.some((name) => name !== "pod" && name !== "core")
      ? ["it depends on more than the core"]
      : []),
    ...(size >= largestBundle ? [`its bundle has ${size} bytes, the limit is ${largestBundle}`] : []),
  ];
}

/** Runs as one of the package checks: the exit code, and what is wrong in `logFile`. */
export async function checkPod({ logFile }) {
  const found = await problems().catch((error) => [`it cannot be bundled for browsers: ${error.message}`]);
  writeFileSync(logFile, found.map((problem) => `@vkubelet/pod: ${problem}\n`).join(""));
  return found.length === 0 ? 0 : 1;
}
