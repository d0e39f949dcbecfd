export { type ExampleProcess, startExample } from "./example-process.ts";
export { createTestCluster, type TestCluster } from "./test-cluster.ts";
