// Errors that errno tells of by mistake, and those of calls that have come to fail for good.

import { assertEquals, assertThrows } from "@std/assert";
import { DatagramBatch, Epoll, type Libc, SocketPoll } from "../../src/os/mod.ts";
import { onAndOn, testWithLibc } from "./libc.ts";

const ENOENT = 2;
const EINTR = 4;

/** A C library whose calls fail, each by the error that `next` says; null is none. */
function failing(libc: Libc, next: () => number | null): Libc {
  let error: number | null = null;
  const fail = () => {
    error = next();
    return error === null ? 0 : -1;
  };
  const calls = { ...libc.calls, recvmmsg: fail, poll: fail, epoll_wait: fail };
  return Object.create(libc, { calls: { value: calls }, errno: { get: () => error } });
}

const WAITERS: Record<string, (libc: Libc) => () => number> = {
  recvmmsg: (libc) => {
    const batch = new DatagramBatch(libc);
    return () => batch.receive(0);
  },
  poll: (libc) => {
    const poll = new SocketPoll(libc, [0]);
    return () => poll.wait(0);
  },
  epoll_wait: (libc) => {
    const epoll = new Epoll(libc, 1);
    return () => epoll.wait(0);
  },
};

for (const [call, waiterOf] of Object.entries(WAITERS)) {
  testWithLibc(`${call} may fail in an unheard-of way now and then`, (libc) => {
    let turn = 0;
    // What is expected comes between, be it something or nothing.
    const wait = waiterOf(failing(libc, () => [ENOENT, ENOENT, null, ENOENT, EINTR][turn++ % 5]));
    onAndOn(() => assertEquals(wait(), 0));
  });

  testWithLibc(`${call} that fails on and on is an error`, (libc) => {
    const wait = waiterOf(failing(libc, () => ENOENT));
    assertThrows(() => onAndOn(wait), Error, `${call} failed with ENOENT`);
  });
}

testWithLibc(
  "recvmmsg that fails on and on for one socket is an error, whatever comes from another",
  (libc) => {
    let fd = 0;
    const batch = new DatagramBatch(failing(libc, () => fd === 1 ? ENOENT : null));
    const receive = () => {
      fd = 1 - fd;
      return batch.receive(fd);
    };
    assertThrows(() => onAndOn(receive), Error, "recvmmsg failed with ENOENT");
  },
);
