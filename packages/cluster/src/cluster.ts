import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import { Authenticator } from "./auth/authenticator.ts";
import { Authorizer } from "./auth/authorizer.ts";
import { ServiceAccountTokens } from "./auth/service-account-tokens.ts";
import type { User } from "./auth/user.ts";
import { bootstrap, createKubernetesService, furnishNamespace } from "./bootstrap.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type ClusterObjects, objectsOf } from "./cluster-objects.ts";
import type { ControllerErrorHandler } from "./controllers/controller.ts";
import { startControllers } from "./controllers/start-controllers.ts";
import type { ClusterFaults } from "./faults/fault.ts";
import { FaultSet } from "./faults/fault-set.ts";
import { ListPages } from "./http/list-pages.ts";
import { startApiServer } from "./http/server.ts";
import type { Services } from "./http/services.ts";
import { makeKubeconfig } from "./kubeconfig.ts";
import { OpenApi } from "./openapi/documents.ts";
import { loadSchemas, type Schemas } from "./openapi/schemas.ts";
import { FieldOwnership } from "./ownership/field-ownership.ts";
import { CertificateAuthority } from "./pki/certificate-authority.ts";
import { KubeletClient } from "./pods/kubelet-client.ts";
import { Registry } from "./registry/registry.ts";
import { ResourceTypes } from "./resources/resource-types.ts";
import { objectIndexes } from "./store/object-indexes.ts";
import { defaultHistoryLimit, Store } from "./store/store.ts";

const bookmarkIntervalMs = 60_000;

/** How a cluster is set up. */
export interface ClusterOptions {
  /** Port of the API server; 0 (the default) takes a free one. */
  readonly port?: number;
  /** Address that the API server listens on; default 127.0.0.1. */
  readonly address?: string;
  /** Time of the objects, tokens, watches and controllers; certificates are always made by the wall clock. */
  readonly clock?: Clock;
  /** Runs the controllers (Deployments, Jobs, garbage collection, node lifecycle, …); default true. */
  readonly controllers?: boolean;
  /** Binds pods to nodes; default true. */
  readonly scheduler?: boolean;
  /**
   * Nodes (`system:node:NAME` in `system:nodes`) may read what their own pods refer to and write what is theirs, as the
   * node authorizer and the plugin NodeRestriction of a real cluster have it; default false: all that kubelets do at all.
   */
  readonly restrictNodes?: boolean;
  /** Told of every failed attempt of a controller, which tries again by itself; default: a process warning. */
  readonly onControllerError?: ControllerErrorHandler;
  /** How many past changes of each resource a watch can start from at least; default 5,000. */
  readonly historyLimit?: number;
}

/** A running in-memory cluster. */
export interface Cluster extends AsyncDisposable {
  /** `https://ADDRESS:PORT` */
  readonly url: string;
  /** The CA that signed the API server's certificate, PEM. */
  readonly caPem: string;
  /** A kubeconfig (YAML) of a user who may do everything. */
  readonly kubeconfig: string;
  /** The CA (PEM) of the client certificate with which the cluster calls kubelets. */
  readonly kubeletClientCertificateAuthority: string;
  readonly objects: ClusterObjects;
  /** What goes wrong between clients and this cluster, on request. */
  readonly faults: ClusterFaults;
  /** Makes a bearer token for a user of that name and those groups. */
  addUser(name: string, groups?: readonly string[]): string;
  /** A kubeconfig (YAML) of a new user of that name and those groups. */
  kubeconfigFor(name: string, groups?: readonly string[]): string;
}

function faultsOf({ faults, pages, registry }: Services): ClusterFaults {
  return {
    add: (fault) => faults.add(fault),
    clear: () => faults.clear(),
    compact() {
      registry.store.compact();
      pages.clear();
    },
  };
}

