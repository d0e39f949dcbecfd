import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import descriptor from "../generated/protobuf.generated.json" with { type: "json" };
import { decodeProtobuf } from "./decode.ts";

const root = protobuf.Root.fromJSON(descriptor as unknown as protobuf.INamespace);

function encode(
  apiVersion: string,
  kind: string,
  typeName: string,
  message: Record<string, unknown>,
): Uint8Array {
  const type = root.lookupType(typeName);
  const raw = type.encode(type.fromObject(message)).finish();
  const unknown = root.lookupType("k8s.io.apimachinery.pkg.runtime.Unknown");
  const envelope = unknown.encode(unknown.fromObject({ typeMeta: { apiVersion, kind }, raw })).finish();
  return Uint8Array.from([0x6b, 0x38, 0x73, 0, ...envelope]);
}

describe("decodeProtobuf", () => {
  it("decodes a Deployment: pointers keep their zeros, plain zeros are absent", async () => {
    const body = encode("apps/v1", "Deployment", "k8s.io.api.apps.v1.Deployment", {
      metadata: { name: "d", generation: 0, labels: { a: "b" }, creationTimestamp: {} },
      spec: {
        replicas: 0,
        minReadySeconds: 0,
        strategy: { rollingUpdate: { maxSurge: { type: 1, strVal: "25%" } } },
      },
    });
    expect(await decodeProtobuf(body)).toEqual({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "d", labels: { a: "b" } },
      spec: { replicas: 0, strategy: { rollingUpdate: { maxSurge: "25%" } } },
    });
  });

  it("inlines what JSON inlines, and writes bytes, quantities and times in their JSON form", async () => {
    const body = encode("v1", "Pod", "k8s.io.api.core.v1.Pod", {
      metadata: { creationTimestamp: { seconds: 1_700_000_000, nanos: 0 } },
      spec: {
        volumes: [{ name: "v", volumeSource: { emptyDir: {} } }],
        containers: [{ name: "c", resources: { limits: { cpu: { string: "500m" } } } }],
      },
    });
    const decoded = await decodeProtobuf(body);
    expect(decoded.metadata.creationTimestamp).toBe("2023-11-14T22:13:20Z");
    expect(decoded.spec.volumes).toEqual([{ name: "v", emptyDir: {} }]);
    expect(decoded.spec.containers[0].resources.limits).toEqual({ cpu: "500m" });
    const secret = encode("v1", "Secret", "k8s.io.api.core.v1.Secret", { data: { a: Buffer.from("b") } });
    expect((await decodeProtobuf(secret)).data).toEqual({ a: "Yg==" });
  });

  it.each([
    ["no magic", Uint8Array.of(1, 2, 3, 4, 5)],
    ["rubbish", Uint8Array.of(0x6b, 0x38, 0x73, 0, 0xff, 0xff, 0xff)],
    ["empty", new Uint8Array()],
    ["an unknown kind", encode("v1", "Nothing", "k8s.io.api.core.v1.Pod", {})],
  ])("answers 400 for %s", async (_name, body) => {
    await expect(decodeProtobuf(body)).rejects.toMatchObject({ code: 400 });
  });
});
