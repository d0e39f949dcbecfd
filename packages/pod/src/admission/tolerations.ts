import type { Taint, Toleration } from "@vkubelet/core";
import { parseInt64 } from "./label-requirement.ts";

const decimal = /^(0|-?[1-9]\d*)$/;

/**
 * Whether a toleration covers a taint (api core/v1 toleration.go): an absent effect or key covers every one, no operator
 * means `Equal`. The numeric operators `Gt` and `Lt` ask whether the taint's value is above or below the toleration's;
 * they are alpha in 1.36, and a pod can only carry them where the API server has them on.
 */
export function tolerates(toleration: Toleration, taint: Taint): boolean {
  const { effect, key, value = "" } = toleration;
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  const operator: string = toleration.operator || "Equal";
  const taintValue = taint.value ?? "";
  switch (operator) {
    case "Equal":
      return value === taintValue;
    case "Exists":
      return true;
    case "Gt":
    case "Lt": {
      const [left, right] = [number(taintValue), number(value)];
      if (left === undefined || right === undefined) return false;
      return operator === "Gt" ? left > right : left < right;
    }
    default:
      return false;
  }
}

/** The first of the taints of those effects that no toleration covers; undefined when all are covered. */
export function untoleratedTaint(
  taints: readonly Taint[],
  tolerations: readonly Toleration[],
  effects: readonly Taint["effect"][],
): Taint | undefined {
  return taints.find(
    (taint) =>
      effects.includes(taint.effect) && !tolerations.some((toleration) => tolerates(toleration, taint)),
  );
}

/**
 * How long a pod may stay on a node with these taints, in seconds: the least `tolerationSeconds` of the tolerations
 * that cover a `NoExecute` taint, at least 0; 0 when one is not covered; undefined for as long as it likes
 * (pkg/controller/tainteviction).
 */
export function tolerationSeconds(
  taints: readonly Taint[],
  tolerations: readonly Toleration[],
): number | undefined {
  const evicting = taints.filter(({ effect }) => effect === "NoExecute");
  if (untoleratedTaint(evicting, tolerations, ["NoExecute"]) !== undefined) return 0;
  const used = evicting.flatMap((taint) =>
    tolerations.filter((toleration) => tolerates(toleration, taint)).slice(0, 1),
  );
  const limits = used.flatMap(({ tolerationSeconds: seconds }) => (seconds === undefined ? [] : [seconds]));
  return limits.length === 0 ? undefined : Math.max(0, Math.min(...limits));
}

/** The API's decimal form alone: no sign but minus, no leading zeros. */
function number(text: string): bigint | undefined {
  return decimal.test(text) ? parseInt64(text) : undefined;
}
