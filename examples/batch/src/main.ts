import { readFile } from "node:fs/promises";
import { createBatchProvider } from "@vkubelet/batch";
import { startKubelet } from "@vkubelet/kubelet";

// The cluster is found as kubectl finds it: KUBECONFIG, ~/.kube/config, or the service account of a pod. Credentials of
// AWS are found as the SDK finds them: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, a role.
const {
  NODE_NAME = "vk-batch",
  AWS_REGION = "eu-west-1",
  // Only for an emulator or a VPC endpoint.
  AWS_ENDPOINT,
  // A queue over Fargate compute environments; for EC2 ones set the provider's option platform to EC2.
  JOB_QUEUE = "pods",
  // Pulls images and writes logs; needs the managed policy AmazonECSTaskExecutionRolePolicy.
  EXECUTION_ROLE_ARN = "",
  // The address at which the API server reaches this process; by default the first that is not a loopback.
  INTERNAL_IP,
  KUBELET_PORT = "10250",
  // The CA of the API server's kubelet client certificate (/etc/kubernetes/pki/ca.crt with kubeadm), for kubectl logs.
  CLIENT_CA_FILE,
} = process.env;

const provider = createBatchProvider({
  nodeName: NODE_NAME,
  region: AWS_REGION,
  ...(AWS_ENDPOINT === undefined ? {} : { endpoint: AWS_ENDPOINT }),
  jobQueue: JOB_QUEUE,
  executionRoleArn: EXECUTION_ROLE_ARN,
  // Batch cannot replace the entry point of an image, so a pod with `command` is refused by default. This accepts it,
  // on your word that the images have no entry point.
  entryPoint: "assume-none",
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
