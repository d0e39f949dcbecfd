import { silentLogger } from "@vkubelet/core";
import { FakeClock } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import { createAuthenticator } from "./authenticator.ts";

const { signal } = new AbortController();

function setUp(answer: (token: string) => unknown) {
  const asked: string[] = [];
  const clock = new FakeClock();
  const client = {
    create: async <T>(path: string, body: unknown): Promise<T> => {
      expect(path).toBe("/apis/authentication.k8s.io/v1/tokenreviews");
      const { token } = (body as { spec: { token: string } }).spec;
      asked.push(token);
      const result = answer(token);
      if (result instanceof Error) throw result;
      return { status: result } as T;
    },
  };
  return { asked, clock, authenticator: createAuthenticator({ client, clock, logger: silentLogger }) };
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe("authenticator", () => {
  it("takes CN for the user and each O for a group, without asking anybody", async () => {
    const { asked, authenticator } = setUp(() => ({}));
    const verifiedSubject = { CN: "admin", O: ["system:masters", "x"] };
    expect(await authenticator.authenticate({ verifiedSubject, ...bearer("t") }, signal)).toEqual({
      username: "admin",
      groups: ["system:masters", "x", "system:authenticated"],
    });
    expect(await authenticator.authenticate({ verifiedSubject: { CN: "b", O: "y" } }, signal)).toMatchObject({
      groups: ["y", "system:authenticated"],
    });
    expect(asked).toEqual([]);
  });

  it("trusts no certificate without one name", async () => {
    const { authenticator } = setUp(() => ({}));
    for (const CN of [undefined, "", ["a", "b"]]) {
      expect(await authenticator.authenticate({ verifiedSubject: { CN, O: "o" } }, signal)).toBeUndefined();
    }
  });

  it("reviews a token once in two minutes", async () => {
    const user = { username: "u", uid: "1", groups: ["g"], extra: { scope: ["s"] } };
    const { asked, clock, authenticator } = setUp(() => ({ authenticated: true, user }));
    const identity = { ...user, groups: ["g", "system:authenticated"] };
    expect(await authenticator.authenticate({ authorization: "bearer  t1" }, signal)).toEqual(identity);
    await clock.advance(119_999);
    expect(await authenticator.authenticate(bearer("t1"), signal)).toEqual(identity);
    expect(asked).toEqual(["t1"]);
    await clock.advance(2);
    await authenticator.authenticate(bearer("t1"), signal);
    await authenticator.authenticate(bearer("t2"), signal);
    expect(asked).toEqual(["t1", "t1", "t2"]);
  });

  it("refuses what the review refuses, remembered as well", async () => {
    const { asked, authenticator } = setUp((token) =>
      token === "anonymous"
        ? { authenticated: true, user: {} }
        : { authenticated: false, user: { username: "u" } },
    );
    expect(await authenticator.authenticate(bearer("bad"), signal)).toBeUndefined();
    expect(await authenticator.authenticate(bearer("bad"), signal)).toBeUndefined();
    expect(await authenticator.authenticate(bearer("anonymous"), signal)).toBeUndefined();
    expect(asked).toEqual(["bad", "anonymous"]);
  });

  it("refuses, but does not remember, when nobody can be asked", async () => {
    let down = true;
    const { authenticator } = setUp(() =>
      down ? new Error("no connection") : { authenticated: true, user: { username: "u" } },
    );
    expect(await authenticator.authenticate(bearer("t"), signal)).toBeUndefined();
    down = false;
    expect(await authenticator.authenticate(bearer("t"), signal)).toMatchObject({ username: "u" });
  });

  it.each([
    {},
    { authorization: "Basic dTpw" },
    { authorization: "Bearer" },
    { authorization: "Bearer a b" },
    bearer("x".repeat(70_000)),
  ])("asks nobody about %#", async (credentials) => {
    const { asked, authenticator } = setUp(() => ({ authenticated: true, user: { username: "u" } }));
    expect(await authenticator.authenticate(credentials, signal)).toBeUndefined();
    expect(asked).toEqual([]);
  });
});
