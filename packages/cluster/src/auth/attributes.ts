/** What somebody wants to do: something with a resource, or a request to a path. */
export interface Attributes {
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  /** As the query gives it. */
  readonly fieldSelector?: string;
  /** Set for requests that are about no resource. */
  readonly path?: string;
}
