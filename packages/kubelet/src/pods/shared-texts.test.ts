import type { Pod } from "@vkubelet/core";
import { expect, it } from "vitest";
import { SharedTexts } from "./shared-texts.ts";

const pod = (number: number): Pod => ({
  metadata: { name: `p-${number}`, creationTimestamp: "2026-01-01T00:00:00Z" },
  spec: {
    serviceAccountName: "default",
    containers: [{ name: "main", image: `registry.example/app:${number}` }],
  },
  status: {
    conditions: [{ type: "Ready", status: "True", lastTransitionTime: "2026-01-01T00:00:00Z" }],
    containerStatuses: [
      {
        name: "main",
        image: `registry.example/app:${number}`,
        imageID: "",
        ready: true,
        restartCount: 0,
        state: { running: { startedAt: "2026-01-01T00:00:00Z" } },
      },
    ],
  },
});

it("leaves pods as they are, however many texts they have", () => {
  const texts = new SharedTexts();
  for (let number = 0; number < 5_000; number++) {
    const shared = pod(number);
    texts.shareIn(shared);
    expect(shared).toEqual(pod(number));
  }
});

it("takes a pod that lacks everything", () => {
  const empty: Pod = {};
  new SharedTexts().shareIn(empty);
  expect(empty).toEqual({});
});
