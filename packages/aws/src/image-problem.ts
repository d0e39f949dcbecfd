import { imageReferenceOf } from "@vkubelet/pod";

/** API reference of ECS and Batch: the longest name of an image. */
const longestImage = 255;

/** Why AWS cannot run `image`; undefined where it is the name of one. */
export function imageProblem(image: string): string | undefined {
  if (image === "") return "an image is needed here";
  if (image.length > longestImage) return `AWS takes names of images up to ${longestImage} characters`;
  return imageReferenceOf(image) === undefined ? "is no name of an image" : undefined;
}
