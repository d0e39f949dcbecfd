import { expect, it } from "vitest";
import { NewsPace } from "./news-pace.ts";

/** Turns in a second in which news come every millisecond. */
function turnsIn(pace: NewsPace, from: number): number {
  let turns = 0;
  for (let now = from; now < from + 1_000; now++) {
    if (pace.wait(now) > 0) continue;
    pace.take(now);
    turns += 1;
  }
  return turns;
}

it("gives ordinary news their turn at once, and a flood a steady pace", () => {
  const pace = new NewsPace();
  expect(turnsIn(pace, 1_000_000)).toBe(40);
  expect(turnsIn(pace, 1_001_000)).toBe(1);
  // After some quiet seconds all is as before.
  expect(turnsIn(pace, 1_060_000)).toBe(40);
});

it("counts turns that news brought, and no others", () => {
  const pace = new NewsPace();
  for (let turn = 0; turn < 100; turn++) pace.take(0);
  expect(pace.wait(0)).toBe(0);
  for (let turn = 0; turn < 40; turn++) {
    pace.wait(0);
    pace.take(0);
  }
  expect(pace.wait(0)).toBe(1_000);
  expect(pace.wait(400)).toBe(600);
});
