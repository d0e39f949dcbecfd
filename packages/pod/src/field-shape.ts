/**
 * The known fields of a piece of JSON: what is an object with which fields, a list, a map with free keys, or opaque
 * (a scalar, or anything whose inside is not looked at).
 */
export type FieldShape =
  | { readonly kind: "object"; readonly fields: ReadonlyMap<string, FieldShape>; readonly default?: unknown }
  | { readonly kind: "list"; readonly element: FieldShape }
  | { readonly kind: "map" }
  | { readonly kind: "opaque"; readonly default?: unknown };

/** A default that depends on the neighbours of the field: whether `value`, found in `owner`, is what the API fills in. */
export type DefaultRule = (value: unknown, owner: Readonly<Record<string, unknown>>) => boolean;

/** A field of which no more is known than that it exists. */
export const opaque: FieldShape = { kind: "opaque" };

/** A map with free keys and scalar values, such as labels. */
export const map: FieldShape = { kind: "map" };

/** A list whose elements all look alike. */
export function list(element: FieldShape): FieldShape {
  return { kind: "list", element };
}

/**
 * An object. `names` are its scalar fields, separated by blanks; a name that ends in `[]` is a list of scalars, one in
 * `{}` a map. `nested` are the others. `defaults` are the values that the API server fills in, or that mean the same as
 * leaving the field out; a function is a {@link DefaultRule}.
 */
export function object(
  names: string,
  nested: Readonly<Record<string, FieldShape>> = {},
  defaults: Readonly<Record<string, unknown>> = {},
): FieldShape {
  const fields = new Map<string, FieldShape>();
  for (const name of names.split(" ")) {
    if (name === "") continue;
    if (name.endsWith("[]")) fields.set(name.slice(0, -2), list(opaque));
    else if (name.endsWith("{}")) fields.set(name.slice(0, -2), map);
    else fields.set(name, opaque);
  }
  for (const [name, shape] of Object.entries(nested)) fields.set(name, shape);
  for (const [name, value] of Object.entries(defaults)) {
    const shape = fields.get(name);
    if (shape?.kind === "object" || shape?.kind === "opaque") fields.set(name, { ...shape, default: value });
  }
  return { kind: "object", fields };
}
