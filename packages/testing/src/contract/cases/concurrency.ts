import { type ContractCase, casesOf } from "../contract-case.ts";
import { terminationOf } from "../contract-kit.ts";
import { check, checkSame } from "../contract-violation.ts";

/** Many enough for calls to meet, few enough for a small machine. */
const count = 12;

export const concurrencyCases: readonly ContractCase[] = casesOf("concurrency", {
  creates: {
    rule: "Many pods that are created at once each run once, with an end of their own.",
    needs: ["workload:exits"],
    run: async (kit) => {
      const exits = kit.workload("exits");
      const pods = Array.from({ length: count }, (_, index) =>
        kit.pod(exits(index), { name: `many-${index}` }),
      );
      await Promise.all(pods.map((pod) => kit.create(pod)));
      for (const [index, pod] of pods.entries()) {
        checkSame(terminationOf(await kit.ended(pod))?.exitCode, index, `the exit code of pod ${index}`);
        await kit.checkRuns(pod, 1, "many creates at once");
      }
    },
  },
  deletes: {
    rule: "Many pods that are deleted at once all end.",
    run: async (kit) => {
      const pods = Array.from({ length: count }, (_, index) =>
        kit.pod(kit.subject.workloads.runs(), { name: `many-${index}` }),
      );
      await Promise.all(pods.map((pod) => kit.create(pod)));
      for (const pod of pods) await kit.running(pod);
      await Promise.all(pods.map(({ ref }) => kit.delete(ref, 1)));
      for (const pod of pods) await kit.endOrAbsence(pod);
    },
  },
  listings: {
    rule: "Listings at the same time as creates succeed, and show every pod whose create was seen to its end.",
    run: async (kit) => {
      const first = await kit.startRunning();
      const pods = Array.from({ length: count }, () => kit.pod(kit.subject.workloads.runs()));
      const creates = Promise.all(pods.map((pod) => kit.create(pod)));
      const listings = await Promise.all(Array.from({ length: 4 }, () => kit.list()));
      await creates;
      for (const listing of listings) {
        check(
          listing.some(({ ref }) => ref.uid === first.ref.uid),
          "the pod from before is listed",
          listing.length,
        );
      }
      for (const pod of pods) await kit.running(pod);
    },
  },
  "create-and-delete": {
    rule: "Creating one pod and deleting another at once does what each call says.",
    run: async (kit) => {
      const old = await kit.startRunning();
      const next = kit.pod(kit.subject.workloads.runs());
      await Promise.all([kit.create(next), kit.delete(old.ref, 1)]);
      await kit.endOrAbsence(old);
      await kit.running(next);
    },
  },
});
