import type { Json } from "./objects.ts";

/** One invalid field, as in `StatusDetails.causes`. */
export interface FieldError {
  readonly field: string;
  readonly reason: string;
  readonly message: string;
}

/** An error that the API answers as a `Status` object. `code` is the HTTP status. */
export class StatusError extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: Json;

  constructor(code: number, reason: string, message: string, details?: Json) {
    super(message);
    this.name = "StatusError";
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  /** The `Status` object of the API. */
  toStatus(): Json {
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: this.message,
      ...(this.reason ? { reason: this.reason } : {}),
      ...(this.details ? { details: this.details } : {}),
      code: this.code,
    };
  }
}

/** What an error says about the resource it happened on. */
export interface ErrorSubject {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
}

function qualified(subject: ErrorSubject): string {
  return subject.group ? `${subject.plural}.${subject.group}` : subject.plural;
}

function details(subject: ErrorSubject, name: string, kind = subject.plural): Json {
  return { name, ...(subject.group ? { group: subject.group } : {}), kind };
}

export function notFound(subject: ErrorSubject, name: string): StatusError {
  return new StatusError(
    404,
    "NotFound",
    `${qualified(subject)} "${name}" not found`,
    details(subject, name),
  );
}

export function noSuchPath(): StatusError {
  return new StatusError(404, "NotFound", "the server could not find the requested resource", {});
}

/** @param ending the object of that name is being deleted */
export function alreadyExists(subject: ErrorSubject, name: string, ending: boolean = false): StatusError {
  const message = `${ending ? "object is being deleted: " : ""}${qualified(subject)} "${name}" already exists`;
  return new StatusError(409, "AlreadyExists", message, details(subject, name));
}

export function conflict(subject: ErrorSubject, name: string, why: string): StatusError {
  const message = `Operation cannot be fulfilled on ${qualified(subject)} "${name}": ${why}`;
  return new StatusError(409, "Conflict", message, details(subject, name));
}

export function staleVersion(subject: ErrorSubject, name: string): StatusError {
  return conflict(
    subject,
    name,
    "the object has been modified; please apply your changes to the latest version and try again",
  );
}

export function invalid(subject: ErrorSubject, name: string, errors: readonly FieldError[]): StatusError {
  const texts = [...new Set(errors.map((error) => `${error.field}: ${error.message}`))];
  const summary = texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
  const kind = subject.group ? `${subject.kind}.${subject.group}` : subject.kind;
  return new StatusError(422, "Invalid", `${kind} "${name}" is invalid: ${summary}`, {
    ...details(subject, name, subject.kind),
    causes: errors.map(({ reason, message, field }) => ({ reason, message, field })),
  });
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, "BadRequest", message);
}

export function unauthorized(): StatusError {
  return new StatusError(401, "Unauthorized", "Unauthorized");
}

export function forbidden(subject: ErrorSubject, name: string, why: string): StatusError {
  const what = name ? `${qualified(subject)} "${name}"` : qualified(subject);
  return new StatusError(403, "Forbidden", `${what} is forbidden: ${why}`, {
    ...(name ? { name } : {}),
    ...(subject.group ? { group: subject.group } : {}),
    kind: subject.plural,
  });
}

export function methodNotAllowed(): StatusError {
  return new StatusError(
    405,
    "MethodNotAllowed",
    "the server does not allow this method on the requested resource",
    {},
  );
}

export function notImplemented(message: string): StatusError {
  return new StatusError(501, "NotImplemented", message);
}

export function expired(message: string): StatusError {
  return new StatusError(410, "Expired", message);
}

export function tooLarge(limit: number): StatusError {
  return new StatusError(413, "RequestEntityTooLarge", `Request entity too large: limit is ${limit}`);
}

export function requiredField(field: string, detail = ""): FieldError {
  return { field, reason: "FieldValueRequired", message: `Required value${detail ? `: ${detail}` : ""}` };
}

export function invalidField(field: string, value: unknown, detail: string): FieldError {
  return {
    field,
    reason: "FieldValueInvalid",
    message: `Invalid value: ${JSON.stringify(value)}: ${detail}`,
  };
}

/** An invalid combination, which no single value shows. */
export function invalidTogether(field: string, detail: string): FieldError {
  return { field, reason: "FieldValueInvalid", message: `Invalid value: ${detail}` };
}

export function tooManyItems(field: string, count: number, limit: number): FieldError {
  const message = `Too many: ${count}: must have at most ${limit} items`;
  return { field, reason: "FieldValueTooMany", message };
}

export function unsupportedField(field: string, value: unknown, supported: readonly string[]): FieldError {
  const list = supported.map((entry) => JSON.stringify(entry));
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${list.join(", ")}`;
  return { field, reason: "FieldValueNotSupported", message };
}

export function forbiddenField(field: string, detail: string): FieldError {
  return { field, reason: "FieldValueForbidden", message: `Forbidden: ${detail}` };
}

export function duplicateField(field: string, value: unknown): FieldError {
  return { field, reason: "FieldValueDuplicate", message: `Duplicate value: ${JSON.stringify(value)}` };
}
