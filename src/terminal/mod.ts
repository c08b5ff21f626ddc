/** `tracker top`: a running tracker, live in a terminal. @module */
export { ALL_SETTINGS as TOP_SETTINGS } from "./settings.ts";
export { runTop } from "./top.ts";
