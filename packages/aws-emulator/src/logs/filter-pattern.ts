import { invalidParameter } from "../service-error.ts";

/**
 * Whether messages match a filter pattern of words (CloudWatch Logs user guide, "Filter pattern syntax": every term
 * must occur, `?term` makes alternatives, `-term` excludes, quotes keep spaces). JSON, field and regular-expression
 * patterns are refused.
 */
export function filterPattern(pattern: string | undefined): (message: string) => boolean {
  const text = pattern?.trim() ?? "";
  if (/^[{[%]/.test(text)) {
    throw invalidParameter("this kind of filter pattern is not emulated by @vkubelet/aws-emulator");
  }
  const terms = [...text.matchAll(/([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))/g)].map(
    ([, sign, quoted, plain]) => ({
      sign,
      word: quoted?.replaceAll(/\\(.)/g, "$1") ?? plain ?? "",
    }),
  );
  const required = terms.filter(({ sign }) => sign === "");
  const alternatives = terms.filter(({ sign }) => sign === "?");
  const excluded = terms.filter(({ sign }) => sign === "-");
  return (message) => {
    const holds = ({ word }: { readonly word: string }) => message.includes(word);
    return (
      required.every(holds) &&
      (alternatives.length === 0 || alternatives.some(holds)) &&
      !excluded.some(holds)
    );
  };
}
