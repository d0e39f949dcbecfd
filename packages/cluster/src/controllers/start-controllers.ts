import type { Clock } from "../clock.ts";
import type { CertificateAuthority } from "../pki/certificate-authority.ts";
import type { Registry } from "../registry/registry.ts";

/** What the controllers are given. */
export interface ControllerSetup {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly caPem: string;
  readonly signAuthority: CertificateAuthority;
  readonly controllers: boolean;
  readonly scheduler: boolean;
}

/** Running controllers. */
export interface RunningControllers {
  stop(): Promise<void>;
}

export function startControllers(_setup: ControllerSetup): RunningControllers {
  return { stop: async () => undefined };
}
