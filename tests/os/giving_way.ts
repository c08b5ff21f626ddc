/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
// A thread that gives way to others and tells its number.
import { giveWay, openLibc } from "../../src/os/mod.ts";
import { ownThread } from "../threads.ts";

giveWay(openLibc().libc!);
self.postMessage(ownThread());
