import {
  containerShape,
  ephemeralContainerShape,
  resourcesShape,
  sharedSecurityFields,
} from "./container-shape.ts";
import { type FieldShape, list, object } from "./field-shape.ts";
import { volumeShape } from "./volume-shape.ts";

const requirement = object("key operator values[]");
const labelSelector = object("matchLabels{}", { matchExpressions: list(requirement) });
const nodeSelectorTerm = object("", {
  matchExpressions: list(requirement),
  matchFields: list(requirement),
});
const podAffinityTerm = object("matchLabelKeys[] mismatchLabelKeys[] namespaces[] topologyKey", {
  labelSelector,
  namespaceSelector: labelSelector,
});
const podAffinity = object("", {
  preferredDuringSchedulingIgnoredDuringExecution: list(object("weight", { podAffinityTerm })),
  requiredDuringSchedulingIgnoredDuringExecution: list(podAffinityTerm),
});
const affinity = object("", {
  nodeAffinity: object("", {
    preferredDuringSchedulingIgnoredDuringExecution: list(object("weight", { preference: nodeSelectorTerm })),
    requiredDuringSchedulingIgnoredDuringExecution: object("", { nodeSelectorTerms: list(nodeSelectorTerm) }),
  }),
  podAffinity,
  podAntiAffinity: podAffinity,
});

const topologySpreadConstraint = object(
  "matchLabelKeys[] maxSkew minDomains nodeAffinityPolicy nodeTaintsPolicy topologyKey whenUnsatisfiable",
  { labelSelector },
);

const podSecurityContext = object(
  "fsGroup fsGroupChangePolicy runAsGroup runAsNonRoot runAsUser seLinuxChangePolicy " +
    "supplementalGroups[] supplementalGroupsPolicy",
  { ...sharedSecurityFields, sysctls: list(object("name value")) },
  {
    fsGroupChangePolicy: "Always",
    runAsNonRoot: false,
    seLinuxOptions: {},
    supplementalGroupsPolicy: "Merge",
    windowsOptions: {},
  },
);

/**
 * Every field of PodSpec that Kubernetes 1.36 knows, and those that 1.37 adds (pod-semantics F2), with the API's
 * defaults (pod-semantics F3).
 */
export const podSpecShape: FieldShape = object(
  "activeDeadlineSeconds automountServiceAccountToken dnsPolicy enableServiceLinks hostIPC hostNetwork hostPID " +
    "hostUsers hostname hostnameOverride nodeName nodeSelector{} overhead{} preemptionPolicy priority " +
    "priorityClassName restartPolicy runtimeClassName schedulerName serviceAccount serviceAccountName " +
    "setHostnameAsFQDN shareProcessNamespace subdomain terminationGracePeriodSeconds",
  {
    affinity,
    containers: list(containerShape),
    dnsConfig: object("nameservers[] searches[]", { options: list(object("name value")) }),
    ephemeralContainers: list(ephemeralContainerShape),
    evictionResponders: list(object("name priority")),
    hostAliases: list(object("hostnames[] ip")),
    imagePullSecrets: list(object("name")),
    initContainers: list(containerShape),
    os: object("name"),
    readinessGates: list(object("conditionType")),
    resourceClaims: list(object("name resourceClaimName resourceClaimTemplateName")),
    resources: resourcesShape,
    schedulingGates: list(object("name")),
    schedulingGroup: object("podGroupName"),
    securityContext: podSecurityContext,
    tolerations: list(object("effect key operator tolerationSeconds value")),
    topologySpreadConstraints: list(topologySpreadConstraint),
    volumes: list(volumeShape),
  },
  {
    affinity: {},
    dnsConfig: {},
    dnsPolicy: "ClusterFirst",
    enableServiceLinks: true,
    hostIPC: false,
    hostNetwork: false,
    hostPID: false,
    hostUsers: true,
    hostname: "",
    preemptionPolicy: "PreemptLowerPriority",
    priority: 0,
    resources: {},
    restartPolicy: "Always",
    schedulerName: "default-scheduler",
    securityContext: {},
    setHostnameAsFQDN: false,
    shareProcessNamespace: false,
    subdomain: "",
    terminationGracePeriodSeconds: 30,
  },
);
