export { type ExampleProcess, startExample } from "./example-process.ts";
export { createTestCluster, readyCondition, type TestCluster } from "./test-cluster.ts";
