/**
 * The reason of an abort that only ends what nobody waits for any more, and that nobody sees. One for all: an abort
 * without a reason makes an exception with a stack, each time.
 */
export const unneeded: Error = new Error("this is not needed any more");
