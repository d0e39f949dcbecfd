import { describe, expect, it } from "vitest";
import { containerBuilder } from "./builders/container-builder.ts";
import { configMapOf } from "./builders/objects.ts";
import { podBuilder } from "./builders/pod-builder.ts";
import { expectTranslation, TranslationAssertionError } from "./expect-translation.ts";
import { type ToyRequests, toyTranslator } from "./testdata/toy-translator.ts";

const main = containerBuilder("main", "nginx:1");
const options = { largestPort: 1000 };

describe("expectTranslation", () => {
  it("gives the requests of an accepted pod, typed, and its calls", () => {
    const translation = expectTranslation(
      toyTranslator,
      podBuilder().containers(main).restartPolicy("Never"),
      options,
    )
      .toBeAccepted()
      .toApproximate("spec.restartPolicy", /by day/)
      .toAccountFor("spec.containers[0].image", "exact");
    const requests: ToyRequests = translation.requests;
    expect(requests.images).toEqual(["nginx:1"]);
    expect(translation.operations).toEqual([{ operation: "Run", input: { image: "nginx:1" } }]);
  });

  it("finds rejections by path and reason, also of fields below one that is decided as a whole", () => {
    const pod = podBuilder().containers(
      main.port(8080).readinessProbe({ httpGet: { port: 8080, path: "/up" } }),
    );
    const translation = expectTranslation(toyTranslator, pod, options)
      .toReject("spec.containers[0].ports[0].containerPort", "too large")
      .toReject("spec.containers[0].readinessProbe", /^no probes/)
      .toReject("spec.containers[0].readinessProbe.httpGet.path");
    expect(() => translation.requests).toThrow(TranslationAssertionError);
  });

  it("resolves with the objects that it gets, and rejects where one is missing", () => {
    const pod = podBuilder().containers(main.envFrom({ configMap: "settings" }));
    const settings = configMapOf("settings", { MODE: "fast" });
    expect(expectTranslation(toyTranslator, pod, options, [settings]).requests.variables).toMatchObject({
      MODE: "fast",
    });
    expectTranslation(toyTranslator, pod, options).toReject("spec.containers[0]", /settings/);
  });

  it("says what is wrong, with the report as a table", () => {
    const pod = podBuilder().containers(main.readinessProbe({ exec: { command: ["true"] } }));
    const translation = expectTranslation(toyTranslator, pod, options);
    expect(messageOf(() => translation.toBeAccepted())).toBe(
      [
        "expected the pod to be accepted: spec.containers[0].readinessProbe cannot be honoured",
        "",
        "disposition  field                              reason",
        "reject       spec.containers[0].readinessProbe  no probes here",
        "exact        spec.containers[0].name",
        "exact        spec.containers[0].image",
        "",
        "1 rejected, 2 exact",
      ].join("\n"),
    );
    expect(messageOf(() => translation.toReject("spec.containers[0].image", /secret/))).toContain(
      "expected spec.containers[0].image to be rejected because of /secret/: it is honoured exactly",
    );
    expect(messageOf(() => translation.toReject("spec.containers[0].readinessProbe", "ports"))).toContain(
      'because of "ports": it is rejected (no probes here)',
    );
    expect(messageOf(() => translation.toApproximate("spec.hostPID"))).toContain(
      "the report has no entry for it",
    );
  });
});

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
}
