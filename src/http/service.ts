/** What a transport serves requests with. @module */

import type { Cidr } from "../addresses/mod.ts";
import type { HttpHandler } from "./handle.ts";

/** One thread's. */
export interface HttpService {
  handler: HttpHandler;
  /** The row of counters that this thread alone writes. */
  counters: Float64Array;
  /** Whose word is taken for a client's address. */
  trustedProxies: Cidr[];
}
