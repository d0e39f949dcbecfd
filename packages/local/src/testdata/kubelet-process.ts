// A kubelet for tests that kill it: starts one pod in the directory given and says so.
import { createLocalProvider } from "../provider.ts";
import { observed, resolved, shell, stateOf, testContext } from "../test-support.ts";

const provider = createLocalProvider({ directory: process.argv[2] ?? "" });
const script = "trap 'echo asked to stop; exit 5' TERM; echo begun; while :; do sleep 1000 & wait; done";
await provider.createPod(resolved("survivor", { containers: [shell("main", script)] }), testContext());
await observed(provider, "survivor", (seen) => stateOf(seen, "main") === "running");
for (;;) {
  const size = await import("node:fs/promises").then(({ stat }) =>
    stat(`${process.argv[2]}/pods/survivor/containers/main/0/stdout`),
  );
  if (size.size > 0) break;
}
console.log("running");
setInterval(() => {}, 1 << 30);
