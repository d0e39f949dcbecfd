import { defineConfig } from "tsup";
import { packageBuild } from "../tools/workspace/tsup.ts";

/** What is measured runs as it would be shipped: a process that strips types itself carries the compiler for it. */
export default defineConfig({
  ...packageBuild(["src/runtime/processes/floor-process.ts", "src/runtime/processes/kubelet-process.ts"]),
  dts: false,
});
