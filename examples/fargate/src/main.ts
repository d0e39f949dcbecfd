import { readFile } from "node:fs/promises";
import { createFargateProvider } from "@vkubelet/fargate";
import { startKubelet } from "@vkubelet/kubelet";

// The cluster is found as kubectl finds it: KUBECONFIG, ~/.kube/config, or the service account of a pod. Credentials of
// AWS are found as the SDK finds them: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, a role.
const {
  NODE_NAME = "vk-fargate",
  AWS_REGION = "eu-west-1",
  // Only for an emulator or a VPC endpoint.
  AWS_ENDPOINT,
  // An ECS cluster, best one of its own: every listing reads all of its tasks.
  ECS_CLUSTER = "pods",
  // Comma-separated subnets of one VPC. They need a way to the image registry; in public ones set assignPublicIp.
  SUBNETS = "",
  // Pulls images and writes logs; needs the managed policy AmazonECSTaskExecutionRolePolicy.
  EXECUTION_ROLE_ARN = "",
  LOG_GROUP = "/vkubelet/pods",
  // The address at which the API server reaches this process; by default the first that is not a loopback.
  INTERNAL_IP,
  KUBELET_PORT = "10250",
  // The CA of the API server's kubelet client certificate (/etc/kubernetes/pki/ca.crt with kubeadm), for kubectl logs.
  CLIENT_CA_FILE,
} = process.env;

const provider = createFargateProvider({
  nodeName: NODE_NAME,
  region: AWS_REGION,
  ...(AWS_ENDPOINT === undefined ? {} : { endpoint: AWS_ENDPOINT }),
  cluster: ECS_CLUSTER,
  subnets: SUBNETS.split(",").filter((subnet) => subnet !== ""),
  executionRoleArn: EXECUTION_ROLE_ARN,
  logs: { group: LOG_GROUP, createGroup: true },
  // What the scheduler may put on the node at most.
  capacity: { cpu: "64", memory: "256Gi", pods: "50" },
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
// Ends this process only: the tasks go on, and the next kubelet under the same node name adopts them.
process.once("SIGINT", () => kubelet.stop());
console.log(`node ${NODE_NAME} is registered; its kubelet listens on port ${kubelet.port}`);
