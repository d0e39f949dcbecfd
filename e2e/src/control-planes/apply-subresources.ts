import { describe, expect, it } from "vitest";
import type { AnyObject, ApiAnswer } from "./api-client.ts";
import { managersOf } from "./apply.ts";
import { type Bench, namedPod, type Space, template } from "./bench.ts";
import { expectRecorded } from "./recorded.ts";

const applyType = "application/apply-patch+yaml";
const mergeType = "application/merge-patch+json";

function workload(replicas: number | undefined): AnyObject {
  const spec = { replicas, selector: { matchLabels: { app: "case" } }, template: template() };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "w" }, spec };
}

function scale(spec: AnyObject, more: AnyObject = {}): AnyObject {
  return { apiVersion: "autoscaling/v1", kind: "Scale", metadata: { name: "w" }, spec, ...more };
}

/** Requests about one object, and what they came to. */
class Subject {
  readonly #space: Space;
  readonly #path: string;
  readonly facts: AnyObject[] = [];

  constructor(space: Space, resource: string, name: string) {
    this.#space = space;
    this.#path = space.path(resource, name);
  }

  async apply(manager: string, object: AnyObject, subresource = "", query = ""): Promise<ApiAnswer> {
    const path = `${this.#path}${subresource && `/${subresource}`}?fieldManager=${manager}${query}`;
    return this.#noted(await this.#space.api.call("PATCH", path, object, { contentType: applyType }));
  }

  async patch(manager: string, change: AnyObject, subresource: string): Promise<ApiAnswer> {
    const path = `${this.#path}/${subresource}?fieldManager=${manager}`;
    return this.#noted(await this.#space.api.call("PATCH", path, change, { contentType: mergeType }));
  }

  /** Notes who owns what now, the controllers aside. */
  async noteManagers(): Promise<void> {
    const object = await this.#space.api.get(this.#path);
    const managers = managersOf(object).filter(({ manager }) => manager !== "kube-controller-manager");
    this.facts.push({ managers, replicas: object.spec.replicas });
  }

  #noted(answer: ApiAnswer): ApiAnswer {
    const { code, body } = answer;
    const causes = body.details?.causes
      ?.map(({ field, message }: AnyObject) => `${field}: ${message}`)
      .sort();
    const isScale = body.kind === "Scale";
    if (isScale) expect(body.metadata.managedFields).toBeUndefined();
    this.facts.push(
      code < 300
        ? { code, kind: body.kind, ...(isScale ? { spec: body.spec } : {}) }
        : { code, reason: body.reason, message: body.message, causes },
    );
    return answer;
  }
}

function describeScales(open: () => Bench): void {
  it("scales what others applied, by the rules of server-side apply", async () => {
    const space = await open().namespace();
    const subject = new Subject(space, "deployments", "w");
    await subject.apply("scaler", scale({ replicas: 2 }), "scale");
    await subject.apply("owner", workload(1));
    await subject.apply("scaler", scale({ replicas: 1 }), "scale");
    await subject.noteManagers();
    await subject.apply("scaler", scale({ replicas: 2 }), "scale");
    await subject.apply("scaler", scale({ replicas: 3 }), "scale", "&force=true&dryRun=All");
    await subject.apply("scaler", scale({ replicas: 3 }), "scale", "&force=true");
    await subject.noteManagers();
    await subject.apply("owner", workload(1));
    await subject.apply("owner", workload(undefined));
    await subject.noteManagers();
    await subject.apply("scaler", scale({}), "scale");
    await subject.noteManagers();
    await subject.apply("other", scale({ replicas: 4 }), "scale", "&force=true");
    await subject.patch("patcher", { spec: { replicas: 5 } }, "scale");
    await subject.apply("other", scale({ replicas: 4 }), "scale");
    await subject.noteManagers();
    await expectRecorded(space, "apply-scale", subject.facts);
  });

  it("scales what nobody applied", async () => {
    const space = await open().namespace();
    await space.api.post(`${space.path("deployments")}?fieldManager=creator`, workload(1));
    const subject = new Subject(space, "deployments", "w");
    await subject.apply("scaler", scale({ replicas: 2 }), "scale");
    await subject.apply("scaler", scale({ replicas: 2 }), "scale", "&force=true");
    await subject.noteManagers();
    const { spec: _spec, ...nothing } = scale({});
    await subject.apply("second", scale({ replicas: 2 }), "scale");
    await subject.apply("scaler", nothing, "scale");
    await subject.noteManagers();
    await subject.apply("second", nothing, "scale");
    await subject.noteManagers();
    await expectRecorded(space, "apply-scale-others", subject.facts);
  });

  it("refuses what is no Scale of that workload", async () => {
    const space = await open().namespace();
    const subject = new Subject(space, "deployments", "w");
    await space.create("deployments", workload(1));
    await subject.apply("scaler", scale({ replicas: -1 }), "scale", "&force=true");
    await subject.apply("scaler", workload(2), "scale");
    await subject.apply("scaler", scale({ replicas: 1 }, { metadata: { name: "z" } }), "scale");
    await subject.apply("scaler", scale({ replicas: 1 }, { metadata: {} }), "scale");
    await subject.apply("scaler", scale({ replicas: 2, odd: 1 }), "scale");
    await subject.apply("scaler", scale({ replicas: "2" }), "scale");
    await subject.apply(
      "scaler",
      scale({ replicas: 1 }, { metadata: { name: "w", resourceVersion: "1" } }),
      "scale",
    );
    await expectRecorded(space, "apply-scale-refusals", subject.facts);
  });
}

