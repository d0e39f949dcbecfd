import type { Logger } from "@vkubelet/core";
import { describe, expect, it } from "vitest";
import { KubeApiError } from "../api/kube-api-error.ts";
import { podPath, Simulation } from "../testdata/simulation.ts";

const pods = podPath("p");

describe("an API server that forbids one thing for ten minutes", () => {
  it.each([
    ["to read ConfigMaps", /^list .*configmaps/],
    ["to follow ConfigMaps", /^watch .*configmaps/],
    ["to list pods", /^list .*\/pods$/],
    ["to follow pods", /^watch .*\/pods$/],
    ["to read pods", new RegExp(`^get ${pods}`)],
    ["to write their statuses", new RegExp(`^patch ${pods}`)],
    ["to delete them", new RegExp(`^delete ${pods}`)],
    ["to read its node", /^(list|watch) .*\/nodes/],
    ["to read Services", /^(list|watch) .*\/services/],
    ["to write events", /events/],
  ])(
    "%s: no run is lost or repeated, it is told, and all goes on once it is granted",
    async (_, forbidden) => {
      const world = new Simulation({ recordsIntent: true, absenceGraceMs: 3_000, watches: true });
      world.addConfigMap("cm", { a: "1" });
      const told: string[] = [];
      const note = (message: string, fields?: object) =>
        void told.push([message, ...Object.values(fields ?? {})].map(String).join(" "));
      const quiet = () => {};
      const logger: Logger = { debug: quiet, info: quiet, warn: note, error: note, child: () => logger };
      let granted = false;
      let refused = 0;
      const kubelet = world.start({
        logger,
        fuse: (call, when) => {
          if (granted || when === "after" || !forbidden.test(call)) return;
          refused += 1;
          throw new KubeApiError(`${call}: not yours (403 Forbidden)`, { status: 403, reason: "Forbidden" });
        },
      });
      const envFrom = [{ configMapRef: { name: "cm" } }];
      const uid = world.addPod("p", { containers: [{ name: "main", image: "app:1", envFrom }] });
      await world.advance(300_000);
      if (world.backend.list().length > 0) world.deletePod("p");
      await world.advance(300_000);
      // The reading of a pod is asked for after a conflict alone.
      if (!forbidden.source.startsWith("^get")) {
        expect(refused).toBeGreaterThan(1);
        expect(
          told.concat(world.eventMessages("p")).filter((line) => line.includes("403 Forbidden")),
        ).not.toEqual([]);
      }
      granted = true;
      await world.advance(400_000);
      if (world.pod("p") !== undefined) world.deletePod("p");
      await world.advance(120_000);
      expect(world.pod("p")).toBeUndefined();
      expect(world.backend.started).toEqual([`${uid}/0`]);
      expect(world.backend.list()).toEqual([]);
      await kubelet.stop();
    },
  );
});
