import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { parse } from "yaml";
import { z } from "zod";
import { UsageError } from "../cli-error.ts";

/** What the loader of @kubernetes/client-node leaves out of a kubeconfig. */
const tokenFiles = z.object({
  users: z
    .array(z.object({ name: z.string(), user: z.object({ tokenFile: z.string().optional() }).nullish() }))
    .nullish(),
});

/**
 * The kubeconfig at `path`, or the one that kubectl finds. A user's `tokenFile` is read again when it has changed, at
 * most a minute later, so that the token may be one that expires. Throws a {@link UsageError} of one line.
 */
export function loadKubeConfig(
  path: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): KubeConfig {
  const config = new KubeConfig();
  try {
    if (path === undefined) config.loadFromDefault();
    else config.loadFromFile(path);
    for (const file of path === undefined ? defaultFiles(environment) : [path]) useTokenFiles(config, file);
  } catch (error) {
    const [why] = (error as Error).message.split("\n");
    throw new UsageError(`kubeconfig: ${path ?? "default"}: ${why}`, { cause: error });
  }
  return config;
}

function defaultFiles(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const listed = environment["KUBECONFIG"]?.split(delimiter).filter((file) => file !== "") ?? [];
  return (listed.length > 0 ? listed : [join(homedir(), ".kube", "config")]).filter((file) =>
    existsSync(file),
  );
}

/** As client-go does, the file goes before a token that stands beside it. */
function useTokenFiles(config: KubeConfig, file: string): void {
  const { users } = tokenFiles.parse(parse(readFileSync(file, "utf8")) ?? {});
  const found = new Map(users?.map(({ name, user }) => [name, user?.tokenFile]));
  config.users = config.users.map((user) => {
    const given = found.get(user.name);
    if (given === undefined) return user;
    const { token: _, ...rest } = user;
    const tokenFile = resolve(dirname(file), given);
    return { ...rest, authProvider: { name: "tokenFile", config: { tokenFile } } };
  });
}
