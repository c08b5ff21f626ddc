/**
 * The UDP tracker protocol (BEP 15): packets, connection ids, the answers, and the workers that give them.
 *
 * The main thread opens the sockets with {@linkcode openUdp} and starts a worker of {@linkcode udpWorkerUrl} for each
 * entry of `workers`; worker_messages.ts says what is then said.
 *
 * @module
 */

export { type OpenUdp, openUdp, udpWorkerUrl } from "./open.ts";
export {
  ACTION_ANNOUNCE,
  ACTION_CONNECT,
  ACTION_ERROR,
  ACTION_SCRAPE,
  ANNOUNCE_BYTES,
  ANNOUNCE_DOWNLOADED,
  ANNOUNCE_EVENT,
  ANNOUNCE_INFO_HASH,
  ANNOUNCE_IP,
  ANNOUNCE_KEY,
  ANNOUNCE_LEFT,
  ANNOUNCE_PEER_ID,
  ANNOUNCE_PORT,
  ANNOUNCE_REPLY_PEERS,
  ANNOUNCE_UPLOADED,
  ANNOUNCE_WANTED,
  CONNECT_REPLY_BYTES,
  CONNECT_REPLY_ID,
  REPLY_ACTION,
  REPLY_HEAD_BYTES,
  REPLY_TRANSACTION_ID,
  REQUEST_ACTION,
  REQUEST_CONNECTION_ID,
  REQUEST_HEAD_BYTES,
  REQUEST_TRANSACTION_ID,
  SCRAPE_ENTRY_BYTES,
  SCRAPE_HASH_BYTES,
  SCRAPE_HASHES,
  SCRAPE_REPLY_ENTRIES,
} from "./packet.ts";
export { writeConnect } from "./packet_client.ts";
export {
  CONTROL_STOP,
  type UdpBackend,
  type UdpReadyMessage,
  type UdpSockets,
  type UdpStartMessage,
  type UdpStopMessage,
  type UdpStoppedMessage,
  type UdpWorkerCommand,
  type UdpWorkerReport,
} from "./worker_messages.ts";
