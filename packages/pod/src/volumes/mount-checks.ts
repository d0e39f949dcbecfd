import type { Container, Pod, VolumeMount } from "@vkubelet/core";
import {
  forbiddenValue,
  invalidValue,
  requiredValue,
  unsupportedValue,
  valueNotFound,
} from "../admission/field-message.ts";
import type { ContainerScope, Resolution } from "../resolve/resolution.ts";
import { descendingPathProblems, hasBackstep } from "./path-rules.ts";

const propagations = ["Bidirectional", "HostToContainer", "None"];
const recursiveModes = ["Disabled", "Enabled", "IfPossible"];

/**
 * Notes what the API server refuses about the mounts and block devices of a container, in its own words and each at
 * its own path (KK pkg/apis/core/validation ValidateVolumeMounts, ValidateVolumeDevices).
 */
export function checkMounts({ pod, container, path, resolution }: ContainerScope): void {
  const mounts = container.volumeMounts ?? [];
  const devices = container.volumeDevices ?? [];
  const volumes = new Set((pod.spec?.volumes ?? []).map(({ name }) => name));
  const deviceNames = new Set(devices.map(({ name }) => name));
  const devicePaths = new Set(devices.map(({ devicePath }) => devicePath));
  const points = new Set<string>();
  for (const [index, mount] of mounts.entries()) {
    const place = `${path}.volumeMounts[${index}]`;
    const { name = "", mountPath = "" } = mount;
    const refuse = (field: string, message: string) => resolution.issue(`${place}.${field}`, message);
    if (name === "") refuse("name", requiredValue());
    if (!volumes.has(name)) refuse("name", valueNotFound(name));
    if (mountPath === "") refuse("mountPath", requiredValue());
    if (points.has(mountPath)) refuse("mountPath", invalidValue(mountPath, "must be unique"));
    points.add(mountPath);
    if (mountPath.includes("\0")) {
      refuse("mountPath", invalidValue(mountPath, "must not contain a NUL character"));
    }
    if (deviceNames.has(name)) refuse("name", invalidValue(name, "must not already exist in volumeDevices"));
    if (devicePaths.has(mountPath)) {
      refuse("mountPath", invalidValue(mountPath, "must not already exist as a path in volumeDevices"));
    }
    checkSubPaths(mount, place, resolution);
    checkModes(mount, container, place, resolution);
  }
  checkDevices(pod, container, path, resolution);
}

function checkSubPaths({ subPath, subPathExpr }: VolumeMount, place: string, resolution: Resolution): void {
  for (const message of descendingPathProblems(subPath ?? "")) resolution.issue(`${place}.subPath`, message);
  if (!subPathExpr) return;
  const refuse = (message: string) => resolution.issue(`${place}.subPathExpr`, message);
  if (subPath) refuse(invalidValue(subPathExpr, "subPathExpr and subPath are mutually exclusive"));
  for (const message of descendingPathProblems(subPathExpr)) refuse(message);
}

function checkModes(mount: VolumeMount, container: Container, place: string, resolution: Resolution): void {
  const propagation = mount.mountPropagation ?? "None";
  const recursive = mount.recursiveReadOnly ?? "Disabled";
  if (!propagations.includes(propagation)) {
    resolution.issue(`${place}.mountPropagation`, unsupportedValue(propagation, propagations));
  }
  if (propagation === "Bidirectional" && container.securityContext?.["privileged"] !== true) {
    const message = "Bidirectional mount propagation is available only to privileged containers";
    resolution.issue(`${place}.mountPropagation`, forbiddenValue(message));
  }
  if (recursive === "Disabled") return;
  const refuse = (message: string) => resolution.issue(`${place}.recursiveReadOnly`, message);
  if (!recursiveModes.includes(recursive)) {
    refuse(unsupportedValue(recursive, recursiveModes));
    return;
  }
  if (!mount.readOnly) refuse(forbiddenValue("may only be specified when readOnly is true"));
  if (propagation !== "None") {
    refuse(forbiddenValue("may only be specified when mountPropagation is None or not specified"));
  }
}

function checkDevices(pod: Pod, container: Container, path: string, resolution: Resolution): void {
  const volumes = new Map((pod.spec?.volumes ?? []).map((volume) => [volume.name, volume]));
  const mounts = container.volumeMounts ?? [];
  const names = new Set<string>();
  const paths = new Set<string>();
  for (const [index, { name = "", devicePath = "" }] of (container.volumeDevices ?? []).entries()) {
    const place = `${path}.volumeDevices[${index}]`;
    const refuse = (field: string, message: string) => resolution.issue(`${place}.${field}`, message);
    const volume = volumes.get(name);
    if (name === "") refuse("name", requiredValue());
    if (names.has(name)) refuse("name", invalidValue(name, "must be unique"));
    if (!volume) refuse("name", valueNotFound(name));
    else if (!volume.persistentVolumeClaim && !volume.ephemeral) {
      const detail = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode";
      refuse("name", invalidValue(name, detail));
    }
    if (devicePath === "") refuse("devicePath", requiredValue());
    if (paths.has(devicePath)) refuse("devicePath", invalidValue(devicePath, "must be unique"));
    if (hasBackstep(devicePath)) {
      refuse("devicePath", invalidValue(devicePath, "can not contain backsteps ('..')"));
    } else paths.add(devicePath);
    if (mounts.some((mount) => mount.name === name)) {
      refuse("name", invalidValue(name, "must not already exist in volumeMounts"));
    }
    if (mounts.some(({ mountPath }) => mountPath === devicePath)) {
      refuse("devicePath", invalidValue(devicePath, "must not already exist as a path in volumeMounts"));
    }
    if (name !== "") names.add(name);
  }
}
