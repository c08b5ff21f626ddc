// A service manager that opens sockets and passes them to each tracker that it starts, one after the other.
import { closeSockets, type Libc } from "../src/os/mod.ts";
import type { Endpoint, Program } from "./harness.ts";
import { httpGet } from "./http_client.ts";
import { PROCESS_MS } from "./process.ts";
import { until } from "./within.ts";

const F_DUPFD = 0;
/** Above what a program has open, so that no two of its descriptors are mixed up. */
const INHERITED_FD_MIN = 200;
const FIRST_PASSED_FD = 3;

/** Sockets that trackers of this test inherit. They stay open until this is disposed of. */
export class PassedSockets implements Disposable {
  readonly #libc: Libc;
  readonly #fds: number[];

  /** `fds` are this test's from now on. */
  constructor(libc: Libc, fds: number[]) {
    this.#libc = libc;
    this.#fds = fds.map((fd) => libc.calls.fcntl(fd, F_DUPFD, INHERITED_FD_MIN));
    closeSockets(libc, fds);
  }

  /** The program, started as systemd starts it: with the sockets as its files from 3 on. */
  program({ command, args, cwd, env = {} }: Program): Program {
    const redirections = this.#fds.map((fd, index) => `${FIRST_PASSED_FD + index}<&${fd} ${fd}<&-`).join(" ");
    const script = `exec ${redirections}; export LISTEN_PID=$$ LISTEN_FDS=${this.#fds.length}; exec "$@"`;
    return { command: "bash", args: ["-c", script, "bash", command, ...args], cwd, env };
  }

  [Symbol.dispose](): void {
    closeSockets(this.#libc, this.#fds);
  }
}

const HTTP_LOOPS = 8;
/** So that the answers to all that waited for a tracker, which come at once, find room at this socket. */
const UDP_PAUSE_MS = 20;
/** Of the answers that each span of a test brings at least. */
const PROGRESS_ANSWERS = 200;
const CONNECT = new Uint8Array([0, 0, 4, 0x17, 0x27, 0x10, 0x19, 0x80, 0, 0, 0, 0, 0, 0, 0, 0]);
const TRANSACTION_ID_AT = 12;
const REPLY_TRANSACTION_ID_AT = 4;

/** Clients that connect over and over, and never try anything twice. */
export class Load implements AsyncDisposable {
  udpRequests = 0;
  httpAnswers = 0;
  /** What went wrong with HTTP requests. */
  readonly failures: string[] = [];
  readonly #socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  readonly #answeredIds = new Set<number>();
  readonly #loops: Promise<void>[];
  #isOver = false;

  /** Begins at once: UDP connects to one address, requests over connections of their own to the other. */
  constructor(udp: Endpoint, tcp: Endpoint) {
    this.#loops = [
      this.#receive(),
      this.#send({ transport: "udp", ...udp }),
      ...Array.from({ length: HTTP_LOOPS }, () => this.#request(tcp)),
    ];
  }

  /** Different connects that were answered. */
  get udpAnswers(): number {
    return this.#answeredIds.size;
  }

  get answered(): number {
    return this.httpAnswers + this.udpAnswers;
  }

  /** Waits until a good many more than `answered` requests were. */
  async progress(answered: number): Promise<void> {
    await until(
      PROCESS_MS,
      () => Promise.resolve(this.answered >= answered + PROGRESS_ANSWERS),
      () => `${this.answered - answered} answers, and ${this.failures.length} failures: ${this.failures[0]}`,
    );
  }

  /** Asks for no more, and waits for what has been asked for. */
  async finish(): Promise<void> {
    this.#isOver = true;
    const [, ...loops] = this.#loops;
    await Promise.all(loops);
    await until(
      PROCESS_MS,
      () => Promise.resolve(this.udpAnswers === this.udpRequests),
      () => `${this.udpAnswers} of ${this.udpRequests} connects were answered`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    this.#socket.close();
    await Promise.all(this.#loops);
  }

  async #receive(): Promise<void> {
    for await (const [answer] of this.#socket) {
      this.#answeredIds.add(
        new DataView(answer.buffer, answer.byteOffset).getUint32(REPLY_TRANSACTION_ID_AT),
      );
    }
  }

  async #send(to: Deno.NetAddr): Promise<void> {
    const request = CONNECT.slice();
    while (!this.#isOver) {
      new DataView(request.buffer).setUint32(TRANSACTION_ID_AT, this.udpRequests++);
      await this.#socket.send(request, to);
      await new Promise((resolve) => setTimeout(resolve, UDP_PAUSE_MS));
    }
  }

  async #request(to: Endpoint): Promise<void> {
    while (!this.#isOver) {
      try {
        const { status } = await httpGet(to, "/health");
        if (status === 200) this.httpAnswers++;
        else this.failures.push(`status ${status}`);
      } catch (error) {
        this.failures.push(String(error));
      }
    }
  }
}
