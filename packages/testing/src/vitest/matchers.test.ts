import { manifestInputs, translateManifest } from "@vkubelet/pod";
import { describe, expect, it } from "vitest";
import { containerBuilder } from "../builders/container-builder.ts";
import { podBuilder } from "../builders/pod-builder.ts";
import { expectTranslation } from "../expect-translation.ts";
import { toyTranslator } from "../testdata/toy-translator.ts";
import { translationMatchers } from "./matchers.ts";

expect.extend(translationMatchers);

const main = containerBuilder("main", "nginx:1");
const options = { largestPort: 1000 };
const translate = (pod = podBuilder().containers(main)) =>
  translateManifest(toyTranslator, pod.build(), manifestInputs([]), options);

describe("translationMatchers", () => {
  it("judge a translation and an expectation alike", () => {
    const pod = podBuilder().containers(main.port(2000)).restartPolicy("Never");
    for (const translation of [translate(pod), expectTranslation(toyTranslator, pod, options)]) {
      expect(translation).toRejectField("spec.containers[0].ports[0].containerPort", /too large/);
      expect(translation).not.toRejectField("spec.containers[0].image");
      expect(translation).toApproximateField("spec.restartPolicy", "by day");
      expect(translation).toAccountForField("spec.containers[0].image", "exact");
      expect(translation).not.toBeAcceptedTranslation();
    }
    expect(translate()).toBeAcceptedTranslation();
  });

  it("compare requests as toMatchObject does", () => {
    expect(translate()).toTranslateTo({ images: ["nginx:1"] });
    expect(translate()).toTranslateTo({ images: [expect.stringMatching(/^nginx/)] });
    expect(translate()).not.toTranslateTo({ images: [] });
    const expectation = expectTranslation(toyTranslator, podBuilder().containers(main), options);
    expect(expectation).toTranslateTo({ images: ["nginx:1"] });
  });

  it("fail with the report as a table", () => {
    expect(() => expect(translate()).toRejectField("spec.containers[0].image")).toThrow(
      /to be rejected: it is honoured exactly\n\ndisposition {2}field {21}reason\nexact/,
    );
    expect(() => expect(translate()).not.toAccountForField("spec.containers[0].image", "exact")).toThrow(
      "expected spec.containers[0].image not to be honoured exactly",
    );
    expect(() => expect(translate()).not.toBeAcceptedTranslation()).toThrow("nothing is");
    expect(() => expect(translate()).toTranslateTo({ images: ["apache"] })).toThrow(/apache[\s\S]*2 exact/);
    const rejected = translate(podBuilder().containers(main.port(2000)));
    expect(() => expect(rejected).toTranslateTo({})).toThrow("cannot be honoured");
  });

  it("refuse what is no translation", () => {
    expect(() => expect({}).toBeAcceptedTranslation()).toThrow("without a report");
  });
});
