import { expect, it } from "vitest";
import { latestRuns, runForLogs } from "./pod-runs.ts";

const run = (id: string, uid: string, attempt: number) => ({ id, uid, attempt });
const runs = [run("1", "a", 0), run("2", "b", 3), run("3", "a", 1), run("4", "a", 1)];
const ref = { namespace: "shop", name: "web", uid: "a", container: "main" };
const ofPod = runs.filter(({ uid }) => uid === "a");

it("finds the latest run of every pod, and of two for one attempt the first", () => {
  expect(latestRuns(runs).map(({ id }) => id)).toEqual(["3", "2"]);
  expect(latestRuns([])).toEqual([]);
});

it("reads the latest run, and with previous the attempt before", () => {
  expect(runForLogs(ofPod, ref, { previous: false }, "ECS").id).toBe("3");
  expect(runForLogs(ofPod, ref, { previous: true }, "ECS").id).toBe("1");
});

it("says what is missing", () => {
  const notFound = (message: RegExp) =>
    expect.objectContaining({ code: "NotFound", message: expect.stringMatching(message) });
  expect(() => runForLogs([], ref, { previous: false }, "ECS")).toThrow(notFound(/ECS knows no run/));
  expect(() => runForLogs([run("1", "a", 4)], ref, { previous: true }, "Batch")).toThrow(
    notFound(/Batch knows no previous run/),
  );
});
