import { invalidValue, requiredValue } from "../admission/field-message.ts";
import { encodeText } from "./object-data.ts";

const longestPath = 4096;
const longestName = 255;

/** Why the API server refuses a path below a volume's root (`subPath`): absolute, or with a `..` element (M1). */
export function descendingPathProblems(path: string): readonly string[] {
  const problems: string[] = [];
  if (path.startsWith("/")) problems.push(invalidValue(path, "must be a relative path"));
  if (hasBackstep(path)) problems.push(invalidValue(path, "must not contain '..'"));
  if (path.includes("\0")) problems.push(invalidValue(path, "must not contain a NUL character"));
  return problems;
}

/**
 * Why the API server, or else the kubelet that writes the file, refuses the path of a file in a volume (C4): what
 * holds for every path below the root, and names that start with `..`, which the kubelet keeps for itself.
 */
export function filePathProblems(path: string): readonly string[] {
  const problems = path === "" ? [requiredValue()] : [...descendingPathProblems(path)];
  if (path.startsWith("..") && !path.startsWith("../")) {
    problems.push(invalidValue(path, "must not start with '..'"));
  }
  const beyond = problems.length === 0 ? payloadPathProblem(path) : undefined;
  return beyond === undefined ? problems : [invalidValue(path, beyond)];
}

/** Why the kubelet cannot write a file there, in the words of its atomic writer; undefined where it can. */
export function payloadPathProblem(path: string): string | undefined {
  const elements = path.split("/");
  if (path === "") return 'invalid path: must not be empty: ""';
  if (path.startsWith("/")) return `invalid path: must be relative path: ${path}`;
  if (isLonger(path, longestPath)) {
    return `invalid path: must be less than or equal to ${longestPath} characters`;
  }
  for (const element of elements) {
    if (element === "..") return `invalid path: must not contain '..': ${path}`;
    if (isLonger(element, longestName)) {
      return `invalid path: filenames must be less than or equal to ${longestName} characters`;
    }
  }
  if (path.startsWith("..")) return `invalid path: must not start with '..': ${path}`;
  if (elements.every((element) => element === "" || element === ".")) {
    return `invalid path: names the volume itself: ${path}`;
  }
  return path.includes("\0") ? "invalid path: must not contain a NUL character" : undefined;
}

/** The path without empty and `.` elements. */
export function cleanPath(path: string): string {
  return path
    .split("/")
    .filter((element) => element !== "" && element !== ".")
    .join("/");
}

/** Whether one of the elements is `..`; a backslash is a character like any other. */
export function hasBackstep(path: string): boolean {
  return path.split("/").includes("..");
}

/** Whether the text has more bytes than that: at least one and at most three for each of its units. */
function isLonger(text: string, bytes: number): boolean {
  if (text.length > bytes) return true;
  return text.length * 3 > bytes && encodeText(text).length > bytes;
}
