/** How documents are printed. */
export const outputFormats = ["json", "yaml", "table"] as const;
export type OutputFormat = (typeof outputFormats)[number];
