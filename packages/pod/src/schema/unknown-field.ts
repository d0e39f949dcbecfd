import { nearestName } from "../audit/nearest-name.ts";
import { type ApiType, apiType } from "./api-types.ts";

/** What to say of a field that `type` does not have: the nearest one, here or one level deeper, if there is one. */
export function unknownFieldMessage(name: string, type: ApiType | undefined): string {
  const fields = type?.fields ?? new Map();
  let nearest = nearestName(name, fields.keys());
  for (const field of fields.values()) {
    if (nearest !== undefined) break;
    if (field.type.kind === "reference" && apiType(field.type.type).fields.has(name)) {
      nearest = `${field.name}.${name}`;
    }
  }
  return nearest === undefined ? "unknown field; remove it" : `unknown field; did you mean ${nearest}?`;
}
