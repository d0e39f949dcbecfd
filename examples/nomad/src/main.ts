import { readFile } from "node:fs/promises";
import { startKubelet } from "@vkubelet/kubelet";
import { createNomadProvider } from "@vkubelet/nomad";

// The cluster is found as kubectl finds it: KUBECONFIG, ~/.kube/config, or the service account of a pod.
const {
  // Part of every job's ID: under another name the jobs of before are not found.
  NODE_NAME = "vk-nomad",
  // Any Nomad agent (1.8 or newer), and the secret ID of an ACL token where ACLs are on.
  NOMAD_ADDR = "http://127.0.0.1:4646",
  NOMAD_TOKEN,
  NOMAD_NAMESPACE = "default",
  // `docker` runs images; `raw_exec` runs programs of the clients, without isolation.
  NOMAD_DRIVER = "docker",
  // The address at which the API server reaches this process; by default the first that is not a loopback.
  INTERNAL_IP,
  KUBELET_PORT = "10250",
  // The CA of the API server's kubelet client certificate (/etc/kubernetes/pki/ca.crt with kubeadm), for kubectl logs.
  CLIENT_CA_FILE,
} = process.env;

const provider = createNomadProvider({
  nodeName: NODE_NAME,
  address: NOMAD_ADDR,
  ...(NOMAD_TOKEN === undefined ? {} : { token: NOMAD_TOKEN }),
  namespace: NOMAD_NAMESPACE,
  driver: NOMAD_DRIVER === "raw_exec" ? "raw_exec" : "docker",
  // The clients' max_kill_timeout: longer grace periods of pods are cut at it.
  maximumKillSeconds: 30,
});

const kubelet = await startKubelet({
  nodeName: NODE_NAME,
  provider,
  ...(INTERNAL_IP === undefined ? {} : { internalIP: INTERNAL_IP }),
  server: {
    port: Number(KUBELET_PORT),
    ...(CLIENT_CA_FILE === undefined ? {} : { clientCa: await readFile(CLIENT_CA_FILE, "utf8") }),
  },
});
// Ends this process only: the jobs go on, and the next kubelet under the same node name adopts them.
process.once("SIGINT", () => kubelet.stop());
console.log(`node ${NODE_NAME} is registered; its kubelet listens on port ${kubelet.port}`);
