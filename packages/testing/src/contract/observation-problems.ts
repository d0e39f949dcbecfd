import type { ContainerObservation, PodObservation, ResolvedPod } from "@vkubelet/core";

/** What is wrong with the form of an observation, as sentences. */
export function observationProblems(observation: PodObservation, pod: ResolvedPod): readonly string[] {
  const names = observation.containers.map(({ name }) => name);
  const known = new Set([...pod.initContainers, ...pod.containers].map(({ name }) => name));
  return [
    ...names.filter((name) => !known.has(name)).map((name) => `the pod has no container ${name}`),
    ...names
      .filter((name, index) => names.indexOf(name) !== index)
      .map((name) => `${name} stands there twice`),
    ...observation.containers.flatMap(containerProblems),
    ...addressProblems("podIPs", observation.podIPs),
    ...addressProblems("hostIPs", observation.hostIPs),
    ...(Number.isFinite(observation.version) ? [] : [`version ${observation.version} is no number`]),
    ...(observation.attempt === pod.attempt ? [] : [`attempt ${observation.attempt} is not ${pod.attempt}`]),
  ];
}

/** All times of an observation. */
export function timesOf({ startedAt, containers }: PodObservation): readonly string[] {
  const times = containers.flatMap(({ state, lastTermination }) => [
    ...(state.type === "running" ? [state.startedAt] : []),
    ...(state.type === "terminated" ? [state.startedAt, state.finishedAt] : []),
    lastTermination?.startedAt,
    lastTermination?.finishedAt,
  ]);
  return [startedAt, ...times].filter((time) => time !== undefined);
}

function containerProblems({ name, state, restartCount }: ContainerObservation): readonly string[] {
  const problems: string[] = [];
  if (!Number.isInteger(restartCount) || restartCount < 0)
    problems.push(`${name}: restartCount ${restartCount}`);
  if (state.type !== "terminated") return problems;
  const { exitCode, signal } = state;
  if (!Number.isInteger(exitCode) || exitCode < 0 || exitCode > 255)
    problems.push(`${name}: exitCode ${exitCode}`);
  if (signal !== undefined && exitCode !== 128 + signal) {
    problems.push(`${name}: exitCode ${exitCode} does not belong to signal ${signal}`);
  }
  return problems;
}

function addressProblems(what: string, addresses: readonly string[] = []): readonly string[] {
  const v6 = addresses.filter((address) => address.includes(":")).length;
  const v4 = addresses.length - v6;
  return [
    ...(v4 > 1 || v6 > 1 ? [`${what}: more than one address of a family`] : []),
    ...addresses.filter((address) => !/^[0-9a-fA-F.:]+$/.test(address)).map((one) => `${what}: ${one}`),
  ];
}