async function createServices(
  registry: Registry,
  schemas: Schemas,
  clock: Clock,
  authority: CertificateAuthority,
  restrictNodes: boolean,
): Promise<Services> {
  const tokens = new ServiceAccountTokens(registry, clock);
  const identity = await authority.issue({
    commonName: "kube-apiserver-kubelet-client",
    organizations: ["system:masters"],
    usage: "client",
  });
  return {
    registry,
    reads: registry.store,
    faults: new FaultSet(() => registry.store.snapshot()),
    schemas,
    clock,
    tokens,
    openApi: new OpenApi(schemas, registry.types),
    authenticator: new Authenticator(tokens),
    authorizer: new Authorizer(registry, restrictNodes),
    kubelets: new KubeletClient(identity),
    pages: new ListPages(),
  };
}

function warnOfControllerError(error: unknown, controller: string, key: string): void {
  const text = error instanceof Error ? error.message : String(error);
  process.emitWarning(
    `controller ${controller} failed on ${key} and will retry: ${text}`,
    "VkubeletClusterWarning",
  );
}

async function sendBookmarks(store: Store, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(bookmarkIntervalMs, signal);
    store.bookmarkAll();
  }
}

/** Starts an in-memory Kubernetes cluster; it lives until it is disposed of. */
export async function createCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const {
    port = 0,
    address = "127.0.0.1",
    clock = systemClock,
    controllers = true,
    scheduler = true,
    restrictNodes = false,
  } = options;
  const authority = await CertificateAuthority.create("vkubelet-cluster-ca", Date.now());
  const kubeletAuthority = await CertificateAuthority.create("vkubelet-kubelet-client-ca", Date.now());
  const schemas = await loadSchemas();
  const store = new Store(options.historyLimit ?? defaultHistoryLimit, objectIndexes);
  const registry = new Registry(store, new ResourceTypes(), clock, {
    taintNewNodes: controllers,
    restrictNodes,
    ownership: new FieldOwnership(schemas),
    onNamespaceCreated: (target, name) => furnishNamespace(target, name, authority.pem),
  });
  bootstrap(registry, kubeletAuthority.pem);
  const services = await createServices(registry, schemas, clock, kubeletAuthority, restrictNodes);
  const identity = await authority.issue({
    commonName: "kube-apiserver",
    dnsNames: [
      "localhost",
      "kubernetes",
      "kubernetes.default",
      "kubernetes.default.svc",
      ...(isIP(address) ? [] : [address]),
    ],
    ipAddresses: [...new Set(["127.0.0.1", "10.96.0.1", ...(isIP(address) ? [address] : [])])],
    usage: "server",
  });
  const server = await startApiServer(services, identity, { port, address });
  createKubernetesService(registry, address, server.port);
  const stop = new AbortController();
  sendBookmarks(store, clock, stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error;
  });
  const running = startControllers({
    registry,
    clock,
    signAuthority: authority,
    controllers,
    scheduler,
    onError: options.onControllerError ?? warnOfControllerError,
  });
  const url = `https://${address.includes(":") ? `[${address}]` : address}:${server.port}`;
  const addUser = (name: string, groups: readonly string[] = []) => {
    const token = randomBytes(24).toString("base64url");
    services.authenticator.addToken(token, { name, groups } satisfies User);
    return token;
  };
  const kubeconfigFor = (user: string, groups?: readonly string[]) =>
    makeKubeconfig({ url, caPem: authority.pem, token: addUser(user, groups), user });
  return {
    url,
    caPem: authority.pem,
    kubeconfig: kubeconfigFor("admin", ["system:masters"]),
    kubeletClientCertificateAuthority: kubeletAuthority.pem,
    objects: objectsOf(registry, schemas),
    faults: faultsOf(services),
    addUser,
    kubeconfigFor,
    async [Symbol.asyncDispose]() {
      stop.abort(new Error("the cluster has been closed"));
      services.faults.clear();
      await running.stop();
      store.close();
      services.kubelets.close();
      await server.close();
    },
  };
}
