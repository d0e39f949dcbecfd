export { jobExistsReason, type LogRequest, type NomadClient } from "./client.ts";
export { type NomadProviderOptions, type ParsedNomadOptions, parseNomadOptions } from "./options.ts";
export { createNomadProvider, type NomadProviderDependencies } from "./provider.ts";
