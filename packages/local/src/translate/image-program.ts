/** What stands in for an image whose container names no command. */
export interface ImageProgram {
  /** In place of the image's ENTRYPOINT and CMD: a program of this machine and its first arguments. */
  readonly command: readonly string[];
}

/** Programs by the image's name as pods write it, with or without its tag and digest; `*` stands for any text. */
export type ImagePrograms = Readonly<Record<string, ImageProgram>>;

/** The program for an image: an exact name goes before a pattern, and of patterns the first that fits counts. */
export function programOf(image: string, programs: ImagePrograms): ImageProgram | undefined {
  const names = [image, image.replace(/@.*$/, ""), withoutTag(image)];
  for (const name of names) if (Object.hasOwn(programs, name)) return programs[name];
  return Object.entries(programs).find(([pattern]) => names.some((name) => fits(name, pattern)))?.[1];
}

function withoutTag(image: string): string {
  return image.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
}

function fits(name: string, pattern: string): boolean {
  const literal = (text: string) => text.replace(/[\\^$.|?+()[\]{}]/g, "\\$&");
  return new RegExp(`^${pattern.split("*").map(literal).join(".*")}$`, "s").test(name);
}
