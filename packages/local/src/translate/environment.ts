import { type LateField, type ResolvedEnvVar, renderValue } from "@vkubelet/core";
import type { FieldAccount } from "@vkubelet/pod";
import { defaultPath, type PlannedVariable } from "./process-plan.ts";

const shellName = /^[A-Za-z_][A-Za-z0-9_]*$/;
// Names that a POSIX shell keeps for itself: it would change their value on the way to the program.
const shellOwned = new Set(["PWD", "OLDPWD", "PPID", "IFS", "OPTIND", "PS1", "PS2", "PS4", "SHLVL", "_"]);

/**
 * Whether a shell hands the variable on as it is. The others are given to the program by `env`, on a command line
 * that any user of the machine can read for an instant; so no secret may travel that way.
 */
export function survivesShell(name: string): boolean {
  return shellName.test(name) && !shellOwned.has(name);
}

/** The environment exactly as resolved, with the image's variables and PATH added where they are not given. */
export function planEnvironment(
  environment: readonly ResolvedEnvVar[],
  ofImage: Readonly<Record<string, string>>,
  path: string,
  bindings: Readonly<Record<LateField, string>>,
  account: FieldAccount,
): readonly PlannedVariable[] {
  const planned = environment.map(({ name, value }) => {
    const text = renderValue(value, bindings);
    if (text.includes("\0")) {
      account.reject(path, `variable ${name} contains a NUL byte, which no variable can hold`);
    }
    if (value.secret && !survivesShell(name)) {
      account.reject(
        path,
        `variable ${name} holds a secret under a name that a shell cannot pass on; rename it to letters, digits and _`,
      );
    }
    return { name, value: text, secret: value.secret };
  });
  const given = new Set(planned.map(({ name }) => name));
  const added = Object.entries({ PATH: defaultPath, ...ofImage }).filter(([name]) => !given.has(name));
  return [...planned, ...added.map(([name, value]) => ({ name, value, secret: false }))];
}
