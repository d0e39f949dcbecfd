import type { Disposition, Pod, TranslationReport } from "@vkubelet/core";
import {
  type BackendRequest,
  type ManifestObject,
  manifestInputs,
  type Translation,
  type Translator,
  translateManifest,
} from "@vkubelet/pod";
import type { PodBuilder } from "./builders/pod-builder.ts";
import {
  acceptanceProblem,
  type FieldExpectation,
  fieldProblem,
  type ReasonPattern,
} from "./translation-checks.ts";

/** What a test found wrong with a translation; the message ends with the report as a table. */
export class TranslationAssertionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "AssertionError";
  }
}

/**
 * A translation with assertions on it. Each returns the same object, so that they can be chained, and throws a
 * {@link TranslationAssertionError} where it does not hold. Works with any test runner.
 */
export class TranslationExpectation<Requests> {
  readonly translation: Translation<Requests>;
  readonly #operations: (requests: Requests) => readonly BackendRequest[];

  constructor(
    translation: Translation<Requests>,
    operations: (requests: Requests) => readonly BackendRequest[],
  ) {
    this.translation = translation;
    this.#operations = operations;
  }

  get report(): TranslationReport {
    return this.translation.report;
  }

  /** The backend's requests. Throws where the pod is rejected. */
  get requests(): Requests {
    this.toBeAccepted();
    if (this.translation.requests === undefined) {
      throw new TranslationAssertionError("the translation has neither requests nor a rejection");
    }
    return this.translation.requests;
  }

  /** The requests as calls, in order. Throws where the pod is rejected. */
  get operations(): readonly BackendRequest[] {
    return this.#operations(this.requests);
  }

  /** Nothing is rejected. */
  toBeAccepted(): this {
    return this.#check(acceptanceProblem(this.report));
  }

  /** The field is rejected, for this reason. */
  toReject(path: string, reason?: ReasonPattern): this {
    return this.toAccountFor(path, "reject", reason);
  }

  /** The field is honoured in part, for this reason. */
  toApproximate(path: string, reason?: ReasonPattern): this {
    return this.toAccountFor(path, "approx", reason);
  }

  /** The report treats the field this way. A field below one that is decided as a whole counts with it. */
  toAccountFor(path: string, disposition: Disposition, reason?: ReasonPattern): this {
    const expectation: FieldExpectation = { path, disposition, reason };
    return this.#check(fieldProblem(this.report, expectation));
  }

  #check(problem: string | undefined): this {
    if (problem !== undefined) throw new TranslationAssertionError(problem);
    return this;
  }
}

/**
 * Translates a pod, for assertions: `expectTranslation(nomadTranslator, pod, options).toReject("spec.hostPID", /…/)`.
 * `objects` are the ConfigMaps, Secrets and Services of its namespace (see {@link manifestInputs}); one that is missing
 * is a rejection of the field that needs it.
 */
export function expectTranslation<Options extends object, Requests>(
  translator: Translator<Options, Requests>,
  pod: Pod | PodBuilder,
  options: Options,
  objects: readonly ManifestObject[] = [],
): TranslationExpectation<Requests> {
  const plain = "build" in pod ? pod.build() : pod;
  const { namespace } = plain.metadata ?? {};
  const inputs = manifestInputs(objects, namespace ? { namespace } : {});
  return new TranslationExpectation(
    translateManifest(translator, plain, inputs, options),
    translator.operations,
  );
}
