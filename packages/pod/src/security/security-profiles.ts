import type { Pod } from "@vkubelet/core";
import {
  type Effective,
  listValue,
  numberValue,
  objectValue,
  optionalValue,
  type ReadValue,
  textValue,
} from "./security-value.ts";

/** `RuntimeDefault`, `Unconfined`, or `Localhost` with the profile's name on the node. */
export interface SecurityProfile {
  readonly type: string;
  readonly localhostProfile?: string;
}

/** Capabilities by their names without `CAP_`, as written. */
export interface Capabilities {
  readonly add: readonly string[];
  readonly drop: readonly string[];
}

/** Only the fields that are written. */
export interface SeLinuxOptions {
  readonly user?: string;
  readonly role?: string;
  readonly type?: string;
  readonly level?: string;
}

export const profileValue: ReadValue<SecurityProfile> = objectValue((fields, path) => {
  const { type, localhostProfile } = fields;
  const profile = optionalValue(localhostProfile, `${path}.localhostProfile`, textValue);
  return {
    type: textValue(type, `${path}.type`),
    ...(profile !== undefined && { localhostProfile: profile }),
  };
});

export const capabilitiesValue: ReadValue<Capabilities> = objectValue(({ add, drop }, path) => ({
  add: listValue(textValue)(add, `${path}.add`),
  drop: listValue(textValue)(drop, `${path}.drop`),
}));

export const seLinuxValue: ReadValue<SeLinuxOptions> = objectValue((fields, path) =>
  Object.fromEntries(
    ["user", "role", "type", "level"].flatMap((name) => {
      const value = optionalValue(fields[name], `${path}.${name}`, textValue);
      return value ? [[name, value]] : [];
    }),
  ),
);

export const sysctlsValue: ReadValue<readonly { readonly name: string; readonly value: string }[]> =
  listValue(
    objectValue(({ name, value }, path) => ({
      name: textValue(name, `${path}.name`),
      // The API server takes a setting without a value for an empty one.
      value: value === undefined ? "" : textValue(value, `${path}.value`),
    })),
  );

export const groupsValue: ReadValue<readonly number[]> = listValue(numberValue);

const appArmorAnnotation = "container.apparmor.security.beta.kubernetes.io/";

/** The AppArmor profile of a container by annotation, the form before 1.30 that static pods may still have. */
export function annotatedAppArmorProfile(
  pod: Pod,
  container: string,
): Effective<SecurityProfile> | undefined {
  const key = `${appArmorAnnotation}${container}`;
  const text = pod.metadata?.annotations?.[key];
  const path = `metadata.annotations[${key}]`;
  if (text === "runtime/default") return { value: { type: "RuntimeDefault" }, path };
  if (text === "unconfined") return { value: { type: "Unconfined" }, path };
  if (!text?.startsWith("localhost/")) return undefined;
  return { value: { type: "Localhost", localhostProfile: text.slice("localhost/".length) }, path };
}
