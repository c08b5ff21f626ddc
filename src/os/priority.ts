import type { Libc } from "./libc.ts";

const PRIO_PROCESS = 0;
/** The calling thread: Linux has a priority for each, whatever the name of the constant above says. */
const SELF = 0;
/** The lowest: where others want all of the processor, the thread still gets a sixtieth. */
const NICE = 19;

/** Makes the calling thread give way to those that answer requests. */
export function giveWay(libc: Libc): void {
  libc.calls.setpriority(PRIO_PROCESS, SELF, NICE);
}
