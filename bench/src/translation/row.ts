/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  /** What is promised, where something is. */
  readonly target?: string;
}

/** `21.3 thousand pods a second` */
export function rate(perSecond: number, unit: string): string {
  return `${Math.round(perSecond).toLocaleString("en")} ${unit}/s`;
}
