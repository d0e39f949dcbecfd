import type { SupportTable } from "@vkubelet/pod";

/** Probes of a container: paths relative to it. Nothing at AWS runs them for a task or job of its own. */
export const probeSupport: SupportTable = [
  {
    path: "livenessProbe",
    disposition: "reject",
    reason: "nothing runs this probe here: remove it, and let the program end when it is ill",
    accepted: "the container runs until it ends by itself",
  },
  {
    path: "readinessProbe",
    disposition: "reject",
    reason: "nothing runs this probe here: remove it",
    accepted: "the container is ready as soon as it runs",
  },
  {
    path: "startupProbe",
    disposition: "reject",
    reason: "nothing runs this probe here: remove it, and let the program end when it cannot start",
    accepted: "the container counts as started as soon as it runs",
  },
];

/** Hooks of a container, likewise. */
export const hookSupport: SupportTable = [
  {
    path: "lifecycle.postStart",
    disposition: "reject",
    reason: "nothing runs hooks here: do it in the command",
    accepted: "the hook is not run",
  },
  {
    path: "lifecycle.preStop",
    disposition: "reject",
    reason: "nothing runs hooks here: let the program do it when it gets SIGTERM",
    accepted: "the hook is not run: the program gets SIGTERM at once",
  },
  {
    path: "lifecycle.stopSignal",
    disposition: "reject",
    reason: "the signal is the STOPSIGNAL of the image, else SIGTERM: set it in the image",
    accepted: "the signal is the STOPSIGNAL of the image, else SIGTERM",
  },
  {
    path: "lifecycle.stopSignal",
    disposition: "approx",
    reason: "a STOPSIGNAL of the image goes before it",
    when: (value) => value === "SIGTERM",
  },
  ...["stdin", "stdinOnce"].map((path) => ({
    path,
    disposition: "reject" as const,
    reason: "nothing can attach to the input of a container: remove it",
    accepted: "the input is at its end at once",
  })),
];
