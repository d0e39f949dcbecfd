import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test, vi } from "vitest";
import { freePort, freePorts } from "./free-port.ts";

test("gives ports that can be listened on, none of them one that a connection may get", async () => {
  const ports = await freePorts(5);
  expect(new Set(ports).size).toBe(5);
  for (const port of ports) {
    expect(port).toBeLessThan(32_768);
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    server.close();
  }
});

test("gives no port twice, and none on which somebody listens", async () => {
  const given = await freePort();
  const used = 17_321;
  const server = createServer().listen(used, "127.0.0.1");
  await Promise.race([once(server, "listening"), once(server, "error")]);
  const random = vi.spyOn(Math, "random");
  for (const port of [given, used]) random.mockReturnValueOnce((port - 10_000 + 0.5) / 10_000);
  const other = await freePort();
  server.close();
  expect(random.mock.calls.length).toBeGreaterThanOrEqual(3);
  expect([given, used]).not.toContain(other);
});
