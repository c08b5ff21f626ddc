import { assertEquals, assertThrows } from "@std/assert";
import {
  closeSockets,
  Epoll,
  EPOLLEXCLUSIVE,
  EPOLLIN,
  EPOLLOUT,
  openUnixListener,
  StreamSockets,
} from "../../src/os/mod.ts";
import { TempFolder } from "../harness.ts";
import { onAndOn, testWithLibc } from "./libc.ts";

const FIRST = 0;
const SECOND = 0x7fffffff;
const WAIT_MS = 10_000;

testWithLibc(
  "Epoll tells which sockets are ready, by their numbers, until they are no more",
  async (libc) => {
    using folder = new TempFolder();
    const paths = [`${folder.path}/a`, `${folder.path}/b`];
    const listeners = paths.map((path) => openUnixListener(libc, "TEST", path, 1)[0]);
    const epoll = new Epoll(libc, 10);
    assertEquals(epoll.add(listeners[0], EPOLLIN, FIRST), true);
    assertEquals(epoll.add(listeners[1], EPOLLIN | EPOLLEXCLUSIVE, SECOND), true);
    assertEquals(epoll.wait(0), 0);

    using _one = await Deno.connect({ transport: "unix", path: paths[1] });
    assertEquals([epoll.wait(WAIT_MS), epoll.numberAt(0)], [1, SECOND]);
    assertEquals([epoll.wait(0), epoll.numberAt(0)], [1, SECOND]);
    using _other = await Deno.connect({ transport: "unix", path: paths[0] });
    assertEquals(epoll.wait(WAIT_MS), 2);
    assertEquals(new Set([epoll.numberAt(0), epoll.numberAt(1)]), new Set([FIRST, SECOND]));

    epoll.remove(listeners[0]);
    assertEquals([epoll.wait(0), epoll.numberAt(0)], [1, SECOND]);
    const accepted = new StreamSockets(libc).accept(listeners[1]);
    assertEquals(epoll.wait(0), 0);
    epoll.close();
    closeSockets(libc, [accepted, ...listeners]);
  },
);

testWithLibc("Epoll waits for what it is told to, and tells of no more than it may at once", async (libc) => {
  using folder = new TempFolder();
  const path = `${folder.path}/a`;
  const [listener] = openUnixListener(libc, "TEST", path, 1);
  const sockets = new StreamSockets(libc);
  const epoll = new Epoll(libc, 2);
  const clients: Deno.UnixConn[] = [];
  const fds: number[] = [];
  for (let number = 0; number < 3; number++) {
    clients.push(await Deno.connect({ transport: "unix", path }));
    fds.push(sockets.accept(listener));
    epoll.add(fds[number], EPOLLIN, number);
  }
  assertEquals(epoll.wait(0), 0);
  for (const [number, fd] of fds.entries()) epoll.modify(fd, EPOLLOUT, number + 10);
  assertEquals(epoll.wait(0), 2);
  const told = new Set([epoll.numberAt(0), epoll.numberAt(1)]);
  assertEquals(epoll.wait(0), 2);
  assertEquals(told.union(new Set([epoll.numberAt(0), epoll.numberAt(1)])), new Set([10, 11, 12]));
  for (const client of clients) client.close();
  closeSockets(libc, [listener, ...fds]);
  epoll.close();
});

testWithLibc("Epoll says which call failed, and why", (libc) => {
  const epoll = new Epoll(libc, 1);
  assertThrows(() => epoll.add(-1, EPOLLIN, 0), Error, "epoll_ctl failed with EBADF");
  assertThrows(() => epoll.remove(-1), Error, "epoll_ctl failed with EBADF");
  assertThrows(() => epoll.modify(-1, EPOLLIN, 0), Error, "epoll_ctl failed with EBADF");
  epoll.close();
  assertThrows(() => onAndOn(() => epoll.wait(0)), Error, "epoll_wait failed with EBADF");
});
