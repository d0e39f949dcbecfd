export type { FieldType, ScalarKind } from "./api-types.ts";
export { podWith } from "./pod-with.ts";
export { type SchemaPath, schemaPaths } from "./schema-paths.ts";
export { valuesAt } from "./values-at.ts";
