import { type DefaultRule, type FieldShape, list, object } from "./field-shape.ts";
import { imagePullPolicyOf } from "./image-pull-policy.ts";

/** Of a container and of a pod alike. */
export const resourcesShape: FieldShape = object("limits{} requests{}", {
  claims: list(object("name request")),
});

/** The security settings that a pod and a container share. */
export const sharedSecurityFields: Readonly<Record<string, FieldShape>> = {
  seLinuxOptions: object("level role type user"),
  windowsOptions: object(
    "gmsaCredentialSpec gmsaCredentialSpecName hostProcess runAsUserName",
    {},
    { hostProcess: false },
  ),
  seccompProfile: object("type localhostProfile"),
  appArmorProfile: object("type localhostProfile"),
};

/** `resourceFieldRef` of variables and of downward API files. */
export const resourceFieldRefShape: FieldShape = object(
  "containerName resource divisor",
  {},
  { divisor: "0" },
);

/** `fieldRef` of variables and of downward API files. */
export const fieldRefShape: FieldShape = object("apiVersion fieldPath", {}, { apiVersion: "v1" });

const execAction = object("command[]");
const httpAction = object(
  "host path port protocol scheme",
  { httpHeaders: list(object("name value")) },
  { path: "/", scheme: "HTTP" },
);
const tcpAction = object("host port");

const probe = object(
  "failureThreshold initialDelaySeconds periodSeconds successThreshold terminationGracePeriodSeconds timeoutSeconds",
  {
    exec: execAction,
    httpGet: httpAction,
    tcpSocket: tcpAction,
    grpc: object("mode port service", {}, { service: "" }),
  },
  { failureThreshold: 3, initialDelaySeconds: 0, periodSeconds: 10, successThreshold: 1, timeoutSeconds: 1 },
);

const lifecycleHandler = object("", {
  exec: execAction,
  httpGet: httpAction,
  tcpSocket: tcpAction,
  sleep: object("seconds"),
});

const keySelector = object("key name optional", {}, { optional: false });
const objectSelector = object("name optional", {}, { optional: false });

const environment: Readonly<Record<string, FieldShape>> = {
  env: list(
    object("name value", {
      valueFrom: object("", {
        configMapKeyRef: keySelector,
        secretKeyRef: keySelector,
        fieldRef: fieldRefShape,
        resourceFieldRef: resourceFieldRefShape,
        fileKeyRef: object("key optional path volumeName", {}, { optional: false }),
      }),
    }),
  ),
  envFrom: list(
    object("prefix", { configMapRef: objectSelector, secretRef: objectSelector }, { prefix: "" }),
  ),
};

const securityContext = object(
  "allowPrivilegeEscalation privileged procMount readOnlyRootFilesystem runAsGroup runAsNonRoot runAsUser",
  { ...sharedSecurityFields, capabilities: object("add[] drop[]", {}, {}) },
  {
    allowPrivilegeEscalation: true,
    privileged: false,
    procMount: "Default",
    readOnlyRootFilesystem: false,
    runAsNonRoot: false,
    seLinuxOptions: {},
    windowsOptions: {},
    capabilities: {},
  },
);

const containerNames =
  "args[] command[] image imagePullPolicy name restartPolicy stdin stdinOnce " +
  "terminationMessagePath terminationMessagePolicy tty workingDir";

const containerFields: Readonly<Record<string, FieldShape>> = {
  ...environment,
  lifecycle: object("stopSignal", { postStart: lifecycleHandler, preStop: lifecycleHandler }),
  livenessProbe: probe,
  readinessProbe: probe,
  startupProbe: probe,
  ports: list(
    object(
      "containerPort hostIP hostPort name protocol",
      {},
      { hostIP: "", hostPort: 0, name: "", protocol: "TCP" },
    ),
  ),
  resizePolicy: list(object("resourceName restartPolicy")),
  resources: resourcesShape,
  restartPolicyRules: list(object("action", { exitCodes: object("operator values[]") })),
  securityContext,
  volumeDevices: list(object("devicePath name")),
  volumeMounts: list(
    object(
      "bindMountOptions[] mountPath mountPropagation name readOnly recursiveReadOnly subPath subPathExpr",
      {},
      {
        mountPropagation: "None",
        readOnly: false,
        recursiveReadOnly: "Disabled",
        subPath: "",
        subPathExpr: "",
      },
    ),
  ),
};

/** pod-semantics U5. */
const isDefaultPullPolicy: DefaultRule = (value, owner) => {
  const { image } = owner;
  return value === imagePullPolicyOf(typeof image === "string" ? { name: "", image } : { name: "" });
};

const containerDefaults: Readonly<Record<string, unknown>> = {
  imagePullPolicy: isDefaultPullPolicy,
  lifecycle: {},
  resources: {},
  securityContext: {},
  stdin: false,
  stdinOnce: false,
  terminationMessagePath: "/dev/termination-log",
  terminationMessagePolicy: "File",
  tty: false,
  workingDir: "",
};

/** A main or an init container. */
export const containerShape: FieldShape = object(containerNames, containerFields, containerDefaults);

/** An ephemeral container. */
export const ephemeralContainerShape: FieldShape = object(
  `${containerNames} targetContainerName`,
  containerFields,
  containerDefaults,
);
