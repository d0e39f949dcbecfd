const day = 24 * 60 * 60 * 1000;
const longestJitterSeconds = 10;

/**
 * When a service account token is due to be requested anew (C7; kubelet pkg/kubelet/token): once less than 20 % of its
 * lifetime is left, or 24 hours after it was issued, whichever comes first, and up to 10 s earlier so that the tokens
 * of many pods do not fall due at once. Pure; the result may lie in the past.
 *
 * All times are milliseconds since the Unix epoch. `issuedAt` is what the kubelet takes for it: `expiresAt` less the
 * seconds that were asked for. `jitter` is at least 0 and below 1: a random share of the 10 s, cut to whole seconds.
 */
export function tokenRefreshAt(issuedAt: number, expiresAt: number, jitter: number): number {
  const early = Math.floor(jitter * longestJitterSeconds) * 1000;
  const lifetimeSeconds = Math.floor((expiresAt - issuedAt) / 1000);
  const lastFifth = Math.floor((lifetimeSeconds * 20) / 100) * 1000;
  return Math.min(issuedAt + day, expiresAt - lastFifth) - early;
}
