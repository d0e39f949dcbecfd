export function bundleForBrowsers(
  program: string,
  options: { readonly packages: readonly string[]; readonly globalName?: string },
): Promise<string>;
export function gzippedSize(name: string, packages: readonly string[]): Promise<number>;
export function dependenciesOf(name: string): {
  readonly foreign: readonly string[];
  readonly packages: readonly string[];
};
