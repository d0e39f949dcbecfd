/** Attributes of an element; numbers are rounded to tenths of a pixel. */
export type Attributes = Readonly<Record<string, string | number>>;

/** An element of SVG with content that is markup already. */
export function element(name: string, attributes: Attributes, ...content: readonly string[]): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${attributeText(value)}"`);
  if (content.length === 0) return `<${name}${written.join("")}/>`;
  return `<${name}${written.join("")}>${content.join("")}</${name}>`;
}

/** Text as the content of an element. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** A line of text at a place. */
export function label(text: string, x: number, y: number, attributes: Attributes = {}): string {
  return element("text", { x, y, ...attributes }, escaped(text));
}

function attributeText(value: string | number): string {
  if (typeof value === "number") return `${Math.round(value * 10) / 10}`;
  return escaped(value).replaceAll('"', "&quot;");
}
