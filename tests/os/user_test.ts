import { assertEquals } from "@std/assert";
import { findGroup, findGroups, findUser } from "../../src/os/mod.ts";
import { testWithLibc } from "./libc.ts";

/** The lines of a table such as /etc/passwd, as fields. */
function entriesOf(path: string): string[][] {
  return Deno.readTextFileSync(path).trimEnd().split("\n").map((line) => line.split(":"));
}

testWithLibc("findUser() finds the users of the machine, by name and by number", (libc) => {
  for (const [name, , uid, gid] of entriesOf("/etc/passwd")) {
    const user = { name, uid: Number(uid), gid: Number(gid) };
    assertEquals(findUser(libc, name), user);
    assertEquals(findUser(libc, uid)?.uid, user.uid);
  }
});

testWithLibc("findUser() takes a number that the machine does not know, but no such name", (libc) => {
  assertEquals(findUser(libc, "4123456789"), { uid: 4123456789, gid: null, name: null });
  assertEquals([findUser(libc, "no-such-user"), findUser(libc, ""), findUser(libc, "4294967295")], [
    null,
    null,
    null,
  ]);
});

testWithLibc("findGroup() finds the groups of the machine by name, and takes any number", (libc) => {
  for (const [name, , gid] of entriesOf("/etc/group")) assertEquals(findGroup(libc, name), Number(gid));
  assertEquals([findGroup(libc, "12345"), findGroup(libc, "no-such-group")], [12345, null]);
});

testWithLibc("findGroups() has the group that is named and those that list the user", (libc) => {
  for (const [name, , , gid] of entriesOf("/etc/passwd")) {
    const listed = entriesOf("/etc/group").filter(([, , , members]) => members.split(",").includes(name));
    const expected = new Set([Number(gid), ...listed.map(([, , gid]) => Number(gid))]);
    assertEquals(new Set(findGroups(libc, name, Number(gid))), expected, name);
  }
  assertEquals(findGroups(libc, null, 12345), new Uint32Array(0));
});
