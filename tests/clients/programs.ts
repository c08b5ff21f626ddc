// What the tests with real clients share: finding the clients on this machine.
import type { Requirement } from "../requirements.ts";

/** Debian's own interpreter: the one that sees python3-libtorrent, whatever other `python3` comes first in the path. */
export const PYTHON = "/usr/bin/python3";

/** A program in the path. */
export function program(name: string): Requirement {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return { name, present: folders.some((folder) => isFile(`${folder}/${name}`)) };
}

/** Debian's python3-libtorrent. */
export function pythonLibtorrent(): Requirement {
  const present = isFile(PYTHON) &&
    new Deno.Command(PYTHON, { args: ["-c", "import libtorrent"], stdout: "null", stderr: "null" })
      .outputSync().success;
  return { name: "python3-libtorrent", present };
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** A port that was free for TCP and UDP a moment ago, for clients that cannot be asked which free one they took. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port }).close();
  return port;
}
