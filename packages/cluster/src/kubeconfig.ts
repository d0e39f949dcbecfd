import { stringify } from "yaml";

/** A kubeconfig (YAML) with one cluster, user and context. */
export function makeKubeconfig(options: {
  readonly url: string;
  readonly caPem: string;
  readonly token: string;
  readonly user: string;
}): string {
  const name = "vkubelet";
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name,
        cluster: {
          server: options.url,
          "certificate-authority-data": Buffer.from(options.caPem).toString("base64"),
        },
      },
    ],
    users: [{ name: options.user, user: { token: options.token } }],
    contexts: [{ name, context: { cluster: name, user: options.user, namespace: "default" } }],
    "current-context": name,
  });
}
