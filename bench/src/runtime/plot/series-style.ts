import { element } from "./svg.ts";

type Shape = "circle" | "diamond" | "triangle" | "square";

/** How a subject is drawn: by colour and by shape, so that neither alone has to be told apart. */
export interface SeriesStyle {
  /** Class of the style sheet that gives the colour. */
  readonly colour: string;
  readonly shape: Shape;
  readonly dashed: boolean;
}

const known: Readonly<Record<string, SeriesStyle>> = {
  floor: { colour: "grey", shape: "diamond", dashed: true },
  "bare-floor": { colour: "grey", shape: "square", dashed: true },
  vkubelet: { colour: "blue", shape: "circle", dashed: false },
  "vkubelet-lagging": { colour: "blue", shape: "square", dashed: true },
  kwok: { colour: "orange", shape: "triangle", dashed: false },
  "go-virtual-kubelet": { colour: "green", shape: "square", dashed: false },
};
const unknown: SeriesStyle = { colour: "purple", shape: "circle", dashed: false };

/** A subject always looks the same, whatever it is measured with. */
export function seriesStyle(subject: string): SeriesStyle {
  return known[subject] ?? unknown;
}

/** Colours on a light ground and, second, on a dark one. */
const colours: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  grey: ["#57606a", "#a4acb4"],
  blue: ["#0063b1", "#58a6ff"],
  orange: ["#b54708", "#f0a04b"],
  green: ["#0f7b57", "#3fb98a"],
  purple: ["#8250df", "#c297ff"],
};

/** Rules of the style sheet for all colours, light or dark. */
export function colourRules(ground: "light" | "dark"): string {
  return Object.entries(colours)
    .map(([name, [light, dark]]) => {
      const colour = ground === "light" ? light : dark;
      return `.${name} { stroke: ${colour}; fill: ${colour}; }`;
    })
    .join("\n");
}

/** The mark of a measured value, with its middle at a place. */
export function mark({ colour, shape }: SeriesStyle, x: number, y: number, ...content: string[]): string {
  const shared = { class: `mark ${colour}` };
  if (shape === "circle") return element("circle", { ...shared, cx: x, cy: y, r: 4.5 }, ...content);
  const corners: Readonly<Record<Exclude<Shape, "circle">, readonly (readonly [number, number])[]>> = {
    diamond: [...[[0, -5.5] as const, [5.5, 0] as const], ...[[0, 5.5] as const, [-5.5, 0] as const]],
    triangle: [[0, -5.2] as const, [5, 4] as const, [-5, 4] as const],
    square: [...[[-4, -4] as const, [4, -4] as const], ...[[4, 4] as const, [-4, 4] as const]],
  };
  const points = corners[shape].map(([right, down]) => `${tenths(x + right)},${tenths(y + down)}`).join(" ");
  return element("polygon", { ...shared, points }, ...content);
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
