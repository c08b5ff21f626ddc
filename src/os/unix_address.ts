/**
 * Addresses of Unix-domain sockets. `struct sockaddr_un` is a u16 family in the machine's byte order and up to 108 bytes
 * of name: the path of a file, ended by a zero, or an abstract name, which begins with a zero and ends with the address.
 *
 * @module
 */

export const AF_UNIX = 1;
export const UNIX_PATH_AT = 2;
/** The longest path has its closing zero within them. */
const NAME_BYTES_MAX = 108;
export const SOCKADDR_UN_BYTES: number = UNIX_PATH_AT + NAME_BYTES_MAX;

/** What abstract names begin with when people write them. */
const ABSTRACT = "@";

/** The address of the file `path`, or of the abstract name behind an `@`. Throws a TypeError when it is too long. */
export function encodeUnixAddress(path: string): Uint8Array<ArrayBuffer> {
  const isAbstract = path.startsWith(ABSTRACT);
  const name = new TextEncoder().encode(isAbstract ? `\0${path.slice(ABSTRACT.length)}` : `${path}\0`);
  if (name.length > NAME_BYTES_MAX) throw new TypeError(`Cannot use as a socket's path, too long: ${path}`);
  const address = new Uint8Array(UNIX_PATH_AT + name.length);
  address[0] = AF_UNIX;
  address.set(name, UNIX_PATH_AT);
  return address;
}

/** The path, or `@` and the abstract name, in an address of `size` bytes; "" for a socket without a name. */
export function decodeUnixAddress(bytes: Uint8Array, size: number): string {
  const name = new TextDecoder().decode(bytes.subarray(UNIX_PATH_AT, size));
  return name.startsWith("\0") ? ABSTRACT + name.slice(1) : name.replace(/\0.*$/s, "");
}
