import { type PeerName, peerOrSkip } from "@vkubelet-tools/peers";
import { describe } from "vitest";
import { acceleratedClock } from "./accelerated-clock.ts";
import { findKubectls } from "./kubectls.ts";
import { startMemoryCluster, startRealCluster, type TestCluster } from "./test-cluster.ts";

/** How the control planes are set up. */
export interface ControlPlaneChoices {
  /** The real ones take a silent node for dead after 15 s instead of 50 s. */
  readonly impatient?: boolean;
  /** Whether the control planes are used at the same time. */
  readonly concurrent?: boolean;
  /** The in-memory one lives faster than the wall clock. All kubelets have to go by its clock then. */
  readonly accelerated?: boolean;
}

/** A silent node is taken for dead after 8 s at that pace: more than a busy machine keeps a process from running. */
const acceleration = 5;

const impatientArguments = ["--node-monitor-period=1s", "--node-monitor-grace-period=15s"];

/**
 * The same suite on the newest and the oldest supported Kubernetes and on the in-memory cluster: what differs fails.
 * A control plane that is not there is skipped by name.
 */
export async function describeOnEachControlPlane(
  name: string,
  suite: (start: () => Promise<TestCluster>) => void,
  { impatient = false, concurrent = false, accelerated = false }: ControlPlaneChoices = {},
): Promise<void> {
  const extraArguments = impatient ? { controllerManager: impatientArguments } : {};
  const real = async (peer: PeerName, release: "newest" | "oldest") =>
    [await peerOrSkip(peer), release, () => startRealCluster({ release, extraArguments })] as const;
  const newest = await real("kubernetes", "newest");
  const oldest = await real("kubernetes-oldest", "oldest");
  const [kubectl] = (await findKubectls()).values();
  describe(name, { concurrent }, () => {
    for (const [isThere, release, start] of [newest, oldest]) {
      describe.runIf(isThere)(`${release} Kubernetes`, () => suite(start));
    }
    describe.runIf(kubectl !== undefined)("in-memory control plane", () => {
      const options = { restrictNodes: true, ...(accelerated && { clock: acceleratedClock(acceleration) }) };
      suite(() => startMemoryCluster(kubectl ?? "", options));
    });
  });
}
