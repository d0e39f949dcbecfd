import type { Stage } from "../cluster/stage.ts";

const room = { cpu: "20000", memory: "90000Gi", pods: "100000" };

/** Makes the node of a subject that only takes over nodes which are there. */
export async function createNode(
  { driver, nodeName }: Stage,
  annotations: Readonly<Record<string, string>>,
): Promise<void> {
  const node = {
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: nodeName, annotations },
    status: { capacity: room, allocatable: room },
  };
  const { status, text } = await driver.connection.request("POST", "/api/v1/nodes", { body: node });
  if (status !== 201) throw new Error(`create node ${nodeName}: status ${status}: ${text}`);
}

/** Whether the API server calls the node of the stage ready. */
export async function isNodeReady({ driver, nodeName }: Stage): Promise<boolean> {
  const { status, text } = await driver.connection.request("GET", `/api/v1/nodes/${nodeName}`);
  if (status !== 200) return false;
  const node = JSON.parse(text) as {
    readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  };
  return node.status.conditions?.some((one) => one.type === "Ready" && one.status === "True") ?? false;
}
