import type { RemoteCommandClient, RemoteCommandSession } from "@vkubelet/streaming";

/**
 * Carries a session between a client that came by WebSocket and a kubelet that speaks SPDY, as the API server's
 * StreamTranslator does. Resolves when it is over.
 */
export async function translateCommand(
  client: RemoteCommandSession,
  kubelet: RemoteCommandClient,
): Promise<void> {
  client.signal.addEventListener("abort", () => kubelet.close(), { once: true });
  if (client.signal.aborted) kubelet.close();
  const { stdin, stdout, stderr, terminal } = client.streams;
  const inwards = Promise.all([
    (async () => {
      for await (const bytes of stdin ?? []) await kubelet.stdin?.write(bytes);
      await kubelet.stdin?.end();
    })(),
    (async () => {
      for await (const size of terminal ?? []) await kubelet.resize?.(size);
    })(),
  ]);
  // The command may end before its input does.
  inwards.catch(() => {});
  const carry = async (from: AsyncIterable<Uint8Array> | undefined, to: typeof stdout) => {
    for await (const bytes of from ?? []) await to?.write(bytes);
  };
  try {
    const [status] = await Promise.all([
      kubelet.status,
      carry(kubelet.stdout, stdout),
      carry(kubelet.stderr, stderr),
    ]);
    await client.finishAs(status);
  } catch (error) {
    const message = `the connection to the kubelet broke: ${(error as Error).message}`;
    await client.finish({ kind: "failed", message });
  } finally {
    kubelet.close();
  }
}
