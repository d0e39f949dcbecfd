import { type LogFields, silentLogger } from "@vkubelet/core";
import { FakeClock } from "@vkubelet/testing";
import { KubeApiError } from "../kube-api-error.ts";
import type { ChangeEvent, KubeObject } from "../kube-object.ts";
import { createReflector, type ReflectorOptions } from "../reflector.ts";
import { ScriptedClient } from "./scripted-client.ts";

/** The collection that is followed. */
export const path = "/api/v1/pods";

export function pod(name: string, uid: string, resourceVersion: string): KubeObject {
  return { metadata: { namespace: "a", name, uid, resourceVersion } };
}

export const brief = ({ type, object, old }: ChangeEvent<KubeObject>) =>
  `${type} ${object.metadata?.name}:${object.metadata?.uid}@${object.metadata?.resourceVersion}` +
  (old === undefined ? "" : ` from ${old.metadata?.uid}@${old.metadata?.resourceVersion}`);

function logged() {
  const lines: { level: string; message: string; fields?: LogFields | undefined }[] = [];
  const at = (level: string) => (message: string, fields?: LogFields) =>
    void lines.push({ level, message, fields });
  return { lines, ...silentLogger, warn: at("warn"), error: at("error") };
}

interface SetUp extends Partial<ReflectorOptions<KubeObject>> {
  readonly list?: { items: KubeObject[]; resourceVersion: string } | Error;
}

/** A reflector that runs on a scripted client, with a list of one pod unless told otherwise. */
export function setUp({ list, ...options }: SetUp = {}) {
  const client = new ScriptedClient();
  const clock = new FakeClock();
  const logger = logged();
  const changes: string[] = [];
  client.lists.set(path, list ?? { items: [pod("x", "u1", "1")], resourceVersion: "10" });
  const reflector = createReflector<KubeObject>({
    client,
    path,
    query: { fieldSelector: "spec.nodeName=n" },
    logger,
    clock,
    random: () => 1,
    onChange: (event) => void changes.push(brief(event)),
    ...options,
  });
  const controller = new AbortController();
  const ended = reflector.run(controller.signal);
  return { client, clock, logger, changes, reflector, controller, ended };
}

export const refusal = (code: number, reason: string, retryAfterMs?: number) =>
  new KubeApiError(`WATCH ${path}: ${reason}`, { status: code, reason, retryAfterMs });
