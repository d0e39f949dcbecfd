import { isProviderError } from "@vkubelet/core";

/** Stops something; that it was gone between the look and the call is what was asked for. Other errors are thrown. */
export async function unlessGone(stop: Promise<void>): Promise<void> {
  try {
    await stop;
  } catch (error) {
    if (!isProviderError(error) || error.code !== "NotFound") throw error;
  }
}
