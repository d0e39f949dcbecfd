import type { Volume } from "@vkubelet/core";
import type { LocatedContainer } from "./spec-paths.ts";

/**
 * Where the Secrets of the cluster live at AWS: `NAMESPACE/NAME` for a whole Secret, `NAMESPACE/NAME/KEY` for one key of
 * it, which goes first. A value is the ARN of a Secrets Manager secret, whose JSON has the keys of a whole Secret, or of
 * an SSM parameter, below whose name the keys of a whole Secret stand as parameters of their own.
 */
export type SecretArns = Readonly<Record<string, string>>;

/** One entry of `secrets` of a container, alike in ECS and Batch: AWS fills the variable at the start. */
export interface SecretVariable {
  readonly name: string;
  readonly valueFrom: string;
}

/** One key of a Secret of the pod's namespace. */
export interface SecretKey {
  readonly name: string;
  readonly key: string;
}

/** What `valueFrom` names for a key of a Secret (ECS developer guide, "Passing sensitive data"); undefined when unknown. */
export function secretSource(
  arns: SecretArns | undefined,
  namespace: string,
  { name, key }: SecretKey,
): string | undefined {
  const exact = arns?.[`${namespace}/${name}/${key}`];
  if (exact !== undefined) return exact;
  const whole = arns?.[`${namespace}/${name}`];
  if (whole === undefined) return undefined;
  return whole.includes(":secretsmanager:") ? `${whole}:${key}::` : `${whole}/${key}`;
}

/** The key that a variable of a container holds as it is; undefined when it is composed or its origin is not certain. */
export function secretOfVariable({ written }: LocatedContainer, variable: string): SecretKey | undefined {
  const entry = written.env?.findLast(({ name }) => name === variable);
  if (entry) {
    const reference = entry.valueFrom?.secretKeyRef;
    return reference?.name ? { name: reference.name, key: reference.key } : undefined;
  }
  const sources = (written.envFrom ?? []).flatMap(({ prefix = "", secretRef }) =>
    secretRef?.name && variable.startsWith(prefix)
      ? [{ name: secretRef.name, key: variable.slice(prefix.length) }]
      : [],
  );
  return sources.length === 1 ? sources[0] : undefined;
}

/** The key whose content a file of a volume is; undefined when its origin is not certain, or no Secret. */
export function secretOfFile(volume: Volume | undefined, path: string): SecretKey | undefined {
  const sources = [
    ...(volume?.secret ? [{ ...volume.secret, name: volume.secret.secretName }] : []),
    ...(volume?.projected?.sources ?? []).flatMap(({ secret }) => secret ?? []),
  ];
  const keys = sources.flatMap(({ name, items }) => {
    if (!name) return [];
    if (!items || items.length === 0) return [{ name, key: path }];
    return items.filter((item) => item.path === path).map(({ key }) => ({ name, key }));
  });
  const tokens = (volume?.projected?.sources ?? []).some(
    ({ serviceAccountToken }) => serviceAccountToken?.path === path,
  );
  return keys.length === 1 && !tokens ? keys[0] : undefined;
}
