import { startKubelet } from "@vkubelet/kubelet";
import { createTimerProvider } from "./timer-provider.ts";

const kubelet = await startKubelet({
  nodeName: "timer-1",
  provider: createTimerProvider(10),
  server: { port: Number(process.env["KUBELET_PORT"] ?? 10250) },
});
process.once("SIGINT", () => kubelet.stop());
console.log(`node timer-1 is registered; its kubelet listens on port ${kubelet.port}`);
