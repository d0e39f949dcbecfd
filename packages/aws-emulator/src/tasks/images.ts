import type { ContainerPlan } from "./container-plan.ts";

/** What an image would run by itself. */
export interface ImageConfiguration {
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
}

/** How names of images are understood; see `AwsEmulatorOptions`. */
export interface Images {
  readonly lookUp: ((image: string) => ImageConfiguration | undefined) | undefined;
  readonly strict: boolean;
}

/** Images of this registry are never found. */
export const missingRegistry = "missing.invalid";

/** The words of the process, or why the image cannot be had. */
export type ResolvedCommand = { readonly argv: readonly string[] } | { readonly pullError: string };

/**
 * The command line of a container. An `entryPoint` of the container sets aside both entrypoint and command of the
 * image, a `command` only the image's command (Docker's rule, to which ECS refers for both fields).
 */
export function resolveCommand(images: Images, plan: ContainerPlan): ResolvedCommand {
  const known = images.lookUp?.(plan.image);
  const host = plan.image.split("/")[0]?.split(":")[0];
  if (host === missingRegistry || (known === undefined && images.strict)) {
    return pullError(plan.image, "not found");
  }
  const entryPoint = plan.entryPoint ?? known?.entrypoint ?? [];
  const command = plan.command ?? (plan.entryPoint ? [] : (known?.command ?? []));
  const argv = [...entryPoint, ...command];
  if (argv.length > 0) return { argv };
  return pullError(
    plan.image,
    "images do not run on this emulator: give the container a command, or the emulator the image's entrypoint (option images)",
  );
}

/** The text of ECS (developer guide, "CannotPullContainer task errors"). */
function pullError(image: string, why: string): ResolvedCommand {
  return {
    pullError: `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: ${why}`,
  };
}
