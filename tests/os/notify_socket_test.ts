import { assertEquals, assertThrows } from "@std/assert";
import { closeSockets, NotifySocket } from "../../src/os/mod.ts";
import { encodeUnixAddress } from "../../src/os/unix_address.ts";
import { TempFolder } from "../harness.ts";
import { testWithLibc } from "./libc.ts";

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const MSG_DONTWAIT = 0x40;

testWithLibc(
  "NotifySocket sends datagrams to a path or to an abstract name, also when the path is gone",
  (libc) => {
    using folder = new TempFolder();
    for (const path of [folder.file("notify"), `@tracker-test-${crypto.randomUUID()}`]) {
      const manager = libc.calls.socket(AF_UNIX, SOCK_DGRAM, 0);
      const address = encodeUnixAddress(path);
      assertEquals(libc.calls.bind(manager, address, address.length), 0);
      const socket = new NotifySocket(libc, path);
      if (!path.startsWith("@")) Deno.removeSync(path);
      const received: string[] = [];
      for (const text of ["READY=1", "STATUS=é\nMAINPID=1"]) {
        assertEquals(socket.send(text), true);
        const room = new Uint8Array(100);
        received.push(
          new TextDecoder().decode(
            room.subarray(0, libc.calls.recv(manager, room, room.length, MSG_DONTWAIT)),
          ),
        );
      }
      assertEquals(received, ["READY=1", "STATUS=é\nMAINPID=1"]);
      closeSockets(libc, [manager]);
      assertEquals(socket.send("nobody is there any more"), false);
    }
  },
);

testWithLibc("NotifySocket says why it cannot connect", (libc) => {
  using folder = new TempFolder();
  const path = folder.file("nobody");
  assertThrows(() => new NotifySocket(libc, path), Error, `Cannot connect to ${path}: ENOENT`);
  assertThrows(() => new NotifySocket(libc, `/${"a".repeat(200)}`), TypeError, "too long");
});
