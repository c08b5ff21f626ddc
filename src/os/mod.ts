/** The operating system through its C library: sockets, errors, memory, threads, the clock. Knows nothing of trackers. @module */
export { readSystemFile } from "./system_file.ts";
export { MonotonicClock } from "./clock.ts";
export { type FileLock, tryLockFile } from "./file_lock.ts";
export { releaseFreedMemory } from "./freed_memory.ts";
export { formatIp, IPV4_BYTES, IPV6_BYTES, isMappedIpv4, parseIp, parseIpInto } from "./ip.ts";
export { type Libc, type LibcResult, openLibc } from "./libc.ts";
export { BATCH_SIZE } from "./message_header.ts";
export { receivePacketInfo } from "./packet_info.ts";
export {
  AF_INET,
  AF_INET6,
  formatSocketAddress,
  SOCKADDR_FAMILY,
  SOCKADDR_IN6_ADDRESS,
  SOCKADDR_IN_ADDRESS,
  SOCKADDR_PORT,
  type SocketAddress,
} from "./socket_address.ts";
export { SocketError } from "./socket_error.ts";
export { giveWay } from "./priority.ts";
export { DatagramBatch, SENDER_BYTES, SLOT_BYTES } from "./udp_batch.ts";
export { readUdpDrops } from "./udp_drops.ts";
export { SocketPoll } from "./udp_poll.ts";
export { DatagramSender } from "./udp_send.ts";
export { closeSockets, openUdpPort, RECEIVE_TIMEOUT_MS, type UdpPort } from "./udp_socket.ts";
