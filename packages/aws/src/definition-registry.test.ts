import { describe, expect, it } from "vitest";
import { DefinitionRegistry } from "./definition-registry.ts";

function backend() {
  const state = { looks: 0, registered: 0, exists: false, fail: undefined as unknown };
  const calls = {
    exists: async () => {
      state.looks++;
      if (state.fail !== undefined) throw state.fail;
      return state.exists;
    },
    register: async () => {
      state.registered++;
      state.exists = true;
    },
  };
  return { state, calls };
}
const { signal } = new AbortController();

describe("registering definitions", () => {
  it("a thousand pods of one kind cost one look-up and one registration", async () => {
    const { state, calls } = backend();
    const registry = new DefinitionRegistry();
    await Promise.all(Array.from({ length: 1000 }, () => registry.ensure("a", calls, signal)));
    expect(state).toMatchObject({ looks: 1, registered: 1 });
  });

  it("does not register what is there, and looks again when told to forget", async () => {
    const { state, calls } = backend();
    state.exists = true;
    const registry = new DefinitionRegistry();
    await registry.ensure("a", calls, signal);
    registry.forget("a");
    await registry.ensure("a", calls, signal);
    expect(state).toMatchObject({ looks: 2, registered: 0 });
  });

  it("a failure reaches its own caller and is not remembered", async () => {
    const { state, calls } = backend();
    const registry = new DefinitionRegistry();
    state.fail = new Error("first caller aborted");
    const first = registry.ensure("a", calls, signal);
    const second = registry.ensure("a", { ...calls, exists: async () => true }, signal);
    await expect(first).rejects.toBe(state.fail);
    await second;
    expect(state.registered).toBe(0);
  });
});
