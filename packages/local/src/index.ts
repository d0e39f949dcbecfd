export { type LocalProviderOptions, parseLocalProviderOptions } from "./options.ts";
export { createLocalProvider } from "./provider.ts";
