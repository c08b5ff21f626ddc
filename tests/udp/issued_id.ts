import { type Libc, MonotonicClock } from "../../src/os/mod.ts";
import { IPV4 } from "../../src/peers/mod.ts";
import { ConnectionIds } from "../../src/udp/connection_id.ts";

/** 127.0.0.1 as it lies in memory. */
const LOOPBACK_WORD = 0x0100007f;

/** An id that workers with this secret take from 127.0.0.1, also before they are there. */
export function issueLoopbackId(libc: Libc, secret: Uint32Array): bigint {
  const ids = new ConnectionIds(secret);
  ids.issue(new MonotonicClock(libc).seconds(), IPV4, Uint32Array.of(LOOPBACK_WORD));
  return BigInt(ids.high) << 32n | BigInt(ids.low);
}
