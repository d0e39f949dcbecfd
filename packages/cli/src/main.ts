#!/usr/bin/env node
import { Command, CommanderError, Option } from "commander";
import { describeError, UsageError } from "./cli-error.ts";
import { logLevels } from "./console-logger.ts";
import type { DemoFlags } from "./demo/demo-command.ts";
import { providerNames, type RunFlags } from "./run/config.ts";
import { outputFormats } from "./translate/output-format.ts";
import type { TranslateFlags } from "./translate/translate-command.ts";

const program = new Command("vkubelet")
  .description("Virtual kubelets: nodes of a Kubernetes cluster whose pods run elsewhere.")
  .version("0.1.0")
  .exitOverride()
  .configureOutput({ outputError: () => {} });

program
  .command("run")
  .description("Register a virtual node and run the pods bound to it, until SIGINT or SIGTERM.")
  .addOption(new Option("--provider <name>", "the backend (VKUBELET_PROVIDER)").choices(providerNames))
  .option("--node-name <name>", "name of the node (VKUBELET_NODE_NAME)")
  .option(
    "--kubeconfig <file>",
    "how to reach the API server (VKUBELET_KUBECONFIG); default as kubectl finds it",
  )
  .option("--config <file>", "settings in YAML (VKUBELET_CONFIG); flags and variables win over it")
  .addOption(
    new Option("--log-level <level>", "least level to write to stderr (VKUBELET_LOG_LEVEL)").choices(
      logLevels,
    ),
  )
  .addHelpText(
    "after",
    `
Examples:
  vkubelet run --provider local --node-name vk-local --config vkubelet.yaml
  VKUBELET_PROVIDER=nomad vkubelet run --node-name vk-nomad --kubeconfig ~/.kube/config

A configuration file has nodeName, provider, kubeconfig, labels, annotations, taints, providerID, internalIP,
server {port, address, clientCaFile, certificateFile, keyFile}, clusterDomain, clusterDNS, concurrency,
apiRequests {perSecond, burst}, orphans {graceSeconds, refuseAbove}, leaderElection {…},
drain {graceSeconds, criticalSeconds, deleteNode}, logLevel, and one section for the provider: local, nomad,
fargate or batch.`,
  )
  .action(async (flags: RunFlags) => {
    const { runCommand } = await import("./run/run-command.ts");
    await runCommand(flags);
  });

program
  .command("demo")
  .description(
    "Start an in-memory cluster with a virtual node per backend, and show what they do, until Ctrl-C.",
  )
  .option("--once", "a checked tour that ends by itself; exit code 0 when every step was seen")
  .option("--kubeconfig <file>", "where to write the kubeconfig; default ./vkubelet-demo.kubeconfig")
  .addHelpText(
    "after",
    `
Needs no Docker, no root and no account. AWS Fargate and AWS Batch are emulated: their tasks are processes of this
machine. A node for Nomad is there where NOMAD_ADDR answers or a nomad is on PATH.`,
  )
  .action(async (flags: DemoFlags) => {
    const { demoCommand } = await import("./demo/demo-command.ts");
    process.exitCode = await demoCommand(flags);
  });

program
  .command("translate")
  .description(
    "Show what the workloads of some manifests become at a backend, without a cluster or an account.",
  )
  .addOption(
    new Option("-f, --file <file>", "manifests in YAML or JSON, - for the standard input; may be repeated")
      .argParser((file: string, before: readonly string[] = []) => [...before, file])
      .makeOptionMandatory(),
  )
  .addOption(new Option("--to <name>", "the backend").choices(providerNames).makeOptionMandatory())
  .addOption(new Option("-o, --output <format>", "what is printed").choices(outputFormats).default("json"))
  .option("--strict", "approximated fields count as rejected")
  .option("--config <file>", "settings of the backend, as for run; without one, previews stand for them")
  .option("-n, --namespace <name>", "namespace of objects that name none", "default")
  .addHelpText(
    "after",
    `
Requests and reports go to stdout, everything else to stderr. Exit code 1 when a field is rejected, 2 when the input
cannot be used. Values of Secrets that stand in the files are printed as they are sent.

Examples:
  vkubelet translate -f deployment.yaml --to fargate -o table
  kustomize build . | vkubelet translate -f - --to nomad --strict > /dev/null`,
  )
  .action(async (flags: TranslateFlags) => {
    const [{ translateCommand }, { readInput }] = await Promise.all([
      import("./translate/translate-command.ts"),
      import("./read-input.ts"),
    ]);
    process.exitCode = await translateCommand(flags, {
      read: readInput,
      stdout: (text) => process.stdout.write(text),
      stderr: (text) => process.stderr.write(text),
      columns: process.stdout.columns,
    });
  });

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
  if (process.exitCode !== 0) process.stderr.write(`vkubelet: ${messageOf(error)}\n`);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return error instanceof UsageError ? 2 : 1;
}

function messageOf(error: unknown): string {
  if (error instanceof CommanderError) return error.message.replace(/^error: /, "");
  return describeError(error).replaceAll("\n", "\nvkubelet: ");
}
