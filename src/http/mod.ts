/**
 * The tracker over HTTP (BEP 3, 7, 23, 48): one handler for announces, scrapes and documents, and the workers that
 * serve it.
 *
 * The main thread opens the addresses with {@linkcode openHttp} or {@linkcode openDenoHttp} and starts a worker of
 * {@linkcode httpWorkerUrl} for each of `workers`; worker_messages.ts says what is then said.
 *
 * @module
 */

export { connectionsWithin } from "./connection_bound.ts";
export { createFullScrapeTimes } from "./full_scrape_limit.ts";
export { HttpHandler, type HttpHandlerOptions } from "./handle.ts";
export { httpStreamsWorkerUrl, httpWorkerUrl, openDenoHttp, type OpenHttp, openHttp } from "./listen.ts";
export { type BodyStream, type HttpReply } from "./reply.ts";
export { HttpRequest } from "./request.ts";
export { type HttpSettings } from "./settings.ts";
export { type StaticFile } from "./static_files.ts";
export { type StatisticsParts } from "./statistics.ts";
export { pageFolder } from "./statistics_paths.ts";
export {
  HTTP_CONTROL_STOP,
  type HttpBackend,
  type HttpFailedMessage,
  type HttpFullScrapeMessage,
  type HttpLimits,
  type HttpReadyMessage,
  type HttpReloadedMessage,
  type HttpReloadFailedMessage,
  type HttpReloadMessage,
  type HttpSockets,
  type HttpStartMessage,
  type HttpStopMessage,
  type HttpStoppedMessage,
  type HttpStreamMessage,
  type HttpStreamsCommand,
  type HttpStreamsReadyMessage,
  type HttpStreamsReport,
  type HttpStreamsStartMessage,
  type HttpWorkerCommand,
  type HttpWorkerReport,
  type TlsPair,
} from "./worker_messages.ts";
