/** An RFC 3339 time without its fraction: the precision of the API (pod-semantics A8). */
export function wholeSeconds(time: string): string {
  const point = time.indexOf(".");
  if (point < 0) return time;
  let end = point + 1;
  while (end < time.length && time.charAt(end) >= "0" && time.charAt(end) <= "9") end++;
  return time.slice(0, point) + time.slice(end);
}

/** A duration as Go prints it: `500ms`, `10s`, `1m20s`, `5m0s`, `1h0m0s`. */
export function goDuration(milliseconds: number): string {
  if (milliseconds > 0 && milliseconds < 1000) return `${milliseconds}ms`;
  const seconds = milliseconds / 1000;
  const minutes = Math.floor(seconds / 60);
  const rest = `${Number((seconds - minutes * 60).toFixed(3))}s`;
  if (minutes === 0) return rest;
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes}m${rest}` : `${hours}h${minutes - hours * 60}m${rest}`;
}
