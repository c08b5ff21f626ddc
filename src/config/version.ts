/** Which tracker this is. @module */

import project from "../../deno.json" with { type: "json" };

/** The version in `deno.json`, without a leading "v". */
export const VERSION: string = project.version;
