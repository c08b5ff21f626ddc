import { formatSocketAddress, type SocketAddress } from "./socket_address.ts";

const SENTENCES: Record<string, string> = {
  EADDRINUSE: "the address is already in use",
  EACCES: "not permitted; ports below 1024 need a privilege",
  EADDRNOTAVAIL: "this machine does not have the address",
  EAFNOSUPPORT: "this machine does not support the address family",
  EMFILE: "too many files are open",
};

/** Of Unix-domain sockets. */
const PATH_SENTENCES: Record<string, string> = {
  EADDRINUSE: "another program listens there, or the file is no socket",
  EACCES: "not permitted",
  ENOENT: "the folder is not there",
  ENOTDIR: "the folder is not there",
  EMFILE: "too many files are open",
};

/** A socket could not be opened. The message names the address and says why. */
export class SocketError extends Error {
  override readonly name = "SocketError";
  /** What could not be had; see the constructor. */
  readonly address: SocketAddress | string;
  /** Name of the system's error, such as `EADDRINUSE`. */
  readonly code: string;

  /**
   * `protocol` is the word before the address in the message, such as `UDP`; `address` may be the path of a
   * Unix-domain socket.
   */
  constructor(protocol: string, address: SocketAddress | string, code: string) {
    const [text, sentences] = typeof address === "string"
      ? [`unix:${address}`, PATH_SENTENCES]
      : [formatSocketAddress(address), SENTENCES];
    super(`Cannot open ${protocol} ${text}: ${code in sentences ? `${sentences[code]} (${code})` : code}`);
    this.address = address;
    this.code = code;
  }
}
