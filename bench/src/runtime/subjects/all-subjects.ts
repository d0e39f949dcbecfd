import { bareFloor, floor } from "./floor.ts";
import { goVirtualKubelet } from "./go-virtual-kubelet.ts";
import { kwok } from "./kwok.ts";
import type { Subject } from "./subject.ts";
import { vkubelet, vkubeletLagging } from "./vkubelet.ts";

/** Measured always: the one is what the other is judged by. */
export const standardSubjects: readonly Subject[] = [floor, vkubelet];

/** Measured when asked for by name. */
export const furtherSubjects: readonly Subject[] = [bareFloor, vkubeletLagging, kwok, goVirtualKubelet];
