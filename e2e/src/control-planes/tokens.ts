import { expect, it } from "vitest";
import { waitFor } from "../wait-for.ts";
import type { AnyObject } from "./api-client.ts";
import { type Bench, playedNode, namedPod as pod, type Space } from "./bench.ts";
import { expectRecordedAnswers } from "./recorded.ts";

const issuer = "https://kubernetes.default.svc.cluster.local";

function claimsOf(token: string): AnyObject {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}

/** Tokens of service accounts, asked for and reviewed. */
export function describeTokens(open: () => Bench): void {
  const ask = (space: Space, spec: AnyObject, metadata: AnyObject = {}) =>
    space.api.call("POST", space.path("serviceaccounts", "default", "token"), { metadata, spec });
  const review = async (space: Space, spec: AnyObject) =>
    (await space.api.post("/apis/authentication.k8s.io/v1/tokenreviews", { spec })).status;

  it("issues tokens for audiences, for a time and bound to a pod, and knows them again", async () => {
    const space = await open().namespace();
    const { uid } = (await space.create("pods", pod("a"))).metadata;
    const boundObjectRef = { apiVersion: "v1", kind: "Pod", name: "a", uid };
    const { code, body } = await ask(space, { audiences: ["vault"], expirationSeconds: 700, boundObjectRef });
    expect(code).toBe(201);
    expect(body.spec).toEqual({ audiences: ["vault"], expirationSeconds: 700, boundObjectRef });
    expect(body.metadata).toMatchObject({ name: "default", namespace: space.name });
    expect(body.metadata.uid).toBe((await space.get("serviceaccounts", "default")).metadata.uid);
    const claims = claimsOf(body.status.token);
    expect(claims).toMatchObject({
      aud: ["vault"],
      iss: issuer,
      sub: `system:serviceaccount:${space.name}:default`,
      "kubernetes.io": { namespace: space.name, pod: { name: "a", uid }, node: { name: playedNode } },
    });
    expect(claims.exp - claims.iat).toBe(700);
    const known = await review(space, { token: body.status.token, audiences: ["vault", "other"] });
    expect(known).toMatchObject({ authenticated: true, audiences: ["vault"] });
    expect(known.user).toMatchObject({
      username: `system:serviceaccount:${space.name}:default`,
      groups: ["system:serviceaccounts", `system:serviceaccounts:${space.name}`, "system:authenticated"],
    });
    expect(Object.keys(known.user.extra).sort()).toEqual(
      ["credential-id", "node-name", "node-uid", "pod-name", "pod-uid"].map(
        (name) => `authentication.kubernetes.io/${name}`,
      ),
    );
    expect(await review(space, { token: body.status.token })).not.toHaveProperty("authenticated");
    await space.delete("pods", "a", { gracePeriodSeconds: 0 });
    // The real server looks pods up in its own watch, which is a moment behind.
    await waitFor(
      "refusal of the token of a pod that is gone",
      () => review(space, { token: body.status.token, audiences: ["vault"] }),
      (status) => !("authenticated" in status),
    );
  });

  it("makes the mounted token of a pod last a year", async () => {
    const space = await open().namespace();
    await space.create("pods", pod("a"));
    const boundObjectRef = { apiVersion: "v1", kind: "Pod", name: "a" };
    const { body } = await ask(space, { expirationSeconds: 3607, boundObjectRef });
    const claims = claimsOf(body.status.token);
    expect(claims.exp - claims.iat).toBe(365 * 24 * 3600);
    expect(claims["kubernetes.io"].warnafter - claims.iat).toBe(3607);
    const self = await space.api.call(
      "POST",
      "/apis/authentication.k8s.io/v1/selfsubjectreviews",
      {},
      { token: body.status.token },
    );
    expect(self.body.status.userInfo.username).toBe(`system:serviceaccount:${space.name}:default`);
  });

  it("refuses what a token cannot be", async () => {
    const space = await open().namespace();
    await space.api.post(space.path("serviceaccounts"), { metadata: { name: "other" } });
    await space.create("pods", pod("a", { serviceAccountName: "other" }));
    const bound = (boundObjectRef: AnyObject) => ask(space, { boundObjectRef });
    const answers = [
      await ask(space, { expirationSeconds: 599 }),
      await ask(space, { expirationSeconds: 2 ** 32 + 1 }),
      await ask(space, {}, { name: "else" }),
      await ask(space, {}, { uid: "00000000-0000-0000-0000-000000000000" }),
      await bound({ apiVersion: "v1", kind: "Pod", name: "a" }),
      await bound({ apiVersion: "v1", kind: "Pod", name: "none" }),
      await bound({ apiVersion: "v1", kind: "ConfigMap", name: "a" }),
      await bound({ apiVersion: "v1", kind: "Node", name: playedNode, uid: "1" }),
      await space.api.call("POST", space.path("serviceaccounts", "none", "token"), { spec: {} }),
    ];
    await expectRecordedAnswers(space, "token-refusals", answers);
  });
}
