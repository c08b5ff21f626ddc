/** All servers of a worker that uses Deno.serve, started, given another certificate and stopped together. @module */

import type { HttpEndpoint } from "../addresses/mod.ts";
import { realEndpoint } from "./listen.ts";
import { type DenoHttpServer, serveDeno } from "./serve_deno.ts";
import type { HttpService } from "./service.ts";
import type { TlsPair } from "./worker_messages.ts";

/** Answers under way when a server is told to stop get this long. */
const SHUTDOWN_MS_MAX = 1000;

/** The servers of one worker, one for each endpoint. */
export class DenoServers {
  readonly #endpoints: HttpEndpoint[];
  readonly #service: HttpService;
  #servers: DenoHttpServer[];

  /** Starts all or, throwing what `serveDeno` throws, none. */
  constructor(endpoints: HttpEndpoint[], tls: TlsPair | null, service: HttpService) {
    this.#endpoints = endpoints;
    this.#service = service;
    this.#servers = this.#start(tls);
  }

  /** The endpoints with their real ports. */
  get endpoints(): HttpEndpoint[] {
    return this.#endpoints.map((endpoint, index) => realEndpoint(endpoint, this.#servers[index].addr));
  }

  /**
   * Serves with another certificate from now on; what is under way on open connections ends with the old one. Throws when
   * it is none, and everything stays as it was.
   */
  reload(tls: TlsPair): void {
    const old = this.#servers;
    this.#servers = this.#start(tls);
    shutdown(old);
  }

  /** Takes no new connections and waits, within bounds, for the answers under way. */
  async stop(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise((resolve) => timer = setTimeout(resolve, SHUTDOWN_MS_MAX));
    await Promise.race([shutdown(this.#servers), late]);
    clearTimeout(timer);
  }

  #start(tls: TlsPair | null): DenoHttpServer[] {
    const servers: DenoHttpServer[] = [];
    try {
      for (const endpoint of this.#endpoints) servers.push(serveDeno(endpoint, tls, this.#service));
      return servers;
    } catch (error) {
      shutdown(servers);
      throw error;
    }
  }
}

async function shutdown(servers: DenoHttpServer[]): Promise<void> {
  await Promise.all(servers.map((server) => server.shutdown()));
}
