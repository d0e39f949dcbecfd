import { batchTranslator } from "@vkubelet/batch/translate";
import type { Pod } from "@vkubelet/core";
import { fargateTranslator } from "@vkubelet/fargate/translate";
import { type LocalHost, localTranslator } from "@vkubelet/local/translate";
import { defaultTranslateOptions, nomadTranslator } from "@vkubelet/nomad/translate";
import {
  type BackendRequest,
  type ResolveInputs,
  type SupportTable,
  type Translation,
  type Translator,
  translateManifest,
} from "@vkubelet/pod";

/** A backend with options, as the pages compare them. */
export interface Configuration {
  readonly name: string;
  /** What is said of the options where the name does not. */
  readonly options: string;
  readonly support: SupportTable;
  translate(pod: Pod, inputs: ResolveInputs): Translation<unknown>;
  /** The calls that run the pod; none where it is rejected. */
  operations(pod: Pod, inputs: ResolveInputs): readonly BackendRequest[];
}

function configure<Options extends object, Requests>(
  name: string,
  explanation: string,
  translator: Translator<Options, Requests>,
  options: Options,
): Configuration {
  const translate = (pod: Pod, inputs: ResolveInputs) => translateManifest(translator, pod, inputs, options);
  return {
    name,
    options: explanation,
    support: translator.support(options),
    translate,
    operations: (pod, inputs) => {
      const { requests } = translate(pod, inputs);
      return requests === undefined ? [] : translator.operations(requests);
    },
  };
}

const host: LocalHost = {
  operatingSystem: "linux",
  architecture: "amd64",
  uid: 0,
  gid: 0,
  address: "192.0.2.10",
  mounts: "namespace",
  hostname: "own",
  users: "any",
  limits: "cgroup",
};
const nomad = { ...defaultTranslateOptions, nodeName: "node" };
const aws = {
  nodeName: "node",
  region: "eu-west-1",
  executionRoleArn: "arn:aws:iam::123456789012:role/execution",
};
const fargate = { ...aws, cluster: "pods", subnets: ["subnet-1"], logs: { group: "pods" } };
const batch = { ...aws, jobQueue: "pods", logs: { group: "pods" } };

/** One for each backend, with the options that somebody sets who knows nothing of the pods to come. */
export const configurations: readonly Configuration[] = [
  configure("local", "the kubelet runs as root on Linux, so that volumes are mounted", localTranslator, host),
  configure("Nomad", "driver `docker`, network `bridge`", nomadTranslator, nomad),
  configure("Fargate", "with an execution role and logs", fargateTranslator, fargate),
  configure("Batch", "a queue on Fargate, with an execution role and logs", batchTranslator, batch),
];

/** The same backends with an option that changes what they make of pods. */
export const variants: readonly Configuration[] = [
  configure("local", "an ordinary user, `mounts: reject`", localTranslator, {
    ...host,
    uid: 1000,
    gid: 1000,
    mounts: "reject",
    hostname: "machine",
    users: "own",
    limits: "none",
  }),
  configure("Nomad", "driver `raw_exec`, network `host`", nomadTranslator, {
    ...nomad,
    driver: "raw_exec",
    network: "host",
  }),
  configure("Fargate", "`secrets: plain`", fargateTranslator, { ...fargate, secrets: "plain" }),
  configure("Batch", "`entryPoint: assume-none`", batchTranslator, { ...batch, entryPoint: "assume-none" }),
  configure("Batch", "`platform: EC2`, `entryPoint: assume-none`", batchTranslator, {
    ...batch,
    platform: "EC2",
    entryPoint: "assume-none",
  }),
];
