import type { NameValue } from "@vkubelet/aws/translate";

/** What a health check stands for. */
export type HealthPurpose = "liveness" | "readiness" | "startup";

/** Which health check stands for which probes, by the name of the container. */
export type HealthPurposes = ReadonlyMap<string, readonly HealthPurpose[]>;

/** Variable of the first container that keeps it with the task, so that a host which knows no pods can tell. */
const variable = "VKUBELET_HEALTH_CHECKS";

/** `main=liveness,readiness proxy=startup`; nothing where there are none. */
export function healthEnvironment(purposes: HealthPurposes): readonly NameValue[] {
  if (purposes.size === 0) return [];
  const value = [...purposes].map(([name, list]) => `${name}=${list.join(",")}`).join(" ");
  return [{ name: variable, value }];
}

/** What {@link healthEnvironment} wrote. */
export function readHealthPurposes(
  entries: readonly { readonly name?: string | undefined; readonly value?: string | undefined }[],
): HealthPurposes {
  const value = entries.find(({ name }) => name === variable)?.value ?? "";
  return new Map(
    value
      .split(" ")
      .filter((part) => part !== "")
      .map((part) => {
        const [name = "", list = ""] = part.split("=");
        return [name, list.split(",").filter(isPurpose)];
      }),
  );
}

function isPurpose(text: string): text is HealthPurpose {
  return text === "liveness" || text === "readiness" || text === "startup";
}
