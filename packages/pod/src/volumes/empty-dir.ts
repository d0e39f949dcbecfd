import { isProviderError, type Pod, type QuantityText, type Volume } from "@vkubelet/core";
import { forbiddenValue } from "../admission/field-message.ts";
import { Quantity } from "../quantity/quantity.ts";
import type { Resolution } from "../resolve/resolution.ts";

type EmptyDir = NonNullable<Volume["emptyDir"]>;

const hugePages = "HugePages";
const hugePagesResource = "hugepages-";

/** Notes what the API server refuses about an emptyDir, and a medium that the kubelet can never mount. */
export function checkEmptyDir(pod: Pod, emptyDir: EmptyDir, path: string, resolution: Resolution): void {
  const limit = resolution.attempt(`${path}.sizeLimit`, () => Quantity.parse(emptyDir.sizeLimit ?? 0));
  if (limit && limit.compare(Quantity.zero) < 0) {
    resolution.issue(
      `${path}.sizeLimit`,
      forbiddenValue("SizeLimit field must be a valid resource quantity"),
    );
  }
  const problem = mediumProblem(pod, emptyDir.medium ?? "");
  if (problem !== undefined) resolution.issue(`${path}.medium`, problem);
}

/** Why a medium cannot be mounted, in the kubelet's words (KK pkg/volume/emptydir). */
function mediumProblem(pod: Pod, medium: string): string | undefined {
  if (medium === "" || medium === "Memory") return undefined;
  if (medium !== hugePages && !medium.startsWith(`${hugePages}-`))
    return `unknown storage medium "${medium}"`;
  const requested = requestedPageSizes(pod);
  if (medium === hugePages) {
    if (requested.length > 1) {
      return `medium: ${medium} can't be used if container requests multiple huge page sizes`;
    }
    return requested.length === 1 ? undefined : notRequested(medium);
  }
  const size = parsedQuantity(medium.slice(hugePages.length + 1));
  if (!size) return `medium: ${medium} names no size of pages: use for example HugePages-2Mi`;
  return requested.some((page) => page.compare(size) === 0) ? undefined : notRequested(medium);
}

function notRequested(medium: string): string {
  return `medium ${medium}: hugePages storage requested, but there is no resource request for huge pages`;
}

/** The different sizes of the huge pages that the pod asks for; a limit counts as the request that it becomes. */
function requestedPageSizes({ spec }: Pod): readonly Quantity[] {
  const owners = [spec, ...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  const names = owners.flatMap((owner) => [
    ...Object.keys(owner?.resources?.requests ?? {}),
    ...Object.keys(owner?.resources?.limits ?? {}),
  ]);
  const sizes: Quantity[] = [];
  for (const name of names) {
    if (!name.startsWith(hugePagesResource)) continue;
    const size = parsedQuantity(name.slice(hugePagesResource.length));
    if (size && sizes.every((known) => known.compare(size) !== 0)) sizes.push(size);
  }
  return sizes;
}

/** The quantity that a text holds; undefined where it holds none. */
export function parsedQuantity(text: QuantityText): Quantity | undefined {
  try {
    return Quantity.parse(text);
  } catch (error) {
    if (isProviderError(error) && error.code === "InvalidInput") return undefined;
    throw error;
  }
}
