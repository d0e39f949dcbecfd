import { X509Certificate } from "node:crypto";
import { formatTime, type Json } from "../api/objects.ts";
import type { CertificateAuthority } from "../pki/certificate-authority.ts";
import { type Controller, type ControllerContext, splitKey } from "./controller.ts";

/** Signers that this controller acts for, and what their certificates are good for. */
const usages: ReadonlyMap<string, "server" | "client"> = new Map([
  ["kubernetes.io/kubelet-serving", "server"],
  ["kubernetes.io/kube-apiserver-client", "client"],
  ["kubernetes.io/kube-apiserver-client-kubelet", "client"],
]);

/** Signs approved certificate requests with the cluster's CA. Approving is left to an administrator, as in Kubernetes. */
export function certificateSigner(context: ControllerContext, authority: CertificateAuthority): Controller {
  const { registry, clock } = context;
  const type = registry.types.require("certificates.k8s.io", "certificatesigningrequests");
  const has = (object: Json, kind: string) =>
    (object.status?.conditions ?? []).some((entry: Json) => entry.type === kind);

  async function sign(pem: string, usage: "server" | "client"): Promise<Json> {
    try {
      const certificate = await authority.signRequest(pem, usage);
      return { certificate: Buffer.from(new X509Certificate(certificate).toString()).toString("base64") };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const time = formatTime(clock.now());
      return {
        failed: {
          type: "Failed",
          status: "True",
          reason: "SignerValidationFailure",
          message,
          lastUpdateTime: time,
          lastTransitionTime: time,
        },
      };
    }
  }

  return {
    name: "certificate-signer",
    watches: [{ type, keys: ({ object, deleted }) => (deleted ? [] : [`/${object.metadata.name}`]) }],
    async reconcile(key) {
      const request = registry.store.get(type, undefined, splitKey(key).name);
      const usage = usages.get(request?.spec?.signerName);
      if (!request || !usage || !has(request, "Approved") || has(request, "Denied") || has(request, "Failed"))
        return;
      if (request.status?.certificate) return;
      const { certificate, failed } = await sign(
        Buffer.from(request.spec.request, "base64").toString("utf8"),
        usage,
      );
      registry.mutate(
        type,
        undefined,
        request.metadata.name,
        (current) => ({
          ...current,
          status: certificate
            ? { ...current.status, certificate }
            : { ...current.status, conditions: [...(current.status?.conditions ?? []), failed] },
        }),
        { subresource: "status" },
      );
    },
  };
}
