import type { Volume } from "@vkubelet/core";
import { resolvedPodOf } from "@vkubelet/testing";
import { describe, expect, it } from "vitest";
import { secretOfFile, secretOfVariable, secretSource } from "./secret-references.ts";
import { locateContainers } from "./spec-paths.ts";

describe("where a key of a Secret lives", () => {
  const arns = {
    "shop/db": "arn:aws:secretsmanager:eu-west-1:1:secret:db-a1b2c3",
    "shop/api": "arn:aws:ssm:eu-west-1:1:parameter/shop/api",
    "shop/db/user": "arn:aws:ssm:eu-west-1:1:parameter/db-user",
  };

  it.each([
    ["db", "password", "arn:aws:secretsmanager:eu-west-1:1:secret:db-a1b2c3:password::"],
    ["db", "user", "arn:aws:ssm:eu-west-1:1:parameter/db-user"],
    ["api", "token", "arn:aws:ssm:eu-west-1:1:parameter/shop/api/token"],
    ["other", "token", undefined],
  ])("%s/%s", (name, key, arn) => {
    expect(secretSource(arns, "shop", { name, key })).toBe(arn);
    expect(secretSource(arns, "elsewhere", { name, key })).toBeUndefined();
  });
});

describe("which key a variable holds", () => {
  const secrets = { db: { data: { user: "dQ==" } }, api: { data: { DB_user: "dQ==" } } };
  const keyOf = (fields: object, variable: string) => {
    const pod = resolvedPodOf({ containers: [{ name: "main", image: "a", ...fields }] }, 0, { secrets });
    const [located] = locateContainers(pod);
    return located && secretOfVariable(located, variable);
  };

  it("is named by env, and found by envFrom where only one Secret can be meant", () => {
    const reference = { secretKeyRef: { name: "db", key: "user" } };
    expect(keyOf({ env: [{ name: "U", valueFrom: reference }] }, "U")).toEqual({ name: "db", key: "user" });
    const db = { prefix: "DB_", secretRef: { name: "db" } };
    expect(keyOf({ envFrom: [db] }, "DB_user")).toEqual({ name: "db", key: "user" });
    expect(keyOf({ envFrom: [db, { secretRef: { name: "api" } }] }, "DB_user")).toBeUndefined();
  });

  it("is none where the value is composed", () => {
    const env = [
      { name: "U", valueFrom: { secretKeyRef: { name: "db", key: "user" } } },
      { name: "URL", value: "db://$(U)" },
    ];
    expect(keyOf({ env }, "URL")).toBeUndefined();
  });
});

describe("which key a file holds", () => {
  it.each<[string, Partial<Volume>, object | undefined]>([
    ["user", { secret: { secretName: "db" } }, { name: "db", key: "user" }],
    ["u", { secret: { secretName: "db", items: [{ key: "user", path: "u" }] } }, { name: "db", key: "user" }],
    [
      "user",
      { projected: { sources: [{ configMap: { name: "c" } }, { secret: { name: "db" } }] } },
      { name: "db", key: "user" },
    ],
    ["user", { projected: { sources: [{ secret: { name: "a" } }, { secret: { name: "b" } }] } }, undefined],
    ["token", { projected: { sources: [{ serviceAccountToken: { path: "token" } }] } }, undefined],
  ])("%s of %j", (path, volume, key) => {
    expect(secretOfFile({ name: "v", ...volume }, path)).toEqual(key);
  });
});
