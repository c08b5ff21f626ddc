/**
 * Compact peers (BEP 23, BEP 7) as sorted texts, `127.0.0.1:6881` or `[::1]:6881`, so that swarms compare as lists.
 * Each is `addressBytes` (4 or 16) of address and 2 of port, all in network order; any other total length is a fault.
 */
export function peerTexts(bytes: Uint8Array, addressBytes: 4 | 16): string[] {
  const size = addressBytes + 2;
  if (bytes.length % size !== 0) {
    throw new RangeError(`${bytes.length} bytes are no whole number of peers of ${size}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const texts: string[] = [];
  for (let offset = 0; offset < bytes.length; offset += size) {
    const address = addressBytes === 4 ? ipv4Text(view, offset) : ipv6Text(view, offset);
    texts.push(`${address}:${view.getUint16(offset + addressBytes)}`);
  }
  return texts.sort();
}

function ipv4Text(view: DataView, offset: number): string {
  return [0, 1, 2, 3].map((index) => view.getUint8(offset + index)).join(".");
}

/** The platform's own URL parser brings the eight groups into the shortest form, in brackets. */
function ipv6Text(view: DataView, offset: number): string {
  const groups = [0, 2, 4, 6, 8, 10, 12, 14].map((index) => view.getUint16(offset + index).toString(16));
  return new URL(`http://[${groups.join(":")}]`).hostname;
}

/**
 * 20 random bytes that stand for an info hash. The first is 0xff, which no UTF-8 text contains: what mistakes a hash for
 * text fails on every one of them.
 */
export function randomHash(): Uint8Array {
  const hash = crypto.getRandomValues(new Uint8Array(20));
  hash[0] = 0xff;
  return hash;
}
