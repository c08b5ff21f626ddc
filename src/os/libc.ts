/**
 * The C library through Deno's foreign function interface: the only place that opens a library.
 *
 * Lengths are declared 32 bits wide where the values allow it, so that no call on the path of a request needs a
 * BigInt. A number given for a 64-bit parameter would also work, but takes Deno's slow path.
 *
 * @module
 */

const SYMBOLS = {
  __errno_location: { parameters: [], result: "pointer" },
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  listen: { parameters: ["i32", "i32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  accept4: { parameters: ["i32", "buffer", "buffer", "i32"], result: "i32" },
  recv: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  send: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  send_async: { name: "send", parameters: ["i32", "buffer", "u32", "i32"], result: "i32", nonblocking: true },
  shutdown: { parameters: ["i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  epoll_wait: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
  poll: { parameters: ["buffer", "u64", "i32"], result: "i32" },
  recvmmsg: { parameters: ["i32", "buffer", "u32", "i32", "pointer"], result: "i32" },
  sendmmsg: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  open: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  getdents64: { parameters: ["i32", "buffer", "u32"], result: "i32", optional: true },
  pread: { parameters: ["i32", "buffer", "u32", "u32"], result: "i32" },
  chmod: { parameters: ["buffer", "u32"], result: "i32" },
  statx: { parameters: ["i32", "buffer", "i32", "u32", "buffer"], result: "i32", optional: true },
  flock: { parameters: ["i32", "i32"], result: "i32" },
  getpriority: { parameters: ["i32", "u32"], result: "i32" },
  setpriority: { parameters: ["i32", "u32", "i32"], result: "i32" },
  sched_setscheduler: { parameters: ["i32", "i32", "buffer"], result: "i32" },
  getpwnam: { parameters: ["buffer"], result: "pointer" },
  getpwuid: { parameters: ["u32"], result: "pointer" },
  getgrnam: { parameters: ["buffer"], result: "pointer" },
  getgrouplist: { parameters: ["buffer", "u32", "buffer", "buffer"], result: "i32" },
  setgroups: { parameters: ["u32", "buffer"], result: "i32" },
  setgid: { parameters: ["u32"], result: "i32" },
  setuid: { parameters: ["u32"], result: "i32" },
  prctl: { parameters: ["i32", "u32", "u32", "u32", "u32"], result: "i32" },
  capset: { parameters: ["buffer", "buffer"], result: "i32" },
  chroot: { parameters: ["buffer"], result: "i32" },
  malloc_trim: { parameters: ["u32"], result: "i32", optional: true },
  getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  setrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  nanosleep: { parameters: ["buffer", "pointer"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** An open C library. It belongs to the thread that opened it: errno is the thread's own. */
export class Libc {
  /** The library's functions, by their names in C. */
  readonly calls: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];
  readonly #errno: Int32Array<ArrayBuffer>;

  constructor(library: Deno.DynamicLibrary<typeof SYMBOLS>) {
    this.calls = library.symbols;
    const location = this.calls.__errno_location();
    if (location === null) throw new Error("Cannot find errno");
    this.#errno = new Int32Array(
      Deno.UnsafePointerView.getArrayBuffer(location, Int32Array.BYTES_PER_ELEMENT),
    );
  }

  /** Why the thread's last failed call failed. Read it before anything else is called. */
  get errno(): number {
    return this.#errno[0];
  }
}

/** A library, or why there is none. */
export type LibcResult = { libc: Libc; reason: null } | { libc: null; reason: string };

const LIBRARY = "libc.so.6";
/** The struct layouts and constants in this folder are those of these two, both little-endian and 64 bits wide. */
const ARCHITECTURES: readonly string[] = ["x86_64", "aarch64"];

let opened: LibcResult | undefined;

/** The C library of GNU systems; opened at the first call of a thread. Never asks the user for a permission. */
export function openLibc(): LibcResult {
  return opened ??= open();
}

function open(): LibcResult {
  if (Deno.build.os !== "linux") return absent(`the system is ${Deno.build.os}, not linux`);
  if (!ARCHITECTURES.includes(Deno.build.arch)) return absent(`the processor is ${Deno.build.arch}`);
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") {
    return absent("--allow-ffi is not granted");
  }
  try {
    return { libc: new Libc(Deno.dlopen(LIBRARY, SYMBOLS)), reason: null };
  } catch (error) {
    return absent(`${LIBRARY} cannot be opened: ${error instanceof Error ? error.message : error}`);
  }
}

function absent(reason: string): LibcResult {
  return { libc: null, reason };
}
