import { readFileSync } from "node:fs";
import type { Container, ContainerState, ContainerStatus, PodSpec, RestartPolicy } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { computePhase } from "./phase.ts";

// What the kubelet's own getPhase says of every small pod; testdata/kubernetes/README.md tells how they were made.
const vectors: Record<string, string> = JSON.parse(
  readFileSync(new URL("../testdata/kubernetes/phase-vectors.json", import.meta.url), "utf8"),
);
const phases = { P: "Pending", R: "Running", S: "Succeeded", F: "Failed" } as const;
const restarting = { exitCode: 137, reason: "RestartingAllContainers" };

/** The states in the order in which the vectors count them: now, and how the instance before ended. */
const states: readonly (readonly [ContainerState, ContainerState?] | undefined)[] = [
  undefined,
  [{ waiting: {} }],
  [{ waiting: {} }, { terminated: { exitCode: 0 } }],
  [{ waiting: {} }, { terminated: { exitCode: 1 } }],
  [{ running: {} }],
  [{ running: {} }],
  [{ terminated: { exitCode: 0 } }],
  [{ terminated: { exitCode: 1 } }],
  [{ terminated: restarting }],
  [{ waiting: {} }, { terminated: restarting }],
  [{}, { terminated: { exitCode: 1 } }],
];
const startedState = 5;

function containerOf(kind: string, index: number): Container {
  const name = `c${index}`;
  const ruled = (action: string): Container => ({
    name,
    restartPolicy: "Never",
    restartPolicyRules: [{ action, exitCodes: { operator: "In", values: [1] } }],
  });
  switch (kind) {
    case "S":
      return { name, restartPolicy: "Always" };
    case "O":
      return { name, restartPolicy: "OnFailure" };
    case "N":
      return { name, restartPolicy: "Never" };
    case "R":
      return ruled("Restart");
    case "A":
      return ruled("RestartAllContainers");
    default:
      return { name };
  }
}

function statusesOf(
  containers: readonly Container[],
  chosen: ReadonlyMap<string, number>,
): ContainerStatus[] {
  return containers.flatMap(({ name }) => {
    const index = chosen.get(name) ?? 0;
    const [state, lastState] = states[index] ?? [];
    if (state === undefined) return [];
    const common = { name, image: "", imageID: "", ready: false, restartCount: 0 };
    return [{ ...common, started: index === startedState, state, ...(lastState && { lastState }) }];
  });
}

function phasesOf(shape: string, restartPolicy: RestartPolicy, deleting: boolean): string {
  const all = [...shape].map((kind, index) => ({
    init: "ISN".includes(kind),
    spec: containerOf(kind, index),
  }));
  const initContainers = all.filter(({ init }) => init).map(({ spec }) => spec);
  const containers = all.filter(({ init }) => !init).map(({ spec }) => spec);
  const spec: PodSpec = { restartPolicy, initContainers, containers };
  let text = "";
  for (let number = 0; number < states.length ** shape.length; number++) {
    const chosen = new Map(
      all.map(({ spec: { name } }, index) => [
        name,
        Math.trunc(number / states.length ** index) % states.length,
      ]),
    );
    text += computePhase({
      spec,
      initContainerStatuses: statusesOf(initContainers, chosen),
      containerStatuses: statusesOf(containers, chosen),
      terminating: deleting,
    }).charAt(0);
  }
  return text;
}

function expanded(runs: string): string {
  return [...runs.matchAll(/([PRSF])(\d+)/g)]
    .map(([, letter = "", count]) => letter.repeat(Number(count)))
    .join("");
}

describe("computePhase", () => {
  it("P1 to P6: says of every pod of up to three containers what the kubelet says", () => {
    const cases = Object.entries(vectors);
    expect(cases.length).toBeGreaterThan(100);
    expect(Object.keys(phases).sort()).toEqual(
      [...new Set(cases.flatMap(([, runs]) => runs.replace(/\d+/g, "").split("")))].sort(),
    );
    for (const [name, runs] of cases) {
      const [shape = "", policy, deleting] = name.split(" ");
      const ours = phasesOf(shape, policy as RestartPolicy, deleting === "true");
      const theirs = expanded(runs);
      const difference = [...theirs].findIndex((letter, index) => letter !== ours[index]);
      expect(`${name}: ${difference} ${ours[difference]}/${theirs[difference]}`).toBe(
        `${name}: -1 undefined/undefined`,
      );
      expect(ours.length).toBe(theirs.length);
    }
  });
});
