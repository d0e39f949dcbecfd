import { clientException } from "../service-error.ts";
import type { ContainerDefinition, RegisterRequest } from "./schemas.ts";

/** API reference, Secret and ContainerDefinition: names are shared with the environment, and a role reads them. */
export function checkSecrets(
  { name, secrets = [], environment = [] }: ContainerDefinition,
  { executionRoleArn }: RegisterRequest,
): void {
  if (secrets.length === 0) return;
  if (!executionRoleArn) {
    throw clientException(
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    );
  }
  const names = [...secrets, ...environment].map((entry) => entry.name);
  if (new Set(names).size !== names.length) {
    throw clientException(`The secret name must be unique within container '${name}'.`);
  }
}

/** API reference, LinuxParameters: members that Fargate does not take. */
const notOnFargate = ["devices", "sharedMemorySize", "maxSwap", "swappiness"];
/** API reference, SystemControl. */
const settable =
  /^(net\.|fs\.mqueue\.|kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)$)/;

/** Refuses what Fargate refuses of the kernel's settings. */
export function checkLinuxParameters({
  linuxParameters = {},
  systemControls = [],
}: ContainerDefinition): void {
  const invalid = notOnFargate.find((member) => linuxParameters[member] !== undefined);
  if (invalid) throw clientException(`The ${invalid} parameter is not supported on Fargate.`);
  const added = linuxParameters.capabilities?.add?.find((capability) => capability !== "SYS_PTRACE");
  if (added) throw clientException(`Capability ${added} cannot be added on Fargate.`);
  const control = systemControls.find(({ namespace }) => !settable.test(namespace));
  if (control) throw clientException(`systemControls: ${control.namespace} cannot be set.`);
}

/** API reference, PortMapping, for awsvpc: host ports equal container ports, and each is there once. */
export function checkPorts(containers: readonly ContainerDefinition[]): void {
  const ports = containers.flatMap(({ portMappings }) => portMappings ?? []);
  for (const { containerPort, hostPort } of ports) {
    if (hostPort && hostPort !== containerPort) {
      throw clientException(
        "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
      );
    }
  }
  const numbers = ports.flatMap(({ containerPort }) => containerPort ?? []);
  const twice = numbers.find((port, index) => numbers.indexOf(port) !== index);
  if (twice) throw clientException(`Port ${twice} is mapped twice.`);
}
