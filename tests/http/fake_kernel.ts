// A kernel of sockets and one epoll as tests want it: what comes, in which pieces, how much leaves, and what fails.
import { Epoll, EPOLLIN, EPOLLOUT, type Libc, StreamSockets } from "../../src/os/mod.ts";
import { Libc as LibcClass } from "../../src/os/libc.ts";

const LATIN1 = new TextDecoder("latin1");
const EAGAIN = 11;
const EPOLL_CTL_DEL = 2;
const EVENT_WORDS = Deno.build.arch === "x86_64" ? 3 : 4;
const DATA_WORD = Deno.build.arch === "x86_64" ? 1 : 2;

/** The server's end of one connection. */
export class FakeSocket {
  /** What a read gives, one piece at a time. */
  readonly incoming: Uint8Array[] = [];
  /** The client sends no more behind these. */
  hasEnded = false;
  /** What has left. */
  sent = "";
  /** How many bytes each send takes, at most; then as many as there are. */
  readonly rooms: number[] = [];
  /** What reads and sends fail by, if they do. */
  errno = 0;
  isClosed = false;
  /** Closed without waiting for what was sent to be taken. */
  isAborted = false;
  sendingEnded = false;
  /** As epoll was told; null = it was not. */
  watched: { events: number; number: number } | null = null;

  /** Whether epoll would tell of it. */
  get isReady(): boolean {
    if (this.watched === null) return false;
    const { events } = this.watched;
    return this.errno !== 0 || (events & EPOLLOUT) !== 0 ||
      (events & EPOLLIN) !== 0 && (this.incoming.length > 0 || this.hasEnded);
  }
}

/** Sockets by their file descriptors. */
export class FakeKernel {
  readonly libc: Libc;
  readonly sockets: StreamSockets;
  readonly epoll: Epoll;
  /** Calls of each function. */
  readonly calls: Record<string, number> = {};
  readonly #byFd = new Map<number, FakeSocket>();
  readonly #errno = new Int32Array(1);

  constructor(real: Libc) {
    const symbols = {
      ...real.calls,
      __errno_location: () => Deno.UnsafePointer.of(this.#errno),
      recv: (fd: number, target: AllowSharedBufferSource | null) => this.#receive(fd, target as Uint8Array),
      send: (fd: number, source: AllowSharedBufferSource | null, length: number) =>
        this.#send(fd, source as ArrayBuffer, length),
      shutdown: (fd: number) => this.#call("shutdown", fd, (socket) => socket.sendingEnded = true),
      setsockopt: (fd: number) => this.#call("setsockopt", fd, (socket) => socket.isAborted = true),
      close: (fd: number) => this.#call("close", fd, (socket) => socket.isClosed = true),
      epoll_create1: () => 0,
      epoll_ctl: (_: number, operation: number, fd: number, event: AllowSharedBufferSource | null) => {
        const words = new Int32Array(event as ArrayBuffer, 0, EVENT_WORDS);
        const watched = { events: words[0], number: words[DATA_WORD] };
        return this.#call("epoll_ctl", fd, (socket) => {
          socket.watched = operation === EPOLL_CTL_DEL ? null : watched;
        });
      },
    };
    this.libc = new LibcClass({ symbols, close() {} });
    this.sockets = new StreamSockets(this.libc);
    this.epoll = new Epoll(this.libc, 1);
  }

  /** Makes a connected socket. */
  connect(fd: number): FakeSocket {
    const socket = new FakeSocket();
    this.#byFd.set(fd, socket);
    return socket;
  }

  #receive(fd: number, target: Uint8Array): number {
    this.#count("recv");
    const socket = this.#socket(fd);
    if (socket.errno !== 0) return this.#fail(socket.errno);
    const piece = socket.incoming[0];
    if (piece === undefined) return socket.hasEnded ? 0 : this.#fail(EAGAIN);
    const count = Math.min(piece.length, target.length);
    target.set(piece.subarray(0, count));
    if (count === piece.length) socket.incoming.shift();
    else socket.incoming[0] = piece.subarray(count);
    return count;
  }

  #send(fd: number, source: ArrayBuffer, length: number): number {
    this.#count("send");
    const socket = this.#socket(fd);
    if (socket.errno !== 0) return this.#fail(socket.errno);
    const count = Math.min(socket.rooms.shift() ?? length, length);
    if (count === 0) return this.#fail(EAGAIN);
    socket.sent += LATIN1.decode(new Uint8Array(source, 0, count));
    return count;
  }

  #call(name: string, fd: number, run: (socket: FakeSocket) => void): number {
    this.#count(name);
    run(this.#socket(fd));
    return 0;
  }

  #count(name: string): void {
    this.calls[name] = (this.calls[name] ?? 0) + 1;
  }

  #socket(fd: number): FakeSocket {
    const socket = this.#byFd.get(fd);
    if (socket === undefined || socket.isClosed) throw new Error(`No socket is open as ${fd}`);
    return socket;
  }

  #fail(errno: number): number {
    this.#errno[0] = errno;
    return -1;
  }
}
