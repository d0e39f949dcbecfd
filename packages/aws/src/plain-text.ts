import { lateFieldsOf, type ResolvedPod, type ResolvedValue, renderValue } from "@vkubelet/core";
import type { FieldAccount } from "@vkubelet/pod";
import { type SecretArns, type SecretKey, type SecretVariable, secretSource } from "./secret-references.ts";

/**
 * What happens to values that came from a Secret. `reject`: the pod is refused, since definitions and overrides are
 * readable by everybody who may describe them. `plain`: they are sent in plain text, the user's explicit choice.
 */
export type SecretsPolicy = "reject" | "plain";

/** What decides about the content of Secrets. */
export interface SecretsOptions {
  /** For what `arns` does not name. */
  readonly policy: SecretsPolicy;
  readonly arns?: SecretArns | undefined;
  /** Whether AWS has a role with which it can read them. */
  readonly hasExecutionRole: boolean;
}

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

/** The variable that AWS fills from the place that the options name for a key of a Secret; undefined where they name none. */
export function secretVariable(
  pod: ResolvedPod,
  name: string,
  key: SecretKey | undefined,
  path: string,
  secrets: SecretsOptions,
  account: FieldAccount,
): SecretVariable | undefined {
  const valueFrom = key && secretSource(secrets.arns, pod.ref.namespace, key);
  if (valueFrom === undefined) return undefined;
  if (!secrets.hasExecutionRole) {
    account.reject(
      path,
      "comes from a Secret that AWS reads with the execution role: set executionRoleArn in the options",
    );
  }
  return { name, valueFrom };
}

/** The text of an issue about a Secret's content. */
export function secretInPlainText(what: "value" | "file"): string {
  return `${what} comes from a Secret and would stand in plain text at AWS: name the place of the Secret in Secrets Manager or Parameter Store in the option secretArns, or allow it with the option secrets: "plain"`;
}
