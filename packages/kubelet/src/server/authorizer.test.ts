import { FakeClock } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import { createAuthorizer } from "./authorizer.ts";

const { signal } = new AbortController();
const identity = { username: "u", uid: "1", groups: ["g"], extra: { scope: ["s"] } };

function setUp(allowed: Record<string, unknown>) {
  const asked: string[] = [];
  const bodies: unknown[] = [];
  const clock = new FakeClock();
  const client = {
    create: async <T>(path: string, body: unknown): Promise<T> => {
      expect(path).toBe("/apis/authorization.k8s.io/v1/subjectaccessreviews");
      const { verb, subresource } = (
        body as { spec: { resourceAttributes: { verb: string; subresource: string } } }
      ).spec.resourceAttributes;
      asked.push(`${verb} ${subresource}`);
      bodies.push(body);
      const status = allowed[subresource] ?? { allowed: false };
      if (status instanceof Error) throw status;
      return { status } as T;
    },
  };
  return { asked, bodies, clock, allowed, authorizer: createAuthorizer({ client, clock, nodeName: "n" }) };
}

describe("authorizer", () => {
  it("asks about the node by name, with the whole identity", async () => {
    const { bodies, authorizer } = setUp({ proxy: { allowed: true } });
    expect(await authorizer.authorize(identity, { verb: "get", subresources: ["proxy"] }, signal)).toBe(true);
    expect(bodies).toEqual([
      {
        apiVersion: "authorization.k8s.io/v1",
        kind: "SubjectAccessReview",
        spec: {
          user: "u",
          uid: "1",
          groups: ["g"],
          extra: { scope: ["s"] },
          resourceAttributes: {
            verb: "get",
            version: "v1",
            resource: "nodes",
            subresource: "proxy",
            name: "n",
          },
        },
      },
    ]);
  });

  it("tries the specific subresource first; one that is allowed suffices", async () => {
    const access = { verb: "get", subresources: ["pods", "proxy"] };
    const both = setUp({ pods: { allowed: true } });
    expect(await both.authorizer.authorize(identity, access, signal)).toBe(true);
    expect(both.asked).toEqual(["get pods"]);
    const one = setUp({ proxy: { allowed: true } });
    expect(await one.authorizer.authorize(identity, access, signal)).toBe(true);
    expect(one.asked).toEqual(["get pods", "get proxy"]);
    const none = setUp({ proxy: { allowed: true, denied: true } });
    expect(await none.authorizer.authorize(identity, access, signal)).toBe(false);
  });

  it("remembers yes for five minutes and no for thirty seconds", async () => {
    const { asked, clock, authorizer } = setUp({ proxy: { allowed: true } });
    const yes = { verb: "get", subresources: ["proxy"] };
    const no = { verb: "get", subresources: ["stats"] };
    await authorizer.authorize(identity, yes, signal);
    await authorizer.authorize(identity, no, signal);
    await clock.advance(29_999);
    await authorizer.authorize(identity, no, signal);
    expect(asked).toHaveLength(2);
    await clock.advance(2);
    await authorizer.authorize(identity, no, signal);
    await authorizer.authorize(identity, yes, signal);
    expect(asked).toEqual(["get proxy", "get stats", "get stats"]);
    await clock.advance(270_000);
    await authorizer.authorize(identity, yes, signal);
    expect(asked.at(-1)).toBe("get proxy");
    await authorizer.authorize({ username: "other", groups: [] }, yes, signal);
    expect(asked).toHaveLength(5);
  });

  it("rejects when nobody can be asked, and does not remember that", async () => {
    const { allowed, authorizer } = setUp({ proxy: new Error("no connection") });
    const access = { verb: "get", subresources: ["proxy"] };
    await expect(authorizer.authorize(identity, access, signal)).rejects.toThrow("no connection");
    allowed["proxy"] = { allowed: true };
    expect(await authorizer.authorize(identity, access, signal)).toBe(true);
  });
});
