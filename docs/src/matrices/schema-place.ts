import { schemaPaths } from "@vkubelet/pod/schema";

const places = new Map(schemaPaths().map(({ path }, index) => [withoutBrackets(path), index]));

/** Where a path of a rule stands in the schema; a key of a map stands behind the map. */
export function schemaPlace(path: string): number {
  let known = withoutBrackets(path);
  let offset = 0;
  while (known !== "" && !places.has(known)) {
    known = known.slice(0, Math.max(known.lastIndexOf("."), 0));
    offset = 0.5;
  }
  return (places.get(known) ?? -1) + offset;
}

/** A list and a map may be named without their brackets. */
function withoutBrackets(path: string): string {
  return path.replace(/\[\]|\{\}|\["[^"]*"\]/g, "");
}