function describeParts(open: () => Bench): void {
  it("owns parts of pods and their status apart from the rest", async () => {
    const space = await open().namespace();
    await space.api.post(`${space.path("pods")}?fieldManager=creator`, namedPod("p"));
    const pod = (spec: AnyObject, more: AnyObject = {}) => {
      return { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec, ...more };
    };
    const subject = new Subject(space, "pods", "p");
    const debug = { name: "d", image: "y" };
    await subject.apply("debugger", pod({ ephemeralContainers: [debug] }), "ephemeralcontainers");
    const other = { ephemeralContainers: [debug], containers: [{ name: "c", image: "z" }] };
    await subject.apply("debugger", pod(other), "ephemeralcontainers");
    await subject.apply("reporter", pod(undefined, { status: { message: "m" } }), "status");
    await subject.apply("other", pod(undefined, { status: { message: "n" } }), "status");
    await subject.patch("patcher", { status: { reason: "r" } }, "status");
    await subject.noteManagers();
    await expectRecorded(space, "apply-pod-parts", subject.facts);
  });
}

function describeTypes(open: () => Bench): void {
  it("refuses what the kind does not have", async () => {
    const space = await open().namespace();
    const map = (more: AnyObject) => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "w" },
      ...more,
    });
    const subject = new Subject(space, "configmaps", "w");
    await subject.apply("m", map({ odd: 1 }));
    await subject.apply("m", map({ odd: 1 }), "", "&fieldValidation=Ignore");
    await subject.apply("m", workload(1));
    await subject.apply("m", { metadata: { name: "w" } });
    await subject.apply("m", map({ metadata: {} }));
    await subject.apply("m", map({ metadata: { name: "w", managedFields: [{ manager: "x" }] } }));
    const deployment = new Subject(space, "deployments", "w");
    const containers = [{ name: "c", image: "x", imag: "y" }];
    const { spec } = workload(1);
    const wrong = { ...workload(1), spec: { ...spec, template: { spec: { containers } } } };
    await deployment.apply("m", wrong);
    await deployment.apply("m", { ...workload(1), spec: { ...spec, replicas: "1" } });
    const twice = [
      { name: "c", image: "x" },
      { name: "c", image: "y" },
    ];
    await deployment.apply("m", {
      ...workload(1),
      spec: { ...spec, template: { spec: { containers: twice } } },
    });
    await expectRecorded(space, "apply-types", [...subject.facts, ...deployment.facts]);
  });
}

/** Server-side apply of subresources, and of what is of no such type. */
export function describeSubresourceApply(open: () => Bench): void {
  describe.concurrent("server-side apply of subresources", () => {
    describeScales(open);
    describeParts(open);
  });
  describe.concurrent("server-side apply of types", () => describeTypes(open));
}
