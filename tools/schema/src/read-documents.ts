import type { ControlPlane } from "@vkubelet-tools/peers";
import { documentPaths, type OpenApiDocument } from "./openapi.ts";
import { schemaModule, schemaText } from "./schema-text.ts";

/** The text of `api-types.generated.ts` as the types of a running API server ask for it. */
export async function schemaModuleOf(controlPlane: Pick<ControlPlane, "kubectl">): Promise<string> {
  const documents = await Promise.all(documentPaths.map((path) => read<OpenApiDocument>(controlPlane, path)));
  const { gitVersion } = await read<{ readonly gitVersion: string }>(controlPlane, "/version");
  return schemaModule(schemaText(documents), gitVersion);
}

async function read<Content>(controlPlane: Pick<ControlPlane, "kubectl">, path: string): Promise<Content> {
  const { code, stdout, stderr } = await controlPlane.kubectl(["get", "--raw", path]);
  if (code !== 0) throw new Error(`read ${path}: ${stderr.trim()}`);
  return JSON.parse(stdout) as Content;
}
