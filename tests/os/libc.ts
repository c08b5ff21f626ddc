import { type Libc, openLibc } from "../../src/os/mod.ts";

const { libc, reason } = openLibc();

/** A test that needs the C library; ignored, and saying why, where there is none. */
export function testWithLibc(name: string, run: (libc: Libc) => void | Promise<void>): void {
  if (libc === null) Deno.test({ name: `${name} (ignored: ${reason})`, ignore: true, fn() {} });
  else Deno.test(name, () => run(libc));
}

/** A client's socket on a loopback address. */
export function openClient(hostname: string): Deno.DatagramConn {
  return Deno.listenDatagram({ transport: "udp", hostname, port: 0 });
}

/** Does `act` far more often than a call may fail in a row before its error is believed. */
export function onAndOn(act: () => void): void {
  for (let times = 0; times < 10_000; times++) act();
}
