import { type PodContext, type PodNotice, type ResolvedPod, silentLogger, systemClock } from "@vkubelet/core";

/** A context whose record lives in memory, as a host would keep it. */
export function podContext(): PodContext & {
  readonly entries: Record<string, string>;
  readonly notices: PodNotice[];
} {
  const entries: Record<string, string> = {};
  const notices: PodNotice[] = [];
  return {
    signal: AbortSignal.timeout(60_000),
    logger: silentLogger,
    clock: systemClock,
    entries,
    notices,
    notify: (notice) => notices.push(notice),
    record: {
      read: () => (Object.keys(entries).length === 0 ? undefined : { ...entries }),
      write: async (changes) => {
        for (const [key, value] of Object.entries(changes)) {
          if (value === null) delete entries[key];
          else entries[key] = value;
        }
      },
    },
  };
}

/** A pod of one container, resolved. */
export function simplePod(
  uid: string,
  container: {
    readonly image: string;
    readonly command?: readonly string[];
    readonly args?: readonly string[];
  },
  attempt = 0,
): ResolvedPod {
  const values = (list: readonly string[]) => list.map((text) => ({ parts: [text], secret: false }));
  return {
    ref: { namespace: "default", name: "one", uid },
    attempt,
    pod: {
      metadata: { namespace: "default", name: "one", uid },
      spec: { restartPolicy: "Never", containers: [{ name: "main", ...container }] },
    },
    initContainers: [],
    containers: [
      {
        name: "main",
        kind: "main",
        image: container.image,
        imagePullPolicy: "IfNotPresent",
        ...(container.command ? { command: values(container.command) } : {}),
        ...(container.args ? { args: values(container.args) } : {}),
        env: [{ name: "GREETING", value: { parts: ["hello"], secret: false }, source: "literal" }],
        resources: { requests: {}, limits: {} },
        mounts: [],
        restartPolicy: "Never",
      },
    ],
    volumes: [],
    pullCredentials: [],
    restartPolicy: "Never",
    terminationGracePeriodSeconds: 30,
    hostname: "one",
  };
}

/** One call of a service that speaks the query protocol; gives the text of an element of the answer. */
async function motoQuery(
  endpoint: string,
  service: string,
  parameters: Readonly<Record<string, string>>,
  element: string,
): Promise<string> {
  const reply = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: new URLSearchParams(parameters).toString(),
  });
  const text = await reply.text();
  const value = new RegExp(`<${element}>([^<]+)<`).exec(text)?.[1];
  if (value === undefined) throw new Error(`moto ${parameters["Action"]}: ${reply.status} ${text}`);
  return value;
}

/** The first subnet of moto's default VPC. */
export function motoSubnet(endpoint: string): Promise<string> {
  return motoQuery(endpoint, "ec2", { Action: "DescribeSubnets", Version: "2016-11-15" }, "subnetId");
}

/** Creates a role, which moto wants to see before it makes a compute environment. Gives its ARN. */
export function motoRole(endpoint: string, name: string): Promise<string> {
  const parameters = { Action: "CreateRole", Version: "2010-05-08", RoleName: name };
  return motoQuery(endpoint, "iam", { ...parameters, AssumeRolePolicyDocument: "{}" }, "Arn");
}

/** Posts one setting to moto's own API. */
export async function motoSetting(endpoint: string, path: string, body: unknown): Promise<void> {
  const reply = await fetch(`${endpoint}/moto-api/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(`moto ${path}: ${reply.status} ${await reply.text()}`);
}
