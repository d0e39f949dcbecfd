/** What {@link Peer.find} saw. */
export type PeerState =
  | {
      readonly found: true;
      /** "PATH" for what the machine has, "cache" for what was built or installed earlier. */
      readonly origin: "PATH" | "cache";
      /** A file or folder that shows it. */
      readonly location: string;
    }
  | {
      readonly found: false;
      /** What is missing, as the end of a sentence that starts with the peer's name. */
      readonly reason: string;
    };

/** An independent system that tests run against: how to look for it and how to get it. */
export interface Peer {
  readonly name: string;
  /** Version that {@link Peer.install} gets. What is found on PATH may be another one. */
  readonly version: string;
  /** Looks only: builds, downloads and starts nothing. */
  find(): Promise<PeerState>;
  /** Builds or installs it into the cache folder; does nothing when it is found. Rejects with the reason otherwise. */
  install(options?: {
    readonly signal?: AbortSignal;
    /** Receives one line a step. */
    readonly report?: (line: string) => void;
  }): Promise<void>;
}
