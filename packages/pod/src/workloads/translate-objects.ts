import type { Pod } from "@vkubelet/core";
import {
  type ManifestInputsOptions,
  type ManifestObject,
  manifestInputs,
} from "../resolve/manifest-inputs.ts";
import type { ResolveInputs } from "../resolve/resolution.ts";
import { translateManifest } from "../translator/translate-manifest.ts";
import { type TranslationDocument, translationDocument } from "../translator/translation-document.ts";
import type { Translator } from "../translator/translator.ts";
import { stableUid } from "./generated-names.ts";
import { isObject } from "./json-draft.ts";
import { podsOf } from "./pods-of.ts";
import type { PodsOptions, SkippedObject, WorkloadPod } from "./workload-pod.ts";

/** Options of {@link translateObjects}. */
export interface TranslateObjectsOptions extends PodsOptions, ManifestInputsOptions {
  /** May put stand-ins in the place of what a pod refers to and the objects do not hold. */
  readonly inputsOf?: (workload: WorkloadPod, inputs: ResolveInputs) => ResolveInputs;
}

/** What {@link translateObjects} made of its objects. */
export interface TranslatedObjects {
  /** One for each workload, in the order of the objects. */
  readonly documents: readonly TranslationDocument[];
  /** Objects that make no pods, but for the ConfigMaps, Secrets and Services that pods are resolved with. */
  readonly skipped: readonly SkippedObject[];
}

const referable: ReadonlySet<string> = new Set(["ConfigMap", "Secret", "Service"]);

/**
 * Translates every workload among the objects of some manifests: its pod is made as the controller would make it, with
 * all defaults, and resolved with the ConfigMaps, Secrets and Services among the same objects (see `manifestInputs`).
 * A pod without a uid gets a stand-in that follows from its workload. Lists are followed. Pure: the same objects and
 * options give the same documents. Throws what `manifestInputs` throws.
 */
export function translateObjects<Options extends object, Requests>(
  translator: Translator<Options, Requests>,
  objects: readonly ManifestObject[],
  options: Options,
  more: TranslateObjectsOptions = {},
): TranslatedObjects {
  const { namespace = "default" } = more;
  const flat = objects
    .flatMap(itemsOf)
    .map((object) => ({ ...object, metadata: { namespace, ...object.metadata } }));
  const outcomes = flat.map((object) => podsOf(object, more));
  return {
    documents: outcomes
      .flatMap(({ pods }) => pods)
      .map((workload) => {
        const { source } = workload;
        const inputs = manifestInputs(flat, { ...more, namespace: source.namespace });
        const pod = withUid(workload);
        const completed = more.inputsOf?.({ ...workload, pod }, inputs) ?? inputs;
        return translationDocument(
          translator,
          source,
          translateManifest(translator, pod, completed, options),
        );
      }),
    skipped: outcomes.flatMap(({ skipped }) => skipped).filter(({ kind }) => !referable.has(kind)),
  };
}

/** The objects of a List, of any depth; anything else is one object. */
function itemsOf(object: ManifestObject): readonly ManifestObject[] {
  const { kind = "", items } = object as ManifestObject & { readonly items?: unknown };
  if (!kind.endsWith("List") || !Array.isArray(items)) return [object];
  return items.filter(isObject).flatMap(itemsOf);
}

function withUid({ source, pod }: WorkloadPod): Pod {
  if (pod.metadata?.uid) return pod;
  const uid = stableUid(`Pod of ${source.kind}/${source.namespace}/${source.name}`);
  return { ...pod, metadata: { ...pod.metadata, uid } };
}
