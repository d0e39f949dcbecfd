export { goldenTests } from "./golden-tests.ts";
export { type TranslationMatchers, translationMatchers } from "./matchers.ts";
