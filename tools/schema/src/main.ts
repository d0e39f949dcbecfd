import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { startControlPlane } from "@vkubelet-tools/peers";
import { schemaModuleOf } from "./read-documents.ts";

const target = fileURLToPath(
  new URL("../../../packages/pod/src/schema/api-types.generated.ts", import.meta.url),
);

await using controlPlane = await startControlPlane({ controllerManager: false, scheduler: false });
await writeFile(target, await schemaModuleOf(controlPlane));
console.log(`wrote ${target}`);
