import { formatPodRef, type PodContext, ProviderError, type ResolvedPod } from "@vkubelet/core";
import { isDefiniteRefusal } from "./errors.ts";
import { type RunRecord, readRun, writeRun } from "./run-record.ts";
import { awaitingVisibility } from "./unseen-run.ts";

/** Something of a run that the backend knows. */
export interface FoundRun {
  readonly id: string;
  readonly ended: boolean;
}

/** What the backend answered to a create. */
export type CreateAnswer =
  | { readonly type: "created"; readonly id: string }
  /** It answered that nothing was ever started for the token, and will say so again for the same one. */
  | { readonly type: "refused"; readonly error: ProviderError };

/** What starting exactly one run needs of a backend. */
export interface RunBackend<Requests> {
  /** For messages: `ECS`. */
  readonly service: string;
  /** Translates the pod, or throws its rejection. `definition` is the name under which the definition is found. */
  translate(
    pod: ResolvedPod,
    context: PodContext,
  ): { readonly definition: string; readonly requests: Requests };
  ensureDefinition(requests: Requests, signal: AbortSignal): Promise<void>;
  /** Everything that exists for the run, oldest first. Complete or an error. */
  find(pod: ResolvedPod, run: RunRecord, signal: AbortSignal): Promise<readonly FoundRun[]>;
  /** Starts the run. Sends one request and never repeats it by itself. */
  create(pod: ResolvedPod, requests: Requests, run: RunRecord, signal: AbortSignal): Promise<CreateAnswer>;
  /** Stops a run that should not be there. */
  stop(id: string, reason: string, signal: AbortSignal): Promise<void>;
  /**
   * For how long something created may be missing from `find`, in milliseconds, where nothing but looking protects
   * from a second run; 0 where a token does.
   */
  readonly visibleAfterMs: number;
  /** After that time, in milliseconds, something that has ended may be forgotten, and so may its token. */
  readonly forgottenAfterMs: number;
}

/**
 * Sees to it that exactly one run exists for (UID, attempt). The order makes every crash harmless:
 * 1. the intent becomes durable; 2. the create is sent, once; 3. the run's identifier becomes durable.
 * An intent without an identifier means that a run may exist: it is looked for before anything is created, a failed
 * look-up throws, and where the backend can no longer tell, the pod fails rather than run twice.
 */
export async function ensureRun<Requests>(
  backend: RunBackend<Requests>,
  pod: ResolvedPod,
  context: PodContext,
): Promise<void> {
  const earlier = readRun(context.record);
  if (earlier !== undefined && earlier.attempt > pod.attempt) {
    throw new ProviderError(
      "Conflict",
      `starting run ${pod.attempt} of ${formatPodRef(pod.ref)}: run ${earlier.attempt} was started already`,
    );
  }
  const run = earlier?.attempt === pod.attempt ? earlier : undefined;
  if (run?.id !== undefined) return;
  const uncertain = run !== undefined && !run.refused ? run : undefined;
  if (uncertain && (await adopt(backend, pod, uncertain, context))) return;
  const { definition, requests } = backend.translate(pod, context);
  await backend.ensureDefinition(requests, context.signal);
  const intent: RunRecord = {
    attempt: pod.attempt,
    // The life of a token counts from its first use.
    at: uncertain?.at ?? context.clock.now(),
    definition,
    refusals: run?.refusals ?? 0,
    refused: false,
  };
  if (uncertain?.definition !== definition) await writeRun(context.record, intent);
  const id = await createOnce(backend, pod, requests, intent, uncertain === undefined, context);
  await writeRun(context.record, { ...intent, id });
}

/** Finds the run of an intent. Of several, the oldest stays. */
async function adopt<Requests>(
  backend: RunBackend<Requests>,
  pod: ResolvedPod,
  run: RunRecord,
  context: PodContext,
): Promise<boolean> {
  const [kept, ...extra] = await backend.find(pod, run, context.signal);
  if (kept === undefined) {
    refuseWhereUncertain(backend, pod, run, context.clock.now());
    return false;
  }
  for (const { id, ended } of extra) {
    if (ended) continue;
    context.logger.warn("stopping a second run of one pod", { id, kept: kept.id });
    await backend.stop(id, `duplicate of ${kept.id}`, context.signal);
  }
  await writeRun(context.record, { ...run, id: kept.id });
  return true;
}

function refuseWhereUncertain<Requests>(
  backend: RunBackend<Requests>,
  pod: ResolvedPod,
  run: RunRecord,
  now: number,
): void {
  if (now - run.at < backend.visibleAfterMs) {
    throw awaitingVisibility("starting", pod.ref, run, backend.service);
  }
  const begun = `its start was begun at ${new Date(run.at).toISOString()}`;
  if (now - run.at > backend.forgottenAfterMs) {
    throw new ProviderError(
      "Unsupported",
      `starting ${formatPodRef(pod.ref)}: ${begun}, and ${backend.service} no longer tells whether it took place; the pod is not run a second time`,
      { reason: "RunUnknown" },
    );
  }
}

/**
 * Sends the create. What was definitely refused is noted, so that the next try need not look first; but a refusal of
 * this request says nothing about an earlier one whose answer was lost.
 */
async function createOnce<Requests>(
  backend: RunBackend<Requests>,
  pod: ResolvedPod,
  requests: Requests,
  intent: RunRecord,
  first: boolean,
  context: PodContext,
): Promise<string> {
  let answer: CreateAnswer;
  try {
    answer = await backend.create(pod, requests, intent, context.signal);
  } catch (error) {
    if (first && isDefiniteRefusal(error)) await noteRefusal({ ...intent, refused: true }, context);
    throw error;
  }
  if (answer.type === "created") return answer.id;
  await noteRefusal({ ...intent, refused: true, refusals: intent.refusals + 1 }, context);
  throw answer.error;
}

async function noteRefusal(run: RunRecord, context: PodContext): Promise<void> {
  try {
    await writeRun(context.record, run);
  } catch (error) {
    // The refusal itself is what the caller must hear; without the note the next try merely looks first.
    context.logger.warn("could not note that nothing was started", { error: String(error) });
  }
}
