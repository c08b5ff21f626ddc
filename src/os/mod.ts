/** The operating system through its C library: sockets, errors, memory, threads, the clock. Knows nothing of trackers. @module */
export { readSystemFile, SystemFile } from "./system_file.ts";
export { receiveArrivalTimes } from "./arrival_time.ts";
export { BlockingSocket } from "./blocking_socket.ts";
export { readBootId } from "./boot_id.ts";
export { microsecondsBetween, MonotonicClock, RealtimeClock } from "./clock.ts";
export { Epoll, EPOLLEXCLUSIVE, EPOLLIN, EPOLLOUT } from "./epoll.ts";
export { EAGAIN, ECONNABORTED, EINTR, EMFILE, ENFILE, ENOBUFS, ENOMEM } from "./errno.ts";
export { raiseFileLimit } from "./file_limit.ts";
export { shareFile } from "./file_flags.ts";
export { type FileLock, tryLockFile } from "./file_lock.ts";
export { releaseFreedMemory } from "./freed_memory.ts";
export { IPV4_BYTES, IPV6_BYTES, isMappedIpv4, parseIp, parseIpBytes, parseIpInto } from "./ip.ts";
export { formatIp, formatIpInto, IP_TEXT_BYTES_MAX } from "./ip_text.ts";
export { isJournal } from "./journal.ts";
export { type Libc, type LibcResult, openLibc } from "./libc.ts";
export { BATCH_SIZE } from "./message_header.ts";
export { NotifySocket } from "./notify_socket.ts";
export { receivePacketInfo } from "./packet_info.ts";
export { countPassedSockets, type PassedSocket, takePassedSockets } from "./passed_sockets.ts";
export { closeSockets, type Port } from "./port.ts";
export {
  AF_INET,
  AF_INET6,
  encodeSocketAddress,
  formatSocketAddress,
  SOCKADDR_FAMILY,
  SOCKADDR_IN6_ADDRESS,
  SOCKADDR_IN_ADDRESS,
  SOCKADDR_PORT,
  type SocketAddress,
} from "./socket_address.ts";
export { SocketError } from "./socket_error.ts";
export {
  allowRealtime,
  becomeRealtime,
  becomeUsual,
  giveWay,
  mayBecomeRealtime,
  standBack,
} from "./priority.ts";
export { StreamSockets } from "./stream_socket.ts";
export { openTcpPort } from "./tcp_listener.ts";
export { type ControlMessage, DatagramBatch, SENDER_BYTES, SLOT_BYTES } from "./udp_batch.ts";
export { readUdpDrops } from "./udp_drops.ts";
export { SocketPoll } from "./udp_poll.ts";
export { DatagramSender } from "./udp_send.ts";
export { becomeUser, changeRoot, findGroup, findGroups, findUser, type User } from "./user.ts";
export { openUdpPort, RECEIVE_TIMEOUT_MS, UDP_BUFFER_BYTES } from "./udp_socket.ts";
export { openUnixListener, UNIX_SOCKET_MODE } from "./unix_listener.ts";
