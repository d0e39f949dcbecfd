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

/** The first subnet of moto's default VPC, asked over EC2's query protocol. */
export async function motoSubnet(endpoint: string): Promise<string> {
  const reply = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      authorization:
        "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=0",
    },
    body: "Action=DescribeSubnets&Version=2016-11-15",
  });
  const subnet = /<subnetId>(subnet-[0-9a-f]+)</.exec(await reply.text())?.[1];
  if (subnet === undefined) throw new Error(`moto at ${endpoint} has no subnet`);
  return subnet;
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
