export { schemaModuleOf } from "./read-documents.ts";
