import { type PodContext, ProviderError } from "@vkubelet/core";
import { approximationNotice, rejectionOf } from "../audit/report-verdict.ts";
import type { Translation } from "./translation.ts";

/** The requests of a translation. Throws the rejection of its report: `InvalidInput` with every path in `issues`. */
export function requestsOf<Requests>(translation: Translation<Requests>, backend: string): Requests {
  const rejection = rejectionOf(translation.report, backend);
  if (rejection) throw rejection;
  if (translation.requests === undefined) {
    throw new ProviderError("Internal", `translating for ${backend}: neither requests nor a rejection`);
  }
  return translation.requests;
}

/** {@link requestsOf}, and tells the pod's owner what is approximated. */
export function acceptTranslation<Requests>(
  translation: Translation<Requests>,
  backend: string,
  context: Pick<PodContext, "notify">,
): Requests {
  const requests = requestsOf(translation, backend);
  const notice = approximationNotice(translation.report);
  if (notice) context.notify(notice);
  return requests;
}
