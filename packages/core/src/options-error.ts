import { type FieldIssue, ProviderError } from "./errors.ts";

/** What a schema found wrong: the shape that zod and other validators give their issues. */
export interface OptionIssue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Names that the schema does not know, in the object at `path`. */
  readonly keys?: readonly string[];
}

/**
 * The `InvalidInput` for options of a provider that fail their schema. Its `issues` name every option that is wrong as
 * users write it (`subnets[0]`, `logs.group`), unknown ones one by one; its message has a line for each.
 */
export function optionsError(provider: string, issues: readonly OptionIssue[]): ProviderError {
  const fields = issues.flatMap((issue): FieldIssue[] =>
    issue.keys === undefined
      ? [{ path: pathText(issue.path) || "options", message: issue.message }]
      : issue.keys.map((key) => ({
          path: pathText([...issue.path, key]),
          message: `is not an option of the ${provider} provider`,
        })),
  );
  const lines = fields.map(({ path, message }) => `${path}: ${message}`).join("\n");
  return new ProviderError("InvalidInput", `${provider} provider options are wrong:\n${lines}`, {
    issues: fields,
  });
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");
}
