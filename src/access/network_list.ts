/** Networks out of a file, for all threads. @module */

import { type Cidr, CIDR_FORM, parseCidr } from "../addresses/mod.ts";
import { countLines, ListError, readEntries, readUnchanged } from "./list_file.ts";
import { NETWORKS_MAX, publishNetworks } from "./networks.ts";
import type { Published } from "./published.ts";

/**
 * Publishes the networks in the file `path` together with `others`, and returns how many lines the file has of them.
 * Rejects with a ListError, and nothing is published, when the file cannot be read, is changed meanwhile, or has a line that
 * is no network, or too many.
 */
export async function publishNetworkFile(
  path: string,
  others: readonly Cidr[],
  published: Published,
): Promise<number> {
  const most = NETWORKS_MAX - others.length;
  const networks = await readUnchanged(path, (file) => readNetworks(path, file, most));
  publishNetworks([...others, ...networks], published);
  return networks.length;
}

async function readNetworks(path: string, file: Deno.FsFile, most: number): Promise<Cidr[]> {
  if (await countLines(path, file) > most) {
    throw new ListError(path, null, `has more lines than the ${NETWORKS_MAX} networks that there may be`);
  }
  const networks: Cidr[] = [];
  await readEntries(path, file, (entry) => {
    const network = parseCidr(entry);
    if (network === null) return `must be ${CIDR_FORM}`;
    networks.push(network);
    return null;
  });
  return networks;
}
