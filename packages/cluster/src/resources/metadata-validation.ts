import type { KubeObject } from "../api/objects.ts";
import { type FieldError, invalidField, requiredField } from "../api/status-error.ts";
import type { Strategy } from "./resource-type.ts";

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const label1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const qualifiedName = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const maximumAnnotationBytes = 256 * 1024;

const subdomainText =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const labelText =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const label1035Text =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

/** True for a DNS label of at most 63 characters. */
export function isDnsLabel(name: string): boolean {
  return name.length <= 63 && label.test(name);
}

export function invalidLabel(field: string, value: string): FieldError {
  return invalidField(field, value, labelText);
}

/** What is wrong with the name of an object, if anything. */
export function nameProblem(rule: Strategy["nameRule"], name: string): string | undefined {
  switch (rule) {
    case "label":
      return isDnsLabel(name) ? undefined : labelText;
    case "label1035":
      return name.length <= 63 && label1035.test(name) ? undefined : label1035Text;
    case "path":
      if (name === "." || name === "..") return `may not be '${name}'`;
      return /[/%]/.test(name) ? `may not contain '${name.includes("/") ? "/" : "%"}'` : undefined;
    default:
      if (name.length > 253) return "must be no more than 253 characters";
      return subdomain.test(name) ? undefined : subdomainText;
  }
}

const nameRule =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

/** What is wrong with a name that may have a domain before it, such as `example.com/name`. */
function qualifiedNameProblems(key: string): string[] {
  const parts = key.split("/");
  if (parts.length > 2) {
    return [
      `a valid label key ${nameRule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const name = parts.at(-1) ?? "";
  const prefix = parts.length === 2 ? (parts[0] ?? "") : undefined;
  const problems: string[] = [];
  if (prefix === "") problems.push("prefix part must be non-empty");
  else if (prefix !== undefined && !subdomain.test(prefix)) problems.push(`prefix part ${subdomainText}`);
  if (name === "") problems.push("name part must be non-empty");
  else if (name.length > 63) problems.push("name part must be no more than 63 bytes");
  if (!qualifiedName.test(name)) problems.push(`name part ${nameRule}`);
  return problems;
}

/** Checks the key of a label or an annotation, or a name of that form. */
export function validateKey(field: string, key: string): FieldError[] {
  return qualifiedNameProblems(key).map((problem) => invalidField(field, key, problem));
}

/** Checks label keys and values. */
export function validateLabels(
  field: string,
  labels: Readonly<Record<string, string>> | undefined,
): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => {
    const errors = validateKey(field, key);
    if (value.length > 63 || !labelValue.test(value)) {
      errors.push(
        invalidField(
          field,
          value,
          "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
        ),
      );
    }
    return errors;
  });
}

/** Checks the metadata that every object has. */
export function validateMetadata(object: KubeObject, strategy: Strategy): FieldError[] {
  const { name, labels, annotations, ownerReferences, finalizers } = object.metadata;
  const errors: FieldError[] = [];
  if (!name) errors.push(requiredField("metadata.name", "name or generateName is required"));
  const problem = name ? nameProblem(strategy.nameRule, name) : undefined;
  if (problem) errors.push(invalidField("metadata.name", name, problem));
  errors.push(...validateLabels("metadata.labels", labels));
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
    errors.push(...validateKey("metadata.annotations", key.toLowerCase()));
  }
  if (bytes > maximumAnnotationBytes) {
    errors.push({
      field: "metadata.annotations",
      reason: "FieldValueTooLong",
      message: `Too long: may not be more than ${maximumAnnotationBytes} bytes`,
    });
  }
  for (const [index, owner] of (ownerReferences ?? []).entries()) {
    for (const field of ["apiVersion", "kind", "name", "uid"] as const) {
      if (!owner[field])
        errors.push(requiredField(`metadata.ownerReferences[${index}].${field}`, "must not be empty"));
    }
  }
  for (const finalizer of finalizers ?? []) errors.push(...validateKey("metadata.finalizers", finalizer));
  return errors;
}
