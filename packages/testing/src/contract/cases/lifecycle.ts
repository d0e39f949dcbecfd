import { contractVersion } from "@vkubelet/core";
import { Quantity } from "@vkubelet/pod";
import { type ContractCase, casesOf } from "../contract-case.ts";
import { stateOf, terminationOf } from "../contract-kit.ts";
import { check, checkSame } from "../contract-violation.ts";
import { frozen } from "../frozen.ts";

export const lifecycleCases: readonly ContractCase[] = casesOf("lifecycle", {
  declares: {
    rule: "The provider says its contract's version, a lower-case name, and for how long a pod may be missing.",
    run: async ({ provider }) => {
      checkSame(provider.contractVersion, contractVersion, "contractVersion");
      check(/^[a-z][a-z0-9-]*$/.test(provider.name), "name is a lower-case word", provider.name);
      const { absenceGraceMs, pollIntervalMs = 1 } = provider.traits;
      check(absenceGraceMs >= 0, "absenceGraceMs is not negative", absenceGraceMs);
      check(pollIntervalMs > 0, "pollIntervalMs is positive", pollIntervalMs);
    },
  },
  node: {
    rule: "`describeNode` says what the node can take: quantities, always with `pods`, and system and architecture.",
    run: async ({ provider, host }) => {
      const node = await host.bounded(provider.describeNode(host.call()), "describeNode");
      check(node.capacity["pods"] !== undefined, "the capacity names pods", node.capacity);
      for (const [name, text] of Object.entries({ ...node.capacity, ...node.allocatable })) {
        check(isQuantity(text), `${name} is a quantity`, text);
      }
      check(["linux", "windows"].includes(node.operatingSystem), "operatingSystem", node.operatingSystem);
      check(["amd64", "arm64"].includes(node.architecture), "architecture", node.architecture);
    },
  },
  healthy: {
    rule: "`checkHealth` says that a backend which works is healthy.",
    needs: ["checkHealth"],
    run: async ({ provider, host }) => {
      const health = await host.bounded(Promise.resolve(provider.checkHealth?.(host.call())), "checkHealth");
      check(health?.healthy === true, "the backend is healthy", health);
    },
  },
  empty: {
    rule: "A backend on which nothing was created lists nothing.",
    run: async (kit) => {
      checkSame(await kit.list(), [], "the listing");
    },
  },
  runs: {
    rule: "A pod whose program runs is listed as active, with a running container.",
    run: async (kit) => {
      const pod = await kit.startRunning();
      const seen = await kit.running(pod);
      checkSame(seen.state, "active", "the state of a running pod");
    },
  },
  succeeds: {
    rule: "A pod whose program ends with code 0 has ended, with that code and without a failure.",
    needs: ["workload:exits"],
    run: async (kit) => {
      const seen = await kit.ended(await kit.startEnded(0));
      checkSame(terminationOf(seen)?.exitCode, 0, "the exit code");
      check(seen.failure === undefined, "the run is no failure", seen.failure);
    },
  },
  "exit-code": {
    rule: "The exit code of a program is reported as it is, and is no failure of the run as a whole.",
    needs: ["workload:exits"],
    run: async (kit) => {
      const seen = await kit.ended(await kit.startEnded(3));
      checkSame(terminationOf(seen)?.exitCode, 3, "the exit code");
      check(seen.failure === undefined, "the run is no failure", seen.failure);
    },
  },
  containers: {
    rule: "Each container of a pod has a state and an exit code of its own, under its own name.",
    needs: ["workload:exits"],
    run: async (kit) => {
      const exits = kit.workload("exits");
      const pod = kit.pod({ named: { first: exits(4), second: exits(0), third: exits(5) } });
      await kit.create(pod);
      const seen = await kit.ended(pod);
      const codes = ["first", "second", "third"].map((name) => terminationOf(seen, name)?.exitCode);
      checkSame(codes, [4, 0, 5], "the exit codes of the three containers");
    },
  },
  init: {
    rule: "When an init container fails, no container that comes after it ever starts.",
    needs: ["workload:exits"],
    run: async (kit) => {
      const exits = kit.workload("exits");
      const pod = kit.pod(exits(0), { initContainers: { setup: exits(9) } });
      await kit.create(pod);
      const seen = await kit.ended(pod);
      checkSame(terminationOf(seen, "setup")?.exitCode, 9, "the exit code of the init container");
      const main = stateOf(seen, "main");
      check(main === undefined || main.type === "waiting", "the container after it never started", main);
    },
  },
  arguments: {
    rule: "Arguments are never changed: a pod that is frozen can be created.",
    run: async (kit) => {
      const pod = frozen(kit.pod(kit.subject.workloads.runs()));
      await kit.create(pod);
      await kit.running(pod);
    },
  },
});

function isQuantity(text: string): boolean {
  try {
    return Quantity.parse(text) !== undefined;
  } catch {
    return false;
  }
}
