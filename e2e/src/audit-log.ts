import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { AnyObject } from "./behaviours/objects.ts";

/** What an API server is asked for, as it writes it down itself. */
export interface AuditLog extends AsyncDisposable {
  /** Command line arguments of the API server. */
  readonly arguments: readonly string[];
  /** What a user asked for, each as `verb resource`, with the codes of the answers. */
  requestsOf(user: string): Promise<ReadonlyMap<string, ReadonlySet<number>>>;
}

/** Nothing is written before an API server is started with the arguments. */
export async function prepareAuditLog(): Promise<AuditLog> {
  const folder = await mkdtemp(join(tmpdir(), "vkubelet-audit-"));
  const [policy, log] = [join(folder, "policy.yaml"), join(folder, "audit.log")];
  const rules = [{ level: "Metadata", omitStages: ["RequestReceived", "ResponseStarted"] }];
  await writeFile(policy, JSON.stringify({ apiVersion: "audit.k8s.io/v1", kind: "Policy", rules }));
  return {
    arguments: [`--audit-policy-file=${policy}`, `--audit-log-path=${log}`],
    requestsOf: async (name) => {
      const requests = new Map<string, Set<number>>();
      for (const line of (await readFile(log, "utf8")).split("\n").filter((text) => text !== "")) {
        const { user, verb, objectRef, responseStatus } = JSON.parse(line) as AnyObject;
        if (user.username !== name || objectRef === undefined) continue;
        const { resource, subresource } = objectRef;
        const request = `${verb} ${[resource, subresource].filter(Boolean).join("/")}`;
        requests.set(request, (requests.get(request) ?? new Set()).add(responseStatus?.code));
      }
      return requests;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What the roles of a manifest allow, each as `verb resource`. */
export function grantedBy(manifest: string): ReadonlySet<string> {
  const roles = parseAllDocuments(manifest).map((document): AnyObject => document.toJS());
  return new Set(
    roles.flatMap(({ rules = [] }) =>
      rules.flatMap(({ resources, verbs }: AnyObject) =>
        resources.flatMap((resource: string) => verbs.map((verb: string) => `${verb} ${resource}`)),
      ),
    ),
  );
}
