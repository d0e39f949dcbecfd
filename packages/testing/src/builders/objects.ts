import type { ConfigMap, Secret, Service } from "@vkubelet/core";

/** A ConfigMap with these texts; namespace `default` unless another is given. */
export function configMapOf(
  name: string,
  data: Readonly<Record<string, string>>,
  namespace = "default",
): ConfigMap & { readonly kind: "ConfigMap" } {
  return { ...named("v1", "ConfigMap", name, namespace), data: { ...data } };
}

/** A Secret with these texts, as they are before the API encodes them; namespace `default` unless another is given. */
export function secretOf(
  name: string,
  texts: Readonly<Record<string, string>>,
  namespace = "default",
): Secret & { readonly kind: "Secret" } {
  const data = Object.entries(texts).map(([key, text]) => [key, base64(text)] as const);
  return { ...named("v1", "Secret", name, namespace), type: "Opaque", data: Object.fromEntries(data) };
}

/** A Service on these ports by name; an unnamed one has the name "". Namespace `default` unless another is given. */
export function serviceOf(
  name: string,
  ports: Readonly<Record<string, number>>,
  namespace = "default",
): Service & { readonly kind: "Service" } {
  return {
    ...named("v1", "Service", name, namespace),
    spec: {
      ports: Object.entries(ports).map(([portName, port]) => ({
        ...(portName !== "" && { name: portName }),
        port,
        protocol: "TCP",
      })),
    },
  };
}

function named<Kind extends string>(apiVersion: string, kind: Kind, name: string, namespace: string) {
  return { apiVersion, kind, metadata: { name, namespace } };
}

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
}
