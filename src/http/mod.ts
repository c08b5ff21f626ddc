/**
 * The tracker over HTTP (BEP 3, 7, 23, 48): one handler for announces, scrapes and documents, and the workers that
 * serve it.
 *
 * The main thread resolves the addresses with {@linkcode probeHttp} and starts workers of
 * {@linkcode httpWorkerUrl} that all listen on them; worker_messages.ts says what is then said.
 *
 * @module
 */

export { type HttpSettings } from "./announce.ts";
export { HttpHandler, type HttpHandlerOptions, type HttpReply } from "./handle.ts";
export { httpWorkerUrl, probeHttp } from "./listen.ts";
export {
  type HttpFailedMessage,
  type HttpReadyMessage,
  type HttpStartMessage,
  type HttpStopMessage,
  type HttpStoppedMessage,
  type HttpWorkerCommand,
  type HttpWorkerReport,
} from "./worker_messages.ts";
