export { type TranslationMatchers, translationMatchers } from "./matchers.ts";
