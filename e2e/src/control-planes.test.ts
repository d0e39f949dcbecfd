import { peerOrSkip } from "@vkubelet-tools/peers";
import { afterAll, beforeAll, describe } from "vitest";
import { acceleratedClock } from "./accelerated-clock.ts";
import { describeAccess } from "./control-planes/access.ts";
import { describeApply } from "./control-planes/apply.ts";
import { describeSubresourceApply } from "./control-planes/apply-subresources.ts";
import { type Bench, openBench } from "./control-planes/bench.ts";
import { describeGrants } from "./control-planes/grants.ts";
import { describeJobs } from "./control-planes/jobs.ts";
import { describeLifecycle } from "./control-planes/lifecycle.ts";
import { describeLimitRanges } from "./control-planes/limit-ranges.ts";
import { describeQuantities } from "./control-planes/quantities.ts";
import { describeQuotas } from "./control-planes/quotas.ts";
import { describeRoles } from "./control-planes/roles.ts";
import { describeSubresources } from "./control-planes/subresources.ts";
import { describeTables } from "./control-planes/tables.ts";
import { describeWorkloads } from "./control-planes/workloads.ts";
import { findKubectls } from "./kubectls.ts";
import { startMemoryCluster, startRealCluster, type TestCluster } from "./test-cluster.ts";

/** The same cases on the real control plane, which says what is right, and on the one in memory. */
function describeControlPlane(name: string, start: () => Promise<TestCluster>): void {
  describe(name, () => {
    let bench: Bench;
    beforeAll(async () => {
      bench = await openBench(await start());
    });
    afterAll(async () => {
      bench?.api.close();
      await bench?.cluster[Symbol.asyncDispose]();
    });
    const open = () => bench;
    describeJobs(open);
    describeSubresources(open);
    describeApply(open);
    describeSubresourceApply(open);
    describeWorkloads(open);
    describeLifecycle(open);
    describeQuotas(open);
    describeLimitRanges(open);
    describeQuantities(open);
    describeTables(open);
    describeAccess(open);
    describeRoles(open);
    describeGrants(open);
  });
}

describe.runIf(await peerOrSkip("kubernetes"))("with a real Kubernetes control plane", () => {
  describeControlPlane("the control plane", startRealCluster);
});

const [kubectl] = (await findKubectls()).values();

describe.runIf(kubectl !== undefined)("with the in-memory control plane", () => {
  describeControlPlane("the control plane", () => {
    // Its cases end before the node that they play is taken for dead for so long that its pods go.
    const clock = acceleratedClock(3);
    return startMemoryCluster(kubectl ?? "", { restrictNodes: true, clock });
  });
});
