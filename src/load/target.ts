import { type Endpoint, formatEndpoint } from "../addresses/mod.ts";

/** What targets begin with. */
export const SCHEME = "udp://";

/** A target as it is given. */
export function formatTarget(target: Endpoint): string {
  return SCHEME + formatEndpoint(target);
}
