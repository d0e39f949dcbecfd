import { expect, it } from "vitest";
import { LazySignal } from "./lazy-signal.ts";

it("aborts the signal that is in use, and any that is asked for later, with the first reason", () => {
  const lazy = new LazySignal();
  const used = lazy.signal;
  expect([used.aborted, lazy.aborted]).toEqual([false, false]);
  const reason = new Error("not wanted");
  lazy.abort(reason);
  lazy.abort(new Error("again"));
  lazy.rest();
  expect([used.reason, lazy.signal.reason, lazy.aborted]).toEqual([reason, reason, true]);
});

it("gives one signal until it rests", () => {
  const lazy = new LazySignal();
  const first = lazy.signal;
  expect(lazy.signal).toBe(first);
  lazy.rest();
  expect(lazy.signal).not.toBe(first);
});
