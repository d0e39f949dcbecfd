import { jobStrategy } from "./batch-strategies.ts";
import {
  configMapStrategy,
  csrStrategy,
  eventStrategy,
  namespaceStrategy,
  nodeStrategy,
  secretStrategy,
  serviceAccountStrategy,
} from "./core-strategies.ts";
import { cronJobStrategy } from "./cron-job-strategy.ts";
import { limitRangeStrategy } from "./limit-range-strategy.ts";
import { podStrategy } from "./pod-strategy.ts";
import {
  clusterRoleBindingStrategy,
  clusterRoleStrategy,
  roleBindingStrategy,
  roleStrategy,
} from "./rbac-strategies.ts";
import { resourceQuotaStrategy } from "./resource-quota-strategy.ts";
import type { Strategy } from "./resource-type.ts";
import { serviceStrategy } from "./service-strategy.ts";
import {
  claimStrategy,
  csiDriverStrategy,
  storageClassStrategy,
  volumeStrategy,
} from "./storage-strategies.ts";
import {
  daemonSetStrategy,
  deploymentStrategy,
  podTemplateStrategy,
  replicaSetStrategy,
  replicationControllerStrategy,
  statefulSetStrategy,
} from "./workload-strategies.ts";

const generation: Strategy = { generation: true };

/** What is special about each resource, by `group/plural`. A resource that is not listed has only the common rules. */
export const strategies: Readonly<Record<string, Strategy>> = {
  "/pods": podStrategy,
  "/nodes": nodeStrategy,
  "/namespaces": namespaceStrategy,
  "/services": serviceStrategy,
  "/events": eventStrategy,
  "/secrets": secretStrategy,
  "/configmaps": configMapStrategy,
  "/serviceaccounts": serviceAccountStrategy,
  "/podtemplates": podTemplateStrategy,
  "/replicationcontrollers": replicationControllerStrategy,
  "/persistentvolumeclaims": claimStrategy,
  "/persistentvolumes": volumeStrategy,
  "/limitranges": limitRangeStrategy,
  "/resourcequotas": resourceQuotaStrategy,
  "apps/deployments": deploymentStrategy,
  "apps/replicasets": replicaSetStrategy,
  "apps/daemonsets": daemonSetStrategy,
  "apps/statefulsets": statefulSetStrategy,
  "batch/jobs": jobStrategy,
  "batch/cronjobs": cronJobStrategy,
  "certificates.k8s.io/certificatesigningrequests": csrStrategy,
  "networking.k8s.io/ingresses": generation,
  "networking.k8s.io/ingressclasses": generation,
  "networking.k8s.io/networkpolicies": generation,
  "policy/poddisruptionbudgets": generation,
  "scheduling.k8s.io/priorityclasses": generation,
  "discovery.k8s.io/endpointslices": generation,
  "storage.k8s.io/storageclasses": storageClassStrategy,
  "storage.k8s.io/csidrivers": csiDriverStrategy,
  "rbac.authorization.k8s.io/roles": roleStrategy,
  "rbac.authorization.k8s.io/rolebindings": roleBindingStrategy,
  "rbac.authorization.k8s.io/clusterroles": clusterRoleStrategy,
  "rbac.authorization.k8s.io/clusterrolebindings": clusterRoleBindingStrategy,
};
