import { describe, expect, it } from "vitest";
import type { AnyObject } from "./api-client.ts";
import { type Bench, template } from "./bench.ts";
import { expectRecorded, expectRecordedAnswers } from "./recorded.ts";

function pod(name: string, resources: AnyObject, more: AnyObject = {}): AnyObject {
  const { spec } = template({ containers: [{ name: "c", image: "x", resources }], ...more });
  return { metadata: { name }, spec };
}

function range(...limits: readonly AnyObject[]): AnyObject {
  return { metadata: { name: "r" }, spec: { limits } };
}

/** Limits that a namespace sets to single pods and claims. */
export function describeLimitRanges(open: () => Bench): void {
  describe.concurrent("limit ranges", () => {
    it("give containers what they do not say themselves", async () => {
      const space = await open().namespace();
      const made = await space.create(
        "limitranges",
        range({ type: "Container", max: { cpu: "2" }, default: { memory: "1024Mi" }, min: { cpu: "10m" } }),
      );
      const initContainers = [{ name: "i", image: "x", resources: { requests: { cpu: "1" } } }];
      const pods = [
        await space.create("pods", pod("silent", {}, { initContainers })),
        await space.create(
          "pods",
          pod("says", { requests: { cpu: "1", memory: "1Mi" }, limits: { cpu: "1" } }),
        ),
      ];
      const facts = pods.map(({ metadata, spec, status }) => ({
        annotations: metadata.annotations,
        init: spec.initContainers?.map(({ resources }: AnyObject) => resources),
        containers: spec.containers.map(({ resources }: AnyObject) => resources),
        qosClass: status.qosClass,
      }));
      await expectRecorded(space, "limit-defaults", { limits: made.spec.limits, pods: facts });
    });

    it("refuse pods whose containers, or which themselves, are outside of them", async () => {
      const space = await open().namespace();
      await space.create(
        "limitranges",
        range(
          {
            type: "Container",
            min: { memory: "64Mi" },
            max: { cpu: "2" },
            maxLimitRequestRatio: { cpu: "4" },
            defaultRequest: { cpu: "1", memory: "64Mi" },
            default: { cpu: "1", memory: "64Mi" },
          },
          { type: "Pod", max: { memory: "4096Mi" } },
        ),
      );
      const create = (object: AnyObject) => space.api.call("POST", space.path("pods"), object);
      const twice = ["a", "b"].map((name) => ({
        name,
        image: "x",
        resources: { limits: { memory: "2.5Gi" } },
      }));
      const answers = [
        await create(pod("good", { limits: { cpu: "2", memory: "1Gi" } })),
        await create(pod("little", { requests: { memory: "32Mi" } })),
        await create(pod("large", { limits: { cpu: "3" }, requests: { cpu: "1" } })),
        await create(pod("greedy", { limits: { cpu: "2" }, requests: { cpu: "0.3" } })),
        await create(pod("whole", {}, { containers: twice })),
        await create({ metadata: { generateName: "made-" }, spec: pod("", { limits: { cpu: "3" } }).spec }),
      ];
      expect(answers.map(({ code }) => code)).toEqual([201, 403, 403, 403, 403, 403]);
      answers[5] = { ...answers[5], body: { ...answers[5]?.body, message: "" } } as (typeof answers)[number];
      await expectRecordedAnswers(space, "limit-refusals", answers);
    });

    it("refuse claims that are too small or too large", async () => {
      const space = await open().namespace();
      await space.create(
        "limitranges",
        range({ type: "PersistentVolumeClaim", min: { storage: "1Gi" }, max: { storage: "2048Mi" } }),
      );
      const create = (name: string, storage: string) =>
        space.api.call("POST", space.path("persistentvolumeclaims"), {
          metadata: { name },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
        });
      const answers = [
        await create("good", "1Gi"),
        await create("small", "1G"),
        await create("large", "3Gi"),
      ];
      expect(answers.map(({ code }) => code)).toEqual([201, 403, 403]);
      await expectRecordedAnswers(space, "limit-claims", answers);
    });

    it("have to make sense", async () => {
      const space = await open().namespace();
      const container = (more: AnyObject) => [{ type: "Container", ...more }];
      const wrong = [
        [{ type: "Odd" }],
        [{ type: "a/b/c" }],
        [{}],
        [{ type: "Pod" }, { type: "Pod" }],
        [{ type: "Pod", default: { cpu: "1" }, defaultRequest: { cpu: "1" } }],
        [{ type: "PersistentVolumeClaim" }],
        [{ type: "PersistentVolumeClaim", max: { storage: "1Gi", odd: "1" } }],
        container({ max: { odd: "1" } }),
        container({ max: { storage: "1" } }),
        container({
          min: { cpu: "2" },
          max: { cpu: "1" },
          default: { cpu: "1" },
          defaultRequest: { cpu: "1" },
        }),
        container({ max: { cpu: "1" }, default: { cpu: "2" }, defaultRequest: { cpu: "1" } }),
        container({ default: { cpu: "1" }, defaultRequest: { cpu: "2" } }),
        container({ maxLimitRequestRatio: { cpu: "0.5" } }),
        container({ min: { cpu: "1" }, max: { cpu: "2" }, maxLimitRequestRatio: { cpu: "3" } }),
        container({ default: { "example.com/x": "2" }, defaultRequest: { "example.com/x": "1" } }),
      ];
      const answers = [];
      for (const limits of wrong)
        answers.push(
          await space.api.call("POST", `${space.path("limitranges")}?dryRun=All`, range(...limits)),
        );
      await expectRecordedAnswers(space, "limit-causes", answers);
    });
  });
}
