/** Networks out of a file, for all threads. @module */

import { type Cidr, CIDR_FORM, parseCidr } from "../config/mod.ts";
import { countLines, ListError, readEntries } from "./list_file.ts";
import { NETWORKS_MAX, publishNetworks } from "./networks.ts";
import type { Published } from "./published.ts";

/**
 * Publishes the networks in the file `path` together with `others`, and returns how many lines the file has of them.
 * Rejects with a ListError, and nothing is published, when the file cannot be read, or has a line that is no network, or
 * too many.
 */
export async function publishNetworkFile(
  path: string,
  others: readonly Cidr[],
  published: Published,
): Promise<number> {
  if (await countLines(path) + others.length > NETWORKS_MAX) {
    throw new ListError(path, null, `has more lines than the ${NETWORKS_MAX} networks that there may be`);
  }
  const networks: Cidr[] = [...others];
  await readEntries(path, (entry) => {
    const network = parseCidr(entry);
    if (network === null) return `must be ${CIDR_FORM}`;
    networks.push(network);
    return null;
  });
  publishNetworks(networks, published);
  return networks.length - others.length;
}
