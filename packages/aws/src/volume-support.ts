import type { SupportTable } from "@vkubelet/pod";
import { rules } from "./support-rules.ts";

const noVolume =
  "cannot be mounted into an ECS task: use emptyDir, configMap, or a claim that the option fileSystems maps to EFS";

/** What Fargate and Batch say alike about volumes. */
export const volumeSupport: SupportTable = [
  ...rules("exact", "", ["spec.volumes[].name"]),
  ...rules(
    "approx",
    "a volume of the task, opened to everybody where a container is known to run as another user than root; it is lost when the pod is run again, and sizeLimit is not enforced",
    ["spec.volumes[].emptyDir"],
  ),
  {
    path: "spec.volumes[].emptyDir.medium",
    disposition: "approx",
    reason: "in memory where one container mounts it and the platform can, else on the task's disk",
    when: (value) => value === "Memory",
  },
  {
    path: "spec.volumes[].emptyDir.medium",
    disposition: "reject",
    reason: "there are no huge pages here: remove it",
    when: (value) => typeof value === "string" && value.startsWith("HugePages"),
  },
  ...rules("approx", "a helper container writes the files before the start; later changes are not carried", [
    "spec.volumes[].configMap",
    "spec.volumes[].downwardAPI",
    "spec.volumes[].projected",
  ]),
  ...rules(
    "approx",
    'a helper container writes the files before the start, from where secretArns names or with secrets: "plain"; later changes are not carried',
    ["spec.volumes[].secret"],
  ),
  ...rules(
    "approx",
    "an EFS file system, as the option fileSystems maps the claim; neither its size nor its access mode is looked at",
    ["spec.volumes[].persistentVolumeClaim"],
  ),
  ...rules("approx", "an EFS file system of the node's region, encrypted on the way", ["spec.volumes[].nfs"]),
  ...rules(
    "reject",
    noVolume,
    [
      ..."awsElasticBlockStore azureDisk azureFile cephfs cinder csi ephemeral fc flexVolume flocker".split(
        " ",
      ),
      ..."gcePersistentDisk gitRepo glusterfs hostPath image iscsi".split(" "),
      ..."photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume".split(" "),
    ].map((kind) => `spec.volumes[].${kind}`),
  ),
];
