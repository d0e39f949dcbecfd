import { defineConfig } from "tsup";
import { packageBuild } from "../../tools/workspace/tsup.ts";

export default defineConfig(packageBuild(["src/index.ts"]));
