/** How a session in a container ended. */
export type CommandOutcome =
  | { readonly kind: "exited" /** 0 to 255. */; readonly exitCode: number }
  /** It could not be begun, or broke; `message` is for the user. */
  | { readonly kind: "failed"; readonly message: string };

/** The part of a `metav1.Status` that tells an outcome. */
interface OutcomeStatus {
  readonly metadata?: object;
  readonly status?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: {
    readonly causes?: readonly { readonly reason?: string; readonly message?: string }[];
  };
}

/** What the error stream says: a Status since the fourth version of the protocol, a text before, empty for success. */
export function renderOutcome(outcome: CommandOutcome, form: "status" | "text"): string {
  const message = messageOf(outcome);
  if (form === "text") return message ?? "";
  return JSON.stringify(
    message === undefined ? { metadata: {}, status: "Success" } : failure(outcome, message),
  );
}

function messageOf(outcome: CommandOutcome): string | undefined {
  if (outcome.kind === "failed") return `Internal error occurred: ${outcome.message}`;
  if (outcome.exitCode === 0) return undefined;
  return `command terminated with non-zero exit code: exit status ${outcome.exitCode}`;
}

function failure(outcome: CommandOutcome, message: string): OutcomeStatus {
  if (outcome.kind === "failed") {
    const details = { causes: [{ message: outcome.message }] };
    return { metadata: {}, status: "Failure", message, reason: "InternalError", details, code: 500 };
  }
  const causes = [{ reason: "ExitCode", message: String(outcome.exitCode) }];
  return { metadata: {}, status: "Failure", message, reason: "NonZeroExitCode", details: { causes } };
}

/** Reads what {@link renderOutcome} writes. Nothing at all is success, as everywhere. */
export function parseOutcome(text: string): CommandOutcome {
  if (text === "") return { kind: "exited", exitCode: 0 };
  let status: OutcomeStatus;
  try {
    status = JSON.parse(text);
  } catch {
    return { kind: "failed", message: text };
  }
  if (status?.status === "Success") return { kind: "exited", exitCode: 0 };
  const cause = status?.details?.causes?.find(({ reason }) => reason === "ExitCode");
  const exitCode = Number(cause?.message);
  if (
    status?.reason === "NonZeroExitCode" &&
    Number.isInteger(exitCode) &&
    exitCode >= 0 &&
    exitCode <= 255
  ) {
    return { kind: "exited", exitCode };
  }
  return { kind: "failed", message: status?.message ?? text };
}
