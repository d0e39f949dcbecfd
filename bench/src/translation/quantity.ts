import { Quantity } from "@vkubelet/pod";
import { perSecond } from "./measure.ts";
import { type Row, rate } from "./row.ts";

const texts = ["100m", "1.5Gi", "128Mi", "250m", "2", "0.1", "1e3", "512Mi"];

/** Reading and printing the quantities that pods have. */
export async function measureQuantities(): Promise<Row[]> {
  const all = (work: (text: string) => void) => async () =>
    (await perSecond(() => texts.forEach(work))) * texts.length;
  const parse = all((text) => Quantity.parse(text));
  const print = all((text) => Quantity.parse(text).toString());
  return [
    { what: "quantity: parse", measured: rate(await parse(), "quantities") },
    { what: "quantity: parse and print", measured: rate(await print(), "quantities") },
  ];
}
