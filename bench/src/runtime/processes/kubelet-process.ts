// The kubelet that is measured: nothing in this process but @vkubelet/kubelet and a provider that answers at once.
import { writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { loadClusterAccess, startKubelet } from "@vkubelet/kubelet";
import { createBenchProvider } from "./bench-provider.ts";
import { failureLogger } from "./failure-logger.ts";

const { values } = parseArgs({
  options: {
    kubeconfig: { type: "string", default: "" },
    node: { type: "string", default: "" },
    "ready-file": { type: "string", default: "" },
    journal: { type: "string", default: "" },
    "absence-grace-ms": { type: "string", default: "0" },
  },
});
const provider = createBenchProvider(values.journal, Number(values["absence-grace-ms"]));
const kubelet = await startKubelet({
  provider,
  nodeName: values.node,
  kubeConfig: await loadClusterAccess({ path: values.kubeconfig }),
  internalIP: "127.0.0.1",
  server: { address: "127.0.0.1", port: 0 },
  logger: failureLogger,
});
process.on("SIGUSR2", () => provider.finishAll());
process.once("SIGTERM", () => {
  void kubelet.stop().then(() => process.exit(0));
});
while (!kubelet.ready()) await delay(10);
writeFileSync(values["ready-file"], "");
