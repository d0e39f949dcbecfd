import { readFile } from "node:fs/promises";
import { startKubelet } from "@vkubelet/kubelet";
import { createLocalProvider } from "@vkubelet/local";

// The cluster is found as kubectl finds it: KUBECONFIG, ~/.kube/config, or the service account of a pod.
const {
  NODE_NAME = "vk-local",
  // Where pods, their output and their secrets lie. The same directory and node name after a restart: pods are adopted.
  DIRECTORY = "/var/lib/vkubelet",
  // The address at which the API server reaches this process; by default the first that is not a loopback.
  INTERNAL_IP,
  KUBELET_PORT = "10250",
  // The CA of the API server's kubelet client certificate (/etc/kubernetes/pki/ca.crt with kubeadm), for kubectl logs.
  CLIENT_CA_FILE,
} = process.env;

const kubelet = await startKubelet({
  nodeName: NODE_NAME,
  provider: createLocalProvider({ directory: DIRECTORY, capacity: { pods: "50" } }),
  ...(INTERNAL_IP === undefined ? {} : { internalIP: INTERNAL_IP }),
  server: {
    port: Number(KUBELET_PORT),
    ...(CLIENT_CA_FILE === undefined ? {} : { clientCa: await readFile(CLIENT_CA_FILE, "utf8") }),
  },
});
// Ends this process only: the pods go on, and the next kubelet on the directory adopts them.
process.once("SIGINT", () => kubelet.stop());
console.log(`node ${NODE_NAME} is registered; its kubelet listens on port ${kubelet.port}`);
