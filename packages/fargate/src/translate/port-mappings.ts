import type { PortMapping } from "@aws-sdk/client-ecs";
import type { LocatedContainer } from "@vkubelet/aws/translate";
import type { FieldAccount } from "@vkubelet/pod";

/**
 * The ports of all containers of a task, by the path of the container. All containers share one address, where every
 * port is open whether announced or not, and ECS refuses to hear of one twice.
 */
export function portMappings(
  containers: readonly LocatedContainer[],
  account: FieldAccount,
): ReadonlyMap<string, PortMapping[]> {
  const announced = new Set<number>();
  return new Map(
    containers.map(({ path, written }) => [
      path,
      (written.ports ?? []).flatMap(({ containerPort, hostPort, protocol }, index): PortMapping[] => {
        const at = `${path}.ports[${index}]`;
        if (hostPort && hostPort !== containerPort) {
          account.reject(
            `${at}.hostPort`,
            "a task has no address but its own: make hostPort equal to containerPort or remove it",
            "the port is open at the task's own address under the container's number",
          );
        }
        if (protocol === "SCTP") return [];
        if (announced.has(containerPort)) {
          account.approximate(
            `${at}.containerPort`,
            "open, but not announced: ECS takes a number once for all protocols and containers",
          );
          return [];
        }
        announced.add(containerPort);
        return [{ containerPort, protocol: protocol === "UDP" ? "udp" : "tcp" }];
      }),
    ]),
  );
}
