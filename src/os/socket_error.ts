import { formatSocketAddress, type SocketAddress } from "./socket_address.ts";

const SENTENCES: Record<string, string> = {
  EADDRINUSE: "the address is already in use",
  EACCES: "not permitted; ports below 1024 need a privilege",
  EADDRNOTAVAIL: "this machine does not have the address",
  EAFNOSUPPORT: "this machine does not support the address family",
  EMFILE: "too many files are open",
};

/** A socket could not be opened on an address. The message names the address and says why. */
export class SocketError extends Error {
  override readonly name = "SocketError";
  readonly address: SocketAddress;
  /** Name of the system's error, such as `EADDRINUSE`. */
  readonly code: string;

  /** `protocol` is the word before the address in the message, such as `UDP`. */
  constructor(protocol: string, address: SocketAddress, code: string) {
    const reason = code in SENTENCES ? `${SENTENCES[code]} (${code})` : code;
    super(`Cannot open ${protocol} ${formatSocketAddress(address)}: ${reason}`);
    this.address = address;
    this.code = code;
  }
}
