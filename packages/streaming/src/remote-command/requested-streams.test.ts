import { expect, it } from "vitest";
import { requestedStreams } from "./requested-streams.ts";

const of = (query: string) => requestedStreams(new URLSearchParams(query));

it("takes what the API server asks a kubelet, and what clients ask the API server", () => {
  const all = { stdin: true, stdout: true, stderr: true, tty: false };
  expect(of("input=1&output=1&error=1")).toEqual(all);
  expect(of("stdin=true&stdout=true&stderr=true")).toEqual(all);
  expect(of("stdout=1")).toEqual({ stdin: false, stdout: true, stderr: false, tty: false });
});

it("has no stderr beside a terminal, and refuses what has no stream", () => {
  expect(of("output=1&error=1&tty=1")).toEqual({ stdin: false, stdout: true, stderr: false, tty: true });
  expect(of("error=1&tty=1")).toBeUndefined();
  expect(of("input=true&output=0")).toBeUndefined();
  expect(of("")).toBeUndefined();
});
