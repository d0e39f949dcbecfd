import type { ContainerDefinition, LinuxParameters } from "@aws-sdk/client-ecs";
import { capabilityChanges, type MappedContainer } from "@vkubelet/aws/translate";
import type { ResolvedPod } from "@vkubelet/core";
import type { FieldAccount } from "@vkubelet/pod";

/** What a container may do and has in memory. */
export function linuxParameters(
  { security, located, tmpfs }: MappedContainer,
  account: FieldAccount,
): Pick<ContainerDefinition, "linuxParameters"> {
  const { add, drop } = capabilityChanges(security.addCapabilities, security.dropCapabilities);
  const refused = add.filter((name) => name !== "SYS_PTRACE");
  if (located && refused.length > 0) {
    account.reject(
      `${located.path}.securityContext.capabilities.add`,
      `Fargate adds no capability but SYS_PTRACE to the common ones: remove ${refused.join(", ")}`,
    );
  }
  const parameters: LinuxParameters = {
    ...(add.length + drop.length > 0
      ? {
          capabilities: {
            ...(add.length > 0 ? { add: [...add] } : {}),
            ...(drop.length > 0 ? { drop: [...drop] } : {}),
          },
        }
      : {}),
    ...(tmpfs.length > 0
      ? {
          tmpfs: tmpfs.map(({ containerPath, sizeMiB }) => ({
            containerPath,
            size: sizeMiB,
            // Docker's default is noexec, a pod's volume is not.
            mountOptions: ["exec"],
          })),
        }
      : {}),
  };
  return Object.keys(parameters).length > 0 ? { linuxParameters: parameters } : {};
}

/** API reference, SystemControl: what Fargate lets a task set. */
const settable =
  /^(net\..+|fs\.mqueue\..+|kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced))$/;

/** The sysctls of the pod, which every container gets: those of the network belong to all of them. */
export function systemControls(
  pod: ResolvedPod,
  account: FieldAccount,
): Pick<ContainerDefinition, "systemControls"> {
  const written = pod.pod.spec?.securityContext?.["sysctls"];
  const sysctls = Array.isArray(written)
    ? (written as { readonly name: string; readonly value: string }[])
    : [];
  if (sysctls.length === 0) return {};
  return {
    systemControls: sysctls.map(({ name, value }, index) => {
      // sysctl(8): `/` separates as well as `.` does.
      const namespace = name.replaceAll("/", ".");
      if (!settable.test(namespace)) {
        account.reject(
          `spec.securityContext.sysctls[${index}]`,
          `Fargate sets net.*, fs.mqueue.* and the kernel.shm* and kernel.msg* family only: remove ${name}`,
          "the platform's own value holds",
        );
      }
      return { namespace, value };
    }),
  };
}
