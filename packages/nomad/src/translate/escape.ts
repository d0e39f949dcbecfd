import type { ResolvedValue } from "@vkubelet/core";

/**
 * Text as a driver's Config takes it. Nomad evaluates every string there as an HCL template on the client: `${` and
 * `%{` would be expressions, and an unknown name fails the task.
 */
export function escapeConfig(text: string): string {
  return text.replaceAll(/[$%]\{/g, (opening) => opening.charAt(0) + opening);
}

/** A value for a driver's Config: literal parts escaped, late parts as the expressions that Nomad fills in. */
export function configText(value: ResolvedValue): string {
  return value.parts
    .map((part) => (typeof part === "string" ? escapeConfig(part) : hostAddressExpression))
    .join("");
}

/** Nomad's name for the address of the client that runs the task, in Config and Env alike. */
export const hostAddressExpression: string = expression("attr.unique.network.ip-address");

/** The text that Nomad replaces by the value of `name`. */
export function expression(name: string): string {
  return ["$", "{", name, "}"].join("");
}

/** Delimiters for a template whose text is data: two strings that do not occur in it. */
export function literalDelimiters(text: string): { readonly LeftDelim: string; readonly RightDelim: string } {
  for (let attempt = 0; ; attempt += 1) {
    const left = `<<vk${attempt}:`;
    const right = `:vk${attempt}>>`;
    if (!text.includes(left) && !text.includes(right)) return { LeftDelim: left, RightDelim: right };
  }
}

/** JSON text with everything escaped that Nomad's parser of env files refuses in its raw form. */
export function jsonLine(text: string): string {
  return JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}
