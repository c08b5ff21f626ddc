/**
 * Whom the tracker serves: torrents by lists of info hashes, clients by their peer ids, addresses by networks and by how
 * often they announce. And who may see what is not for everybody, by tokens.
 *
 * Main publishes the lists in shared memory (published.ts) and sends the {@linkcode AccessParts} to the workers, each of
 * which asks an {@linkcode Access} of its own.
 *
 * @module
 */

export { Access, type AccessParts, isOpen } from "./access.ts";
export { createBudgets } from "./announce_budget.ts";
export { publishHashes } from "./hash_list.ts";
export { HASHES_MAX, hashSetWords } from "./hash_set.ts";
export { ListError, stampOf } from "./list_file.ts";
export { publishNetworkFile } from "./network_list.ts";
export { NETWORK_WORDS_MAX, publishNetworks } from "./networks.ts";
export { createPublished, Published, type PublishedBuffers } from "./published.ts";
export { publishTokenFile, Tokens, TOKENS_WORDS_MAX } from "./tokens.ts";
