import { type PodContext, ProviderError, type TranslationReport } from "@vkubelet/core";
import { rejectionOf } from "@vkubelet/pod";

/** An event's message has at most 1,024 characters. */
const noticeLimit = 1000;

/**
 * The requests of a translation. Throws the rejection of its report; tells the pod's owner what is approximated.
 */
export function acceptTranslation<Requests>(
  translation: { readonly requests?: Requests; readonly report: TranslationReport },
  backend: string,
  context: PodContext,
): Requests {
  const rejection = rejectionOf(translation.report, backend);
  if (rejection) throw rejection;
  if (translation.requests === undefined) {
    throw new ProviderError("Internal", `translating for ${backend}: neither requests nor a rejection`);
  }
  const approximated = translation.report.entries.filter(({ disposition }) => disposition === "approx");
  if (approximated.length > 0) {
    const text = approximated.map(({ path, reason }) => `${path}: ${reason}`).join("; ");
    const message = text.length <= noticeLimit ? text : `${text.slice(0, noticeLimit - 1)}…`;
    context.notify({ type: "Normal", reason: "FieldsApproximated", message });
  }
  return translation.requests;
}
