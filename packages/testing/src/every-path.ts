import type { Pod, ReportEntry, ResolvedPod } from "@vkubelet/core";
import {
  type ResolveInputs,
  referencesOf,
  resolvePod,
  type Translation,
  type Translator,
  translateManifest,
} from "@vkubelet/pod";
import { podWith, schemaPaths, valuesAt } from "@vkubelet/pod/schema";
import { withoutField } from "./without-field.ts";

/** What {@link checkEveryPath} looks at besides the requests. */
export interface EveryPathSettings {
  /**
   * For a backend that takes files out of the resolved pod instead of its requests: whether these, and the tokens they
   * hold, count as output. Default false.
   */
  readonly readsFiles?: boolean;
  /** Further JSON for the first container and the init container of every pod, such as an image that can be run. */
  readonly container?: Readonly<Record<string, unknown>>;
}

/** A path that a translator does not account for truly. */
export interface PathFinding {
  /** As rules of a support table write it. */
  readonly path: string;
  /**
   * `silent`: the report has no entry for it. `without effect`: it is called exact, without a reason, and the requests
   * are the same without it. `hidden`: it is called exact, but pods with it are always rejected for another field.
   * `throws`: the translation threw.
   */
  readonly problem: "silent" | "without effect" | "hidden" | "throws";
  readonly detail: string;
}

/**
 * Sets every path of PodSpec in turn, with a value that is no default, and compares what becomes of the pod with and
 * without it. A translator that forgets a field, or claims to honour one that changes nothing, is found. An `exact`
 * entry with a reason is believed: the reason says why nothing had to be sent. Takes a few seconds.
 */
export function checkEveryPath<Options extends object, Requests>(
  translator: Translator<Options, Requests>,
  options: Options,
  settings: EveryPathSettings = {},
): readonly PathFinding[] {
  const base = basePod(settings.container ?? {});
  return schemaPaths().flatMap(({ path }): readonly PathFinding[] => {
    try {
      return findingsAt(path, mounted(podWith(path, base)), (pod) =>
        observe(translator, options, pod, settings.readsFiles ?? false),
      );
    } catch (error) {
      return [{ path, problem: "throws", detail: String(error) }];
    }
  });
}

interface Observed {
  readonly report: Translation<unknown>["report"];
  /** Undefined where the pod is rejected. */
  readonly output: string | undefined;
}

function findingsAt(path: string, pod: Pod, translate: (pod: Pod) => Observed): readonly PathFinding[] {
  const { report, output } = translate(pod);
  const entries = report.entries.filter((entry) => speaksOf(entry, path));
  if (entries.length === 0) return [{ path, problem: "silent", detail: "the report has no entry for it" }];
  if (!entries.every(({ disposition, reason }) => disposition === "exact" && reason === "")) return [];
  if (output === undefined) {
    const rejected = report.entries.filter(({ disposition }) => disposition === "reject");
    return [{ path, problem: "hidden", detail: rejected.map((entry) => entry.path).join(", ") }];
  }
  if (asksForNothing(pod, path) || outputWithout(pod, path, translate) !== output) return [];
  return [{ path, problem: "without effect", detail: "the requests are the same without it" }];
}

/** An object that is merely there, or what only tells the host how to look something up. */
function asksForNothing(pod: Pod, path: string): boolean {
  if (/\.(optional|apiVersion)$/.test(path)) return true;
  return valuesAt(pod.spec, path).every(
    (value) => typeof value === "object" && value !== null && Object.keys(value).length === 0,
  );
}

/** Undefined where there is no such pod: the field is needed. */
function outputWithout(pod: Pod, path: string, translate: (pod: Pod) => Observed): string | undefined {
  try {
    return translate(withoutField(pod, path)).output;
  } catch {
    // A pod that lacks what the API asks for: nothing that a translator has to bear.
    return undefined;
  }
}

function observe<Options extends object, Requests>(
  translator: Translator<Options, Requests>,
  options: Options,
  pod: Pod,
  readsFiles: boolean,
): Observed {
  const { requests, report } = translateManifest(translator, pod, everything, options);
  if (requests === undefined) return { report, output: undefined };
  const read = readsFiles ? filesOf(pod) : undefined;
  return { report, output: json({ requests: translator.operations(requests), read }) };
}

function filesOf(pod: Pod): unknown {
  const outcome = resolvePod(pod, everything);
  const volumes: ResolvedPod["volumes"] = outcome.type === "resolved" ? outcome.pod.volumes : [];
  return { volumes, tokens: referencesOf(pod).tokens };
}

/** Whether an entry is for the path, for something below it, or decides it from above. */
function speaksOf(entry: ReportEntry, path: string): boolean {
  const pattern = entry.path.replace(/\[\d+\]/g, "[]");
  const plain = path.replace(/\{\}$/, "");
  return pattern === plain || pattern === path || isBelow(pattern, plain) || isBelow(path, pattern);
}

function isBelow(path: string, above: string): boolean {
  return path.startsWith(above) && [".", "[", "{"].includes(path.charAt(above.length));
}

function basePod(container: Readonly<Record<string, unknown>>): Pod {
  const command = ["/bin/app"];
  return {
    metadata: { name: "sample-pod", namespace: "default", uid: "00000000-0000-4000-8000-000000000001" },
    spec: {
      restartPolicy: "Never",
      initContainers: [{ name: "first", image: "registry.example/init:1", command, ...container }],
      containers: [{ name: "main", image: "registry.example/app:1", command, ...container }],
    },
  };
}

/** Every volume is of use only where a container mounts it. */
function mounted(pod: Pod): Pod {
  const { spec } = pod;
  const [first, ...others] = spec?.containers ?? [];
  if (spec === undefined || first === undefined) return pod;
  const used = new Set((first.volumeMounts ?? []).map(({ name }) => name));
  const added = (spec.volumes ?? [])
    .filter(({ name }) => !used.has(name))
    .map(({ name }) => ({ name, mountPath: `/added/${name}` }));
  if (added.length === 0) return pod;
  const volumeMounts = [...(first.volumeMounts ?? []), ...added];
  return { ...pod, spec: { ...spec, containers: [{ ...first, volumeMounts }, ...others] } };
}

/** Every object there is: names differ in what they hold, so that a name makes a difference. */
const everything: ResolveInputs = {
  attempt: 0,
  clusterDomain: "cluster.local",
  configMap: (name) => ({ data: { sample: name, key: name } }),
  secret: (name) => ({ data: { sample: btoa(name), key: btoa(name) } }),
  services: [
    { metadata: { namespace: "default", name: "kubernetes" }, spec: { clusterIP: "192.0.2.1", ports: [] } },
  ],
  nodeAllocatable: { cpu: "4", memory: "8Gi", "ephemeral-storage": "20Gi" },
  token: ({ path }) => ({ token: path, expiresAt: "2030-01-01T00:00:00Z" }),
};

function json(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === "bigint") return String(inner);
    return inner instanceof Uint8Array ? [...inner] : inner;
  });
}
