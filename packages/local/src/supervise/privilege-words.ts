import type { ProcessOwner } from "../machine/process-owner.ts";
import type { PlannedSecurity } from "../translate/process-plan.ts";

/**
 * A command that gives what follows it the user, groups and capabilities of a container, as a container runtime does:
 * only the bounding set is filled, so a user other than root has no capability but those of the program's file.
 */
export function privilegeWords(
  setpriv: readonly string[],
  security: PlannedSecurity,
  { uid, gid, groups }: ProcessOwner,
): readonly string[] {
  const { capabilities } = security;
  return [
    ...setpriv,
    `--reuid=${uid}`,
    `--regid=${gid}`,
    `--groups=${groups.join(",")}`,
    "--inh-caps=-all",
    "--ambient-caps=-all",
    ...(capabilities === undefined
      ? []
      : [`--bounding-set=${["-all", ...capabilities.map((name) => `+${name}`)].join(",")}`]),
    ...(security.noNewPrivileges ? ["--no-new-privs"] : []),
    "--",
  ];
}
