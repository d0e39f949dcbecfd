export type { Json, KubeObject, ObjectMeta, OwnerReference } from "./api/objects.ts";
export { type FieldError, StatusError } from "./api/status-error.ts";
export type { Clock } from "./clock.ts";
export { type Cluster, type ClusterOptions, createCluster } from "./cluster.ts";
export type { ClusterObjects } from "./cluster-objects.ts";
export type { ControllerErrorHandler } from "./controllers/controller.ts";
export type { ClusterFaults, Fault, FaultEffect, FaultHandle, FaultMatch } from "./faults/fault.ts";
