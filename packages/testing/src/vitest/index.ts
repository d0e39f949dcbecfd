export { goldenTests } from "./golden-tests.ts";
export { type TranslationMatchers, translationMatchers } from "./matchers.ts";
export { testProviderContract } from "./provider-contract.ts";
