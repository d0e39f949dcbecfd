import { setTimeout as delay } from "node:timers/promises";
import type { ApiConnection } from "./api-connection.ts";

/** What the benchmark reads of a pod. */
export interface SeenPod {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly deletionTimestamp?: string;
  };
  readonly spec: { readonly containers: readonly { readonly name: string; readonly image: string }[] };
  readonly status: { readonly phase?: string };
}

/** A pod appeared or changed, or is gone. */
export type OnPod = (pod: SeenPod, gone: boolean) => void;

/** Namespace of every pod of the benchmark. */
export const namespace = "default";
export const podsPath = `/api/v1/namespaces/${namespace}/pods`;

interface PodList {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly SeenPod[];
}

/** Lists, then watches and resumes until the signal aborts. Pods that were deleted while no watch ran are not told. */
export async function watchPods(
  connection: ApiConnection,
  nodeName: string,
  onPod: OnPod,
  signal: AbortSignal,
): Promise<void> {
  const selector = `fieldSelector=spec.nodeName%3D${nodeName}`;
  let version: string | undefined;
  while (!signal.aborted) {
    try {
      version ??= await list(connection, selector, onPod);
      const path = `${podsPath}?watch=1&${selector}&allowWatchBookmarks=true&resourceVersion=${version}`;
      for await (const line of connection.lines(path, signal)) {
        const { type, object } = JSON.parse(line) as { type: string; object: SeenPod };
        if (type === "ERROR" || object.metadata === undefined) {
          version = undefined;
          break;
        }
        version = object.metadata.resourceVersion;
        if (type !== "BOOKMARK") onPod(object, type === "DELETED");
      }
    } catch (error) {
      if (signal.aborted) return;
      process.stderr.write(`the watch broke and is resumed: ${(error as Error).message}\n`);
      await delay(100);
    }
  }
}

async function list(connection: ApiConnection, selector: string, onPod: OnPod): Promise<string> {
  const answer = await connection.request("GET", `${podsPath}?${selector}`);
  if (answer.status !== 200) throw new Error(`list pods: status ${answer.status}: ${answer.text}`);
  const pods = JSON.parse(answer.text) as PodList;
  for (const pod of pods.items) onPod(pod, false);
  return pods.metadata.resourceVersion;
}
