/**
 * Compares resource versions of one object: below 0 when `left` is older. They are decimal integers without leading
 * zeros since Kubernetes 1.35 says so, and always were (KEP-5504); an absent one is older than any.
 */
export function compareResourceVersions(left: string | undefined, right: string | undefined): number {
  const [a, b] = [left ?? "", right ?? ""];
  if (a === b) return 0;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}
