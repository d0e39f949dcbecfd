import type { AwsEmulator, Fault } from "@vkubelet/aws-emulator";
import type { RequestFaults } from "@vkubelet/testing";

/** How often the SDK's client sends a request in all, when the answer is an error that may pass. */
const attempts = 3;

/** The faults of one operation that both services have. */
export type EmulatedFaults = Required<Omit<RequestFaults, "capacity" | "partial">>;

/** What can go wrong with the calls of one operation; `repeats`: whether the provider lets the SDK repeat them. */
export function awsFaults(
  emulator: AwsEmulator,
  operation: string,
  { repeats = true }: { readonly repeats?: boolean } = {},
): EmulatedFaults {
  const plan = (fault: Fault, count: number) => () => {
    for (let planned = 0; planned < count; planned++) emulator.failNext(operation, fault);
  };
  const enough = repeats ? attempts : 1;
  return {
    unavailable: plan({ type: "ServerException", status: 500 }, enough),
    throttled: plan({ type: "ThrottlingException", message: "Rate exceeded" }, enough),
    unauthorized: plan({ type: "AccessDeniedException" }, 1),
    loseReply: plan({ lostReply: true }, enough),
    hang: () => ({ arrived: emulator.failNext(operation, { hang: true }).met }),
  };
}
