import type { Json, KubeObject } from "../api/objects.ts";
import { forbidden } from "../api/status-error.ts";
import { randomSuffix } from "../registry/names.ts";
import type { ResourceType, StrategyContext } from "../resources/resource-type.ts";
import { fillLimits } from "./limit-ranger.ts";

const mountPath = "/var/run/secrets/kubernetes.io/serviceaccount";
const mirrorAnnotation = "kubernetes.io/config.mirror";

/** What the API server's admission plugins add to a new pod. @throws StatusError 403 */
export function admitPod(pod: KubeObject, type: ResourceType, context: StrategyContext): void {
  fillLimits(pod, context);
  admitServiceAccount(pod, type, context);
  admitTolerations(pod);
  admitPriority(pod, type, context);
}

/** The pod without admission's service account for mirror pods: they stand for what a node already runs. */
function admitServiceAccount(pod: KubeObject, type: ResourceType, context: StrategyContext): void {
  if (pod.metadata.annotations?.[mirrorAnnotation] !== undefined) return;
  const name = pod.spec.serviceAccountName || "default";
  pod.spec.serviceAccountName = name;
  pod.spec.serviceAccount = name;
  const accounts = context.types.require("", "serviceaccounts");
  const account = context.store.get(accounts, pod.metadata.namespace, name);
  if (!account) {
    const why = `error looking up service account ${pod.metadata.namespace}/${name}: serviceaccount "${name}" not found`;
    throw forbidden(type, pod.metadata.name, why);
  }
  if (!pod.spec.imagePullSecrets?.length && account["imagePullSecrets"]) {
    pod.spec.imagePullSecrets = structuredClone(account["imagePullSecrets"]);
  }
  const automount = pod.spec.automountServiceAccountToken ?? account["automountServiceAccountToken"] ?? true;
  if (automount) mountToken(pod.spec);
}

function tokenVolume(name: string): Json {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: "token" } },
        { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
        {
          downwardAPI: {
            items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }],
          },
        },
      ],
      defaultMode: 0o644,
    },
  };
}

function mountToken(spec: Json): void {
  const existing = (spec.volumes ?? []).find((volume: Json) => volume.name?.startsWith("kube-api-access-"));
  const name = existing?.name ?? `kube-api-access-${randomSuffix()}`;
  let mounted = false;
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    const mounts: Json[] = container.volumeMounts ?? [];
    if (mounts.some((mount) => mount.mountPath === mountPath)) continue;
    container.volumeMounts = [...mounts, { name, readOnly: true, mountPath }];
    mounted = true;
  }
  if (mounted && !existing) spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)];
}

/** Plugin DefaultTolerationSeconds. */
function admitTolerations(pod: KubeObject): void {
  const tolerations: Json[] = pod.spec.tolerations ?? [];
  for (const key of ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]) {
    const tolerated = tolerations.some(
      (toleration) =>
        (toleration.key === key || !toleration.key) &&
        (toleration.effect === "NoExecute" || !toleration.effect),
    );
    if (!tolerated)
      tolerations.push({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 });
  }
  pod.spec.tolerations = tolerations;
}

const systemPriorities: ReadonlyMap<string, number> = new Map([
  ["system-cluster-critical", 2_000_000_000],
  ["system-node-critical", 2_000_001_000],
]);

/** Plugin Priority. */
function admitPriority(pod: KubeObject, type: ResourceType, context: StrategyContext): void {
  const classes = context.types.require("scheduling.k8s.io", "priorityclasses");
  let name = pod.spec.priorityClassName;
  if (!name) {
    const fallback = context.store.list(classes).find((candidate) => candidate["globalDefault"]);
    name = fallback?.metadata.name;
    if (name) pod.spec.priorityClassName = name;
  }
  const found = name ? context.store.get(classes, undefined, name) : undefined;
  const value = found?.["value"] ?? (name ? systemPriorities.get(name) : 0);
  if (value === undefined)
    throw forbidden(type, pod.metadata.name, `no PriorityClass with name ${name} was found`);
  pod.spec.priority = value;
  pod.spec.preemptionPolicy ??= found?.["preemptionPolicy"] ?? "PreemptLowerPriority";
}
