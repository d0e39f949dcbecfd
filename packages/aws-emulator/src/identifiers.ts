import { randomBytes, randomUUID } from "node:crypto";

/** Account number of every ARN: the one that AWS documents in its examples. */
export const accountId = "123456789012";

/** 32 hex digits, as ECS names tasks. */
export function taskId(): string {
  return randomUUID().replaceAll("-", "");
}

/** Hex digits. */
export function hexId(digits: number): string {
  return randomBytes(Math.ceil(digits / 2))
    .toString("hex")
    .slice(0, digits);
}

/** An ARN of this emulator's account. */
export function arn(service: string, region: string, resource: string): string {
  return `arn:aws:${service}:${region}:${accountId}:${resource}`;
}

/** What stands after the last `/` of an ARN, or the text itself. */
export function lastPart(text: string): string {
  return text.slice(text.lastIndexOf("/") + 1);
}
