import { describeOnEachControlPlane } from "./each-control-plane.ts";
import { describeNode } from "./node-suite.ts";

await describeOnEachControlPlane("the node", describeNode, {
  impatient: true,
  concurrent: true,
  accelerated: true,
});
