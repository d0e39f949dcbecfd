/** Who writes or asks. */
export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** The group whose members may do everything, whatever roles say. */
const privilegedGroup = "system:masters";

/** The cluster's own controllers. */
export const systemUser: User = { name: "system:apiserver", groups: [privilegedGroup] };

/** Whether no role can keep a user from anything. */
export function isPrivileged({ groups }: User): boolean {
  return groups.includes(privilegedGroup);
}
