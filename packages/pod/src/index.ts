export { expand, expandProbeCommand, expandValue, joinValues } from "./expansion.ts";
export { type QosClass, qosClassOf, qosClassOfPod } from "./qos.ts";
export { Quantity } from "./quantity.ts";
export { bytesOf, ceilMiB, containerResources, effectiveResources, milliCpu } from "./resources.ts";
