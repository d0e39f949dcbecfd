import type { Writable } from "node:stream";

/** Writes, and resolves when more may be written: with true, or with false when nobody takes any more. */
export function writeTo(target: Writable, bytes: Uint8Array): Promise<boolean> {
  if (target.destroyed || target.writableEnded) return Promise.resolve(false);
  if (target.write(bytes)) return Promise.resolve(true);
  return new Promise((resolve) => {
    const onDrain = () => {
      target.off("close", onClose);
      resolve(true);
    };
    const onClose = () => {
      target.off("drain", onDrain);
      resolve(false);
    };
    target.once("drain", onDrain);
    target.once("close", onClose);
  });
}
