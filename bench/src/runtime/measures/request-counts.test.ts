import { expect, it } from "vitest";
import {
  eventWrites,
  parseRequestCounts,
  podWrites,
  requestsBetween,
  withoutDriver,
} from "./request-counts.ts";

const metrics = `# TYPE apiserver_request_total counter
apiserver_request_total{code="201",resource="pods",subresource="",verb="POST"} 3
apiserver_request_total{code="409",resource="pods",subresource="",verb="POST"} 1
apiserver_request_total{code="200",resource="pods",subresource="status",verb="PATCH"} 7
apiserver_request_total{code="201",resource="events",subresource="",verb="POST"} 2
apiserver_request_total{code="200",resource="endpointslices",subresource="",verb="GET"} 99
apiserver_request_duration_seconds_count{resource="pods",verb="POST"} 4
`;

it("requests are counted by verb and resource, whatever their outcome, and those of nodes alone", () => {
  expect(Object.fromEntries(parseRequestCounts(metrics))).toEqual({
    "POST pods": 4,
    "PATCH pods/status": 7,
    "POST events": 2,
  });
});

it("what changed between two readings is left, without what the driver sent", () => {
  const before = parseRequestCounts(metrics);
  const after = new Map([
    ...before,
    ["POST pods", 14],
    ["DELETE pods", 10],
    ["PATCH pods/status", 9],
  ] as const);
  const between = requestsBetween(before, after);
  expect(Object.fromEntries(between)).toEqual({ "POST pods": 10, "DELETE pods": 10, "PATCH pods/status": 2 });
  const own = withoutDriver(between, { "POST pods": 10, "DELETE pods": 4 });
  expect(Object.fromEntries(own)).toEqual({ "DELETE pods": 6, "PATCH pods/status": 2 });
  expect(podWrites(own)).toBe(8);
  expect(eventWrites(before)).toBe(2);
});
