// What a program outside Node does with the package: reads a pod, resolves it, audits it, computes its status.
import {
  auditPod,
  commonSupport,
  computePodStatus,
  effectiveResources,
  Quantity,
  qosClassOf,
  resolvePod,
} from "@vkubelet/pod";

const pod = JSON.parse(`{
  "metadata": { "name": "web-0", "namespace": "shop", "uid": "u-1", "labels": { "app": "web" } },
  "spec": {
    "containers": [{
      "name": "web", "image": "web:1", "args": ["--greeting=$(GREETING)", "$$(GREETING)"],
      "env": [
        { "name": "WHO", "valueFrom": { "secretKeyRef": { "name": "who", "key": "name" } } },
        { "name": "GREETING", "value": "Grüß Gott, $(WHO)" }
      ],
      "resources": { "limits": { "cpu": "0.3", "memory": "1.5Gi" } },
      "volumeMounts": [{ "name": "settings", "mountPath": "/settings" }],
      "livenesProbe": {}
    }],
    "volumes": [{ "name": "settings", "configMap": { "name": "settings" } }],
    "nodeName": "virtual"
  }
}`);

const outcome = resolvePod(pod, {
  attempt: 0,
  configMap: (name) => (name === "settings" ? { data: { "a.txt": "é😀" } } : undefined),
  secret: (name) => (name === "who" ? { data: { name: "d8O2cmxk" } } : undefined),
  services: [],
  nodeAllocatable: { cpu: "4", memory: "8Gi" },
  token: () => undefined,
});

const status = computePodStatus({
  pod,
  now: "2030-01-01T00:00:00Z",
  node: { hostIPs: ["192.0.2.1"] },
  runtimeName: "elsewhere",
  waiting: { reason: "ContainerCreating" },
  deleting: false,
});

function refused() {
  try {
    return Quantity.parse("1KB").toString();
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
}

/** Everything that the program found, as one text that is the same everywhere. */
export const answers = JSON.stringify({
  outcome,
  status,
  report: auditPod(pod, commonSupport),
  qos: qosClassOf(pod.spec),
  requests: Object.fromEntries(effectiveResources(pod.spec).requests),
  sum: Quantity.parse("0.1").add(Quantity.parse("0.2")),
  refused: refused(),
});
