import { defineConfig } from "tsup";
import { packageBuild } from "../../tools/workspace/tsup.ts";

export default defineConfig(packageBuild(["src/index.ts", "src/schema/index.ts", "src/workloads/index.ts"]));
