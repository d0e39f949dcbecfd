import type { Behaviour } from "./behaviour.ts";
import { environment, initAndTwoContainers, missingConfigMap, sidecarEndsWithJob } from "./containers.ts";
import { jobFailsAndIsRetried, jobSucceeds } from "./jobs.ts";
import {
  deletionWithGrace,
  deploymentScales,
  followedLogs,
  missingCommand,
  restartOnFailure,
} from "./lifecycle.ts";

/** Every behaviour, in the order of the table. */
export const behaviours: readonly Behaviour[] = [
  jobSucceeds,
  jobFailsAndIsRetried,
  deploymentScales,
  initAndTwoContainers,
  environment,
  missingConfigMap,
  sidecarEndsWithJob,
  restartOnFailure,
  missingCommand,
  deletionWithGrace,
  followedLogs,
];
