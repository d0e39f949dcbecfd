/** What stands in for an image: nothing is pulled, and what an image tells about itself is told here. */
export interface LocalImage {
  /**
   * Absolute path of a directory of this machine that is the root of the container's file system. It stays as it is: what
   * a container writes lies in the provider's directory and goes with it. Absent: this machine's own root.
   */
  readonly root?: string | undefined;
  /** In place of the image's ENTRYPOINT and CMD, for containers that name no command: a program and its first arguments. */
  readonly command?: readonly string[] | undefined;
  /** In place of the image's WORKDIR. Absent: `/`. */
  readonly workingDir?: string | undefined;
  /** In place of the image's USER: `user` or `user:group`, each a number, or a name by the root's `/etc/passwd` and `/etc/group`. */
  readonly user?: string | undefined;
  /** In place of the image's ENV; a container's own variables go before. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** What stands in by the image's name as pods write it, with or without its tag and digest; `*` stands for any text. */
export type LocalImages = Readonly<Record<string, LocalImage>>;

/** What stands in for an image: an exact name goes before a pattern, and of patterns the first that fits counts. */
export function localImage(image: string, images: LocalImages): LocalImage | undefined {
  const names = [image, image.replace(/@.*$/, ""), withoutTag(image)];
  for (const name of names) if (Object.hasOwn(images, name)) return images[name];
  return Object.entries(images).find(([pattern]) => names.some((name) => fits(name, pattern)))?.[1];
}

function withoutTag(image: string): string {
  return image.replace(/@.*$/, "").replace(/:[^/:]*$/, "");
}

function fits(name: string, pattern: string): boolean {
  const literal = (text: string) => text.replace(/[\\^$.|?+()[\]{}]/g, "\\$&");
  return new RegExp(`^${pattern.split("*").map(literal).join(".*")}$`, "s").test(name);
}
