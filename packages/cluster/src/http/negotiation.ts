import { StatusError } from "../api/status-error.ts";

/** How an answer is written: always JSON, of the object itself or of a view of it. */
export type Representation = "Object" | "Table" | "PartialObjectMetadata" | "PartialObjectMetadataList";

const views = new Set(["Table", "PartialObjectMetadata", "PartialObjectMetadataList"]);

interface MediaRange {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** The entries of an Accept header, in the order the client wrote them. */
export function parseAccept(header: string | undefined): readonly MediaRange[] {
  return (header || "*/*").split(",").map((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
    const pairs = parameters.map((parameter): [string, string] => {
      const [key = "", value = ""] = parameter.split("=");
      return [key, value];
    });
    return { type: type.toLowerCase(), parameters: new Map(pairs) };
  });
}

function isJson(type: string): boolean {
  return type === "application/json" || type === "application/*" || type === "*/*";
}

/** The first representation of the header that the cluster can write. @throws StatusError 406 */
export function negotiate(header: string | undefined): Representation {
  for (const { type, parameters } of parseAccept(header)) {
    if (!isJson(type)) continue;
    const view = parameters.get("as");
    if (view === undefined) return "Object";
    const versionKnown = ["v1", "v1beta1"].includes(parameters.get("v") ?? "");
    if (views.has(view) && parameters.get("g") === "meta.k8s.io" && versionKnown)
      return view as Representation;
  }
  throw notAcceptable();
}

export function notAcceptable(): StatusError {
  return new StatusError(
    406,
    "NotAcceptable",
    "only the following media types are accepted: application/json, application/json;as=Table;v=v1;g=meta.k8s.io",
  );
}
