import { commonSupport, defineTranslator, type SupportTable, type Translator } from "@vkubelet/pod";

export interface ToyOptions {
  readonly largestPort: number;
}

export interface ToyRequests {
  readonly images: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
}

const support: SupportTable = [
  ...commonSupport,
  ...["name", "image", "ports", "env", "resources", "volumeMounts"].map((field) => ({
    path: `spec.containers[].${field}`,
    disposition: "exact" as const,
    reason: "",
  })),
  { path: "spec.volumes", disposition: "exact", reason: "" },
  { path: "spec.containers[].readinessProbe", disposition: "reject", reason: "no probes here" },
  { path: "spec.restartPolicy", disposition: "approx", reason: "restarts by day only" },
];

/** Runs images, with ports up to a limit. */
export const toyTranslator: Translator<ToyOptions, ToyRequests> = defineTranslator({
  backend: "toy",
  support: () => support,
  map(pod, { largestPort }, account) {
    for (const [index, { ports = [] }] of (pod.pod.spec?.containers ?? []).entries()) {
      const port = ports.findIndex(({ containerPort }) => containerPort > largestPort);
      if (port >= 0) account.reject(`spec.containers[${index}].ports[${port}].containerPort`, "is too large");
    }
    const variables = pod.containers.flatMap(({ env }) =>
      env.map(({ name, value }) => [name, value.parts.join("")] as const),
    );
    return { images: pod.containers.map(({ image }) => image), variables: Object.fromEntries(variables) };
  },
  operations: ({ images }) => images.map((image) => ({ operation: "Run", input: { image } })),
});
