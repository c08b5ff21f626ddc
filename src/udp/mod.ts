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
