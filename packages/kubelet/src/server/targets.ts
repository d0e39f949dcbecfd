/** The pod that a path names. */
export interface PodTarget {
  readonly namespace: string;
  readonly pod: string;
  /** Where it is given, another pod of that name is not meant. */
  readonly uid?: string;
}

/** The container that a path names. */
export interface ContainerTarget extends PodTarget {
  readonly container: string;
}
