import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ControlPlane, startControlPlane } from "@vkubelet-tools/peers";
import { Driver } from "./driver.ts";

/** A fresh control plane with a driver: what one subject is measured on. */
export interface Stage extends AsyncDisposable {
  readonly plane: ControlPlane;
  readonly driver: Driver;
  readonly nodeName: string;
  /** For files of the subject; gone at the end. */
  readonly folder: string;
}

/**
 * etcd and an API server alone: pods carry their node's name, and nobody else writes. The API server grows and slows
 * with its age, so that every subject gets one of its own.
 */
export async function openStage(): Promise<Stage> {
  const plane = await startControlPlane({
    controllerManager: false,
    scheduler: false,
    // Service accounts are made by a controller that does not run.
    extraArguments: { apiServer: ["--disable-admission-plugins", "ServiceAccount"] },
  });
  const nodeName = "bench";
  const folder = await mkdtemp(join(tmpdir(), "vkubelet-bench-"));
  const driver = new Driver(plane.adminKubeconfig, nodeName);
  return {
    plane,
    driver,
    nodeName,
    folder,
    [Symbol.asyncDispose]: async () => {
      await driver[Symbol.asyncDispose]();
      await plane.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
