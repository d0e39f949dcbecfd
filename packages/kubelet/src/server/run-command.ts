import type { ServerResponse } from "node:http";
import { ProviderError, providerErrorEffects, toProviderError } from "@vkubelet/core";
import { answerRefusal, answerText } from "./http-answer.ts";
import type { ServingContext } from "./kubelet-server-host.ts";
import { findContainer } from "./sessions/find-target.ts";
import type { ContainerTarget } from "./targets.ts";

/** Output of a command that is kept until it has ended: as much as container runtimes keep. */
const maxOutput = 16 * 1024 * 1024;

/**
 * `POST /run/{namespace}/{pod}/{container}?cmd=…`: runs a command, cut at blanks, and answers with its output when it has
 * ended with 0. Never rejects.
 */
export async function serveRun(
  target: ContainerTarget,
  query: URLSearchParams,
  response: ServerResponse,
  { host, logger }: ServingContext,
): Promise<void> {
  const found = findContainer(host, target, "exec");
  if ("refusal" in found) {
    answerRefusal(response, found.refusal);
    return;
  }
  const text = query.get("cmd") ?? "";
  const command = text.split(" ").filter((word) => word !== "");
  if (command.length === 0) {
    answerText(response, 400, "you must specify a command: ?cmd=…");
    return;
  }
  const gone = new AbortController();
  response.once("close", () => gone.abort(new Error("the client has gone")));
  const output = new Output();
  try {
    const streams = { stdout: output, stderr: output };
    const { exitCode } = await host.exec(found.ref, command, streams, gone.signal);
    if (exitCode !== 0) {
      answerText(response, 500, `command '${text}' exited with ${exitCode}: ${output.bytes.toString()}`);
      return;
    }
    response.writeHead(200, { "content-type": "application/json" });
    response.end(output.bytes);
  } catch (error) {
    if (gone.signal.aborted) return;
    const failure = toProviderError(error);
    logger.warn("run failed", { ...target, error: failure.message });
    answerText(response, providerErrorEffects[failure.code].httpStatus, failure.message);
  } finally {
    gone.abort(new Error("the answer is complete"));
  }
}

class Output {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  get bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#length += bytes.length;
    if (this.#length > maxOutput) {
      const limit = `${maxOutput / 1024 / 1024} MiB`;
      throw new ProviderError(
        "InvalidInput",
        `the command printed more than ${limit}: use exec, which streams`,
      );
    }
    // The provider may use its buffer again.
    this.#parts.push(Uint8Array.from(bytes));
  }
}
