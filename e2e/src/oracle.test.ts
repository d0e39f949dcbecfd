import {
  type CaseKind,
  expansionCases,
  findDisagreement,
  podCases,
  quantityCases,
  startOracle,
} from "@vkubelet-tools/oracle";
import { peerOrSkip } from "@vkubelet-tools/peers";
import { describe, expect, it } from "vitest";

/** More than a million cases, the same in every run. */
const seed = 20_260_101;

describe.runIf(await peerOrSkip("oracle"))("the code of Kubernetes 1.36.3 gives the same answers", () => {
  async function expectAgreement<Case>(kind: CaseKind<Case>, count: number): Promise<void> {
    await using oracle = await startOracle();
    expect(await findDisagreement(oracle, kind, { count, seed })).toBeUndefined();
  }

  it("Q1 to Q7: 800,000 quantities in pairs, their forms, roundings, sums and differences", async () => {
    await expectAgreement(quantityCases, 400_000);
  });

  it("V2: 250,000 expansions", async () => {
    await expectAgreement(expansionCases, 250_000);
  });

  it("E1 to E5, S2, S3, D4 to D6: 60,000 pods, their resources, QoS classes and resource fields", async () => {
    await expectAgreement(podCases, 60_000);
  });
});
