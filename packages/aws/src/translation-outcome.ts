import { type PodContext, ProviderError, type TranslationReport } from "@vkubelet/core";
import { approximationNotice, rejectionOf } from "@vkubelet/pod";

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
  const notice = approximationNotice(translation.report);
  if (notice) context.notify(notice);
  return translation.requests;
}
