import {
  lateFieldsOf,
  type ResolvedContainer,
  type ResolvedEnvVar,
  type ResolvedValue,
} from "@vkubelet/core";
import type { FieldAccount } from "@vkubelet/pod";
import { hostAddressExpression, jsonLine, literalDelimiters } from "./escape.ts";
import type { Template } from "./job-spec.ts";
import type { VariableBuilder } from "./variables.ts";

/** The environment of a task, in the three ways in which Nomad takes one. */
export interface TaskEnvironment {
  readonly env: Readonly<Record<string, string>>;
  readonly templates: readonly Template[];
}

/** Names that Nomad's parser of rendered env files takes (go-envparse). */
const templateName = /^[A-Za-z_][A-Za-z0-9_./]*$/;
/** A line of a rendered env file must stay below 64 KiB. */
const maximumLine = 60_000;

/**
 * Plain values go to `Env`. Nomad replaces `${name}` there and knows no escape, so literal values that contain `${`
 * go through a rendered file; values from Secrets go through a rendered file that reads a variable, so that the job
 * never holds them. Rendered files drop empty values, which therefore stay in `Env`: an empty Secret shows as empty.
 */
export function taskEnvironment(
  container: ResolvedContainer,
  path: string,
  secrets: VariableBuilder,
  account: FieldAccount,
): TaskEnvironment {
  const env: Record<string, string> = {};
  const literalLines: string[] = [];
  const secretLines: string[] = [];
  for (const variable of container.env) {
    const text = variable.value.parts.filter((part) => typeof part === "string").join("");
    const late = lateFieldsOf(variable.value);
    const empty = text === "" && late.length === 0;
    if (empty || (!variable.value.secret && !text.includes("${"))) {
      env[variable.name] = plainText(variable.value);
      continue;
    }
    if (!fitsTemplate(variable, text, late.length > 0, path, account)) continue;
    if (variable.value.secret)
      secretLines.push(`${variable.name}={{ .${secrets.add("environment", text)}.Value | toJSON }}`);
    else literalLines.push(`${variable.name}=${jsonLine(text)}`);
  }
  return { env, templates: [...literalTemplate(literalLines), ...secretTemplate(secretLines, secrets.path)] };
}

function plainText(value: ResolvedValue): string {
  return value.parts.map((part) => (typeof part === "string" ? part : hostAddressExpression)).join("");
}

function fitsTemplate(
  variable: ResolvedEnvVar,
  text: string,
  late: boolean,
  path: string,
  account: FieldAccount,
): boolean {
  const why = variable.value.secret ? "a value from a Secret" : "a value with ${";
  const at = `${path}.env`;
  if (!templateName.test(variable.name)) {
    account.reject(
      at,
      `variable ${variable.name} holds ${why}, which Nomad takes only for names of letters, digits, _ . and /`,
    );
    return false;
  }
  if (text.length > maximumLine) {
    account.reject(at, `variable ${variable.name} holds ${why} above ${maximumLine} characters`);
    return false;
  }
  if (late) {
    account.reject(at, `variable ${variable.name} mixes ${why} with an address known only later`);
    return false;
  }
  return true;
}

function literalTemplate(lines: readonly string[]): readonly Template[] {
  if (lines.length === 0) return [];
  const text = `${lines.join("\n")}\n`;
  return [
    {
      EmbeddedTmpl: text,
      DestPath: "vk/env",
      ChangeMode: "noop",
      Perms: "0600",
      Envvars: true,
      ...literalDelimiters(text),
    },
  ];
}

function secretTemplate(lines: readonly string[], path: string): readonly Template[] {
  if (lines.length === 0) return [];
  return [
    {
      EmbeddedTmpl: `{{ with nomadVar "${path}" }}\n${lines.join("\n")}\n{{ end }}`,
      DestPath: "secrets/vk/env",
      ChangeMode: "noop",
      Perms: "0600",
      Envvars: true,
    },
  ];
}
