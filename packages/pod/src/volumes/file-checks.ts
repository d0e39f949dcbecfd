import type { DownwardFile, KeyToPath } from "@vkubelet/core";
import { invalidValue, requiredValue } from "../admission/field-message.ts";
import type { Resolution } from "../resolve/resolution.ts";
import { filePathProblems } from "./path-rules.ts";

/** What is wrong about permission bits, at the path of the field. */
export function checkMode(mode: number | undefined, path: string, resolution: Resolution): void {
  if (mode === undefined || mode === null || (Number.isInteger(mode) && mode >= 0 && mode <= 0o777)) return;
  const message = invalidValue(mode, "must be a number between 0 and 0777 (octal), both inclusive");
  resolution.issue(path, message);
}

/** What is wrong about the items of a ConfigMap or Secret. */
export function checkKeyItems(
  items: readonly KeyToPath[] | undefined,
  path: string,
  resolution: Resolution,
): void {
  for (const [index, item] of (items ?? []).entries()) {
    const place = `${path}.items[${index}]`;
    if (!item.key) resolution.issue(`${place}.key`, requiredValue());
    checkFile(item, place, resolution);
  }
}

/** What is wrong about the targets of downward API files; their fields are checked where they are read. */
export function checkFieldItems(
  items: readonly DownwardFile[] | undefined,
  path: string,
  resolution: Resolution,
): void {
  for (const [index, item] of (items ?? []).entries()) checkFile(item, `${path}.items[${index}]`, resolution);
}

/** What is wrong about the name of a file. */
export function checkFilePath(file: string | undefined, path: string, resolution: Resolution): void {
  for (const message of filePathProblems(file ?? "")) resolution.issue(path, message);
}

function checkFile(
  item: { readonly path: string; readonly mode?: number },
  place: string,
  resolution: Resolution,
): void {
  checkFilePath(item.path, `${place}.path`, resolution);
  checkMode(item.mode, `${place}.mode`, resolution);
}
