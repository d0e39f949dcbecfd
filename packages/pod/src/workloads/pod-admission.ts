import { nameSuffix } from "./generated-names.ts";
import { type Draft, fill, fillEmpty, listMadeIn, objectMadeIn, objectsIn, textIn } from "./json-draft.ts";

const tokenMountPath = "/var/run/secrets/kubernetes.io/serviceaccount";
const tokenVolumePrefix = "kube-api-access-";

/** The classes of a fresh cluster; the empty name is no class at all. */
const systemPriorities: ReadonlyMap<string, number> = new Map([
  ["", 0],
  ["system-cluster-critical", 2_000_000_000],
  ["system-node-critical", 2_000_001_000],
]);

/** The taints that admission tolerates for five minutes in every pod. */
const toleratedTaints = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];

/**
 * What the admission plugin ServiceAccount does to a new pod: the account `default`, and the volume
 * `kube-api-access-xxxxx` with its mounts unless the pod refuses it. The volume's suffix is drawn by lot on a server;
 * here it follows from namespace and name. What an account itself says (no token, pull secrets) is not known here.
 */
export function admitServiceAccount(pod: Draft): void {
  const spec = objectMadeIn(pod, "spec");
  if (!spec) return;
  fillEmpty(spec, "serviceAccountName", "default");
  spec["serviceAccount"] = spec["serviceAccountName"];
  if (spec["automountServiceAccountToken"] === false) return;
  const present = objectsIn(spec, "volumes").find((volume) =>
    textIn(volume, "name").startsWith(tokenVolumePrefix),
  );
  const name = present ? textIn(present, "name") : tokenVolumePrefix + nameSuffix(identityOf(pod));
  const containers = [...objectsIn(spec, "initContainers"), ...objectsIn(spec, "containers")];
  const mounted = containers.filter((container) => mountToken(container, name));
  if (mounted.length > 0 && !present) listMadeIn(spec, "volumes")?.push(tokenVolume(name));
}

/**
 * What the admission plugin Priority does to a new pod: the priority of the two classes that every cluster has, and 0
 * without a class, as where no PriorityClass is the default one. The priority of any other class is not known here.
 */
export function admitPriority(pod: Draft): void {
  const spec = objectMadeIn(pod, "spec");
  const priority = spec && systemPriorities.get(textIn(spec, "priorityClassName"));
  if (!spec || priority === undefined) return;
  fill(spec, "priority", priority);
  fill(spec, "preemptionPolicy", "PreemptLowerPriority");
}

/**
 * What the admission plugin DefaultTolerationSeconds does to a new pod: it stays for 300 seconds on a node that is not
 * ready or unreachable, unless the pod says how long.
 */
export function admitTolerations(pod: Draft): void {
  const spec = objectMadeIn(pod, "spec");
  if (!spec) return;
  const stated = objectsIn(spec, "tolerations");
  for (const key of toleratedTaints) {
    const tolerated = stated.some(
      (toleration) =>
        ["", key].includes(textIn(toleration, "key")) &&
        ["", "NoExecute"].includes(textIn(toleration, "effect")),
    );
    if (tolerated) continue;
    const added = { key, operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 };
    listMadeIn(spec, "tolerations")?.push(added);
  }
}

/** Mounts the token unless something else is mounted at its place; true where it was mounted. */
function mountToken(container: Draft, name: string): boolean {
  const taken = objectsIn(container, "volumeMounts").some((mount) => mount["mountPath"] === tokenMountPath);
  if (taken) return false;
  listMadeIn(container, "volumeMounts")?.push({ name, readOnly: true, mountPath: tokenMountPath });
  return true;
}

function tokenVolume(name: string): Draft {
  const namespace = { path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } };
  return {
    name,
    projected: {
      defaultMode: 420,
      sources: [
        { serviceAccountToken: { path: "token", expirationSeconds: 3607 } },
        { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
        { downwardAPI: { items: [namespace] } },
      ],
    },
  };
}

function identityOf(pod: Draft): string {
  const metadata = objectMadeIn(pod, "metadata");
  return `${textIn(metadata, "namespace")}/${textIn(metadata, "name") || textIn(metadata, "generateName")}`;
}
