import type { PullCredential, ResolvedPod } from "@vkubelet/core";
import { credentialsForImage, type FieldAccount, imageReferenceOf } from "@vkubelet/pod";
import { expression, jsonLine } from "./escape.ts";
import { jobVariable } from "./identity.ts";
import type { Constraint, TaskSecret } from "./job-spec.ts";
import { VariableBuilder } from "./variables.ts";

/** What a task needs to pull its image as somebody. */
export interface RegistryLogin {
  /** The docker driver's `auth`. */
  readonly auth: readonly { readonly username: string; readonly password: string }[];
  readonly env: Readonly<Record<string, string>>;
  readonly task: { readonly Secrets: readonly TaskSecret[]; readonly Constraints: readonly Constraint[] };
}

const secretName = "pull";

/** Older servers drop a task's secrets in silence. */
const secretsVersion: Constraint = {
  LTarget: expression("attr.nomad.version"),
  RTarget: ">= 1.11.0",
  Operand: "semver",
};

/**
 * The credentials with which a pod's images are pulled. They lie in the variable of its job, which every job may read
 * without a policy; the client reads it for the driver alone, and neither the job nor the container holds a value.
 */
export class RegistryLogins {
  readonly #pod: ResolvedPod;
  readonly #account: FieldAccount;
  readonly #names = new Map<PullCredential, readonly [username: string, password: string]>();
  readonly variable: VariableBuilder;

  constructor(pod: ResolvedPod, job: string, account: FieldAccount) {
    this.#pod = pod;
    this.#account = account;
    this.variable = new VariableBuilder(jobVariable(job));
  }

  /** Undefined where the pod has no credential for the image: the client's own are used then. */
  of(image: string): RegistryLogin | undefined {
    // What is no image is an issue of the container.
    if (imageReferenceOf(image) === undefined) return undefined;
    const [credential, ...others] = credentialsForImage(image, this.#pod.pullCredentials);
    if (credential === undefined) return undefined;
    if (others.length > 0) {
      this.#account.approximate(
        "spec.imagePullSecrets",
        `of the ${others.length + 1} credentials for ${image} only the first is tried, that of ${credential.registry}`,
      );
    }
    const [username, password] = this.#namesOf(credential);
    return {
      auth: [{ username: expression(username), password: expression(password) }],
      // A client that was restarted does not read secrets again (seen with 1.11.3): without anything of these names
      // it would find the task's configuration invalid, and end the task.
      env: { [username]: "", [password]: "" },
      task: {
        Secrets: [{ Name: secretName, Provider: "nomad", Path: this.variable.path }],
        Constraints: [secretsVersion],
      },
    };
  }

  #namesOf(credential: PullCredential): readonly [username: string, password: string] {
    const known = this.#names.get(credential);
    if (known !== undefined) return known;
    // The client parses what it reads as lines of an env file.
    const names = [
      `secret.${secretName}.${this.variable.add("username", jsonLine(credential.username))}`,
      `secret.${secretName}.${this.variable.add("password", jsonLine(credential.password))}`,
    ] as const;
    this.#names.set(credential, names);
    return names;
  }
}
