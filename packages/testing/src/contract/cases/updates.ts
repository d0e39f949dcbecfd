import { type ContractCase, casesOf } from "../contract-case.ts";
import type { ContractKit } from "../contract-kit.ts";
import { filePath } from "../contract-pods.ts";
import { check, checkSame } from "../contract-violation.ts";

export const updateCases: readonly ContractCase[] = casesOf("updates", {
  unchanged: {
    rule: "`updatePod` with a pod that has not changed succeeds, and its containers run on.",
    needs: ["updatePod"],
    run: async (kit) => {
      const pod = await kit.startRunning();
      await runsOn(kit, pod, async () => {
        check(await kit.update(pod), "an update without a change is no change that is refused");
      });
    },
  },
  labels: {
    rule: "Changed labels that no container sees are taken or refused as `Unsupported`, and the containers run on.",
    needs: ["updatePod"],
    run: async (kit) => {
      const options = { name: "web-0", labels: { tier: "front" } };
      const pod = await kit.startRunning(options);
      const { uid } = pod.ref;
      const changed = kit.pod(kit.subject.workloads.runs(), { ...options, uid, labels: { tier: "back" } });
      await runsOn(kit, pod, async () => void (await kit.update(changed)));
    },
  },
  image: {
    rule: "A changed image is refused as `Unsupported`, and the containers run on, or their next instance has it. Where no images run it may be taken as it is.",
    needs: ["updatePod"],
    run: async (kit) => {
      const pod = await kit.startRunning({ name: "web-0" });
      const { uid } = pod.ref;
      const container = { ...kit.subject.workloads.runs(), image: "contract-other:1" };
      const changed = kit.pod(container, { name: "web-0", uid });
      let carried = false;
      const update = async () => {
        carried = await kit.update(changed);
      };
      if (await replaces(kit, pod, update)) return;
      const runsImages = kit.subject.provider.traits.runsImages ?? true;
      check(!carried || !runsImages, "an image that was taken leads to another instance of its container");
    },
  },
  file: {
    rule: "A file of a Secret that changes is seen by the container that runs, or refused as `Unsupported`.",
    needs: ["updatePod", "logs", "workload:printsFile"],
    run: async (kit) => {
      const container = kit.workload("printsFile")(filePath);
      const options = { name: "web-0", file: "before" };
      const pod = kit.pod(container, options);
      await kit.create(pod);
      await kit.running(pod);
      checkSame(await kit.printed(pod, 1), ["before"], "the file as the pod was created with it");
      const changed = kit.pod(container, { ...options, uid: pod.ref.uid, file: "after" });
      let carried = false;
      await runsOn(kit, pod, async () => {
        carried = await kit.update(changed);
      });
      if (!carried) return;
      checkSame(await kit.printed(pod, 2), ["before", "after"], "the file before and after its change");
    },
  },
  unknown: {
    rule: "An update of a pod that the backend does not know fails as `NotFound`.",
    needs: ["updatePod"],
    run: async (kit) => {
      const pod = kit.pod(kit.subject.workloads.runs());
      await kit.failsAs("NotFound", "updatePod of an unknown pod", kit.update(pod));
      await kit.checkRuns(pod, 0, "an update of an unknown pod");
    },
  },
});

type CreatedPod = Parameters<ContractKit["running"]>[0];

/** Checks that the pod's containers are the same instances before and after. */
async function runsOn(kit: ContractKit, pod: CreatedPod, change: () => Promise<void>): Promise<void> {
  check(!(await replaces(kit, pod, change)), "the containers run on as the instances that they were");
  await kit.checkRuns(pod, 1, "an update");
}

/** Whether a container is another instance after the change, which a backend may need some looks to show. */
async function replaces(kit: ContractKit, pod: CreatedPod, change: () => Promise<void>): Promise<boolean> {
  const instances = async () =>
    JSON.stringify(
      (await kit.running(pod)).containers.map(({ instanceId, restartCount }) => [instanceId, restartCount]),
    );
  const before = await instances();
  await change();
  for (let looks = 0; looks < 3; looks++) {
    if ((await instances()) !== before) return true;
  }
  return false;
}
