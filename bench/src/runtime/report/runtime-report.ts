import type { SubjectResult } from "../parts/part-result.ts";

export function runtimeReport(results: readonly SubjectResult[]): string {
  return `${JSON.stringify(results, undefined, 1)}\n`;
}
