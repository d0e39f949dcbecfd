import type { Clock } from "../clock.ts";
import type { CertificateAuthority } from "../pki/certificate-authority.ts";
import type { Registry } from "../registry/registry.ts";
import { certificateSigner } from "./certificate-signer.ts";
import {
  type Controller,
  type ControllerContext,
  type ControllerErrorHandler,
  runController,
} from "./controller.ts";
import { cronJobController } from "./cron-job.ts";
import { daemonSetController } from "./daemon-set.ts";
import { deploymentController } from "./deployment.ts";
import { disruptionController } from "./disruption.ts";
import { EventRecorder } from "./event-recorder.ts";
import { garbageCollector } from "./garbage-collector.ts";
import { jobController } from "./job/job-controller.ts";
import { namespaceController } from "./namespace.ts";
import { nodeLifecycleController } from "./node-lifecycle.ts";
import { podGarbageCollector } from "./pod-gc.ts";
import { replicaSetController } from "./replica-set.ts";
import { resourceQuotaController } from "./resource-quota.ts";
import { roleAggregationController } from "./role-aggregation.ts";
import { scheduler } from "./scheduler.ts";
import { statefulSetController } from "./stateful-set.ts";
import { taintEvictionController } from "./taint-eviction.ts";
import { ttlAfterFinishedController } from "./ttl-after-finished.ts";

/** What the controllers are given. */
export interface ControllerSetup {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly signAuthority: CertificateAuthority;
  readonly controllers: boolean;
  readonly scheduler: boolean;
  readonly onError: ControllerErrorHandler;
}

/** Running controllers. */
export interface RunningControllers {
  /** Ends them and waits until the last one has. */
  stop(): Promise<void>;
}

function chosen(setup: ControllerSetup, context: ControllerContext): Controller[] {
  const list: Controller[] = [];
  if (setup.scheduler) list.push(scheduler(context));
  if (!setup.controllers) return list;
  return [
    ...list,
    replicaSetController(context, "ReplicaSet"),
    replicaSetController(context, "ReplicationController"),
    deploymentController(context),
    statefulSetController(context),
    daemonSetController(context),
    jobController(context),
    ttlAfterFinishedController(context),
    cronJobController(context),
    disruptionController(context),
    garbageCollector(context),
    resourceQuotaController(context),
    roleAggregationController(context),
    namespaceController(context),
    nodeLifecycleController(context),
    taintEvictionController(context),
    podGarbageCollector(context),
    certificateSigner(context, setup.signAuthority),
  ];
}

/** Starts the controllers that the setup asks for. */
export function startControllers(setup: ControllerSetup): RunningControllers {
  const { registry, clock, onError } = setup;
  const context: ControllerContext = { registry, clock, events: new EventRecorder(registry, clock) };
  const stop = new AbortController();
  const running = chosen(setup, context).map((controller) =>
    runController(controller, context, onError, stop.signal),
  );
  return {
    async stop() {
      stop.abort(new Error("the controllers have been stopped"));
      await Promise.all(running);
    },
  };
}
