import { lateFieldsOf, type ResolvedValue, renderValue } from "@vkubelet/core";
import type { FieldAccount } from "@vkubelet/pod";

/**
 * What happens to values that came from a Secret. `reject`: the pod is refused, since definitions and overrides are
 * readable by everybody who may describe them. `plain`: they are sent in plain text, the user's explicit choice.
 */
export type SecretsPolicy = "reject" | "plain";

/**
 * The text of a resolved value, or an issue at `path` when it may not or cannot be sent: it came from a Secret and the
 * policy refuses that, or it waits for something known only after the start.
 */
export function plainTextOf(
  value: ResolvedValue,
  path: string,
  secrets: SecretsPolicy,
  account: FieldAccount,
): string | undefined {
  const late = lateFieldsOf(value);
  if (late.length > 0) {
    account.reject(
      path,
      `needs ${late.join(", ")}, known only after the start: let the program ask its own network interface or the task metadata endpoint`,
    );
    return undefined;
  }
  if (value.secret && secrets === "reject") {
    account.reject(path, secretInPlainText("value"));
    return undefined;
  }
  return renderValue(value);
}

/** The text of an issue about a Secret's content. */
export function secretInPlainText(what: "value" | "file"): string {
  return `${what} comes from a Secret and would stand in plain text at AWS: let the program read it from Secrets Manager or Parameter Store with the task role, or allow it with the option secrets: "plain"`;
}
