import type { IncomingMessage } from "node:http";
import { parse as parseYaml } from "yaml";
import type { Json } from "../api/objects.ts";
import { badRequest, StatusError, tooLarge } from "../api/status-error.ts";
import { decodeProtobuf } from "../protobuf/decode.ts";

/** The API server's limit for a body. */
export const bodyLimit: number = 3 * 1024 * 1024;

/** The body's bytes. @throws StatusError 413 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > bodyLimit) throw tooLarge(bodyLimit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The media type of a request without parameters. */
export function mediaType(request: IncomingMessage): string {
  return (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(
      `couldn't get version/kind; json parse error: ${(error as Error).message.slice(0, 300)}`,
    );
  }
}

function parseYamlText(text: string): Json {
  try {
    // Few aliases are let through: a handful of lines can otherwise stand for gigabytes.
    return parseYaml(text, { maxAliasCount: 50 });
  } catch (error) {
    throw badRequest(`error converting YAML to JSON: ${(error as Error).message.slice(0, 300)}`);
  }
}

const maximumDepth = 100;

/** Refuses bodies so deep that walking them would exhaust the stack. @throws StatusError 400 */
function checkDepth(body: Json): Json {
  let level: Json[] = [body];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > maximumDepth) throw badRequest("json: exceeded max depth");
    level = level.flatMap((value) =>
      typeof value === "object" && value !== null ? Object.values(value) : [],
    );
  }
  return body;
}

/** Decodes a body by its content type; an empty body is undefined. @throws StatusError 400, 415 */
export async function decodeBody(bytes: Buffer, type: string): Promise<Json> {
  if (bytes.length === 0) return undefined;
  switch (type) {
    case "":
    case "application/json":
    case "application/json-patch+json":
    case "application/merge-patch+json":
    case "application/strategic-merge-patch+json":
      return checkDepth(parseJson(bytes.toString("utf8")));
    case "application/yaml":
      return checkDepth(parseYamlText(bytes.toString("utf8")));
    case "application/vnd.kubernetes.protobuf":
      return decodeProtobuf(bytes);
    default:
      throw unsupportedMediaType(type);
  }
}

export function unsupportedMediaType(type: string): StatusError {
  return new StatusError(
    415,
    "UnsupportedMediaType",
    `the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf (got ${JSON.stringify(type.slice(0, 100))})`,
  );
}
