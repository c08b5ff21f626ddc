// Debian's opentracker as a process of a test.
import { type Endpoint, TempFolder } from "../harness.ts";
import { Process, PROCESS_MS } from "../process.ts";
import type { Requirement } from "../requirements.ts";
import { until } from "../within.ts";

const PROGRAM = "/usr/bin/opentracker";

/** The program. */
export const OPENTRACKER: Requirement = { name: "Debian's opentracker", present: isFile(PROGRAM) };

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** A running opentracker. Disposing it ends the process. */
export class Opentracker implements AsyncDisposable {
  /** Of UDP and HTTP. */
  readonly address: Endpoint;
  readonly #folder = new TempFolder();
  readonly #process: Process;

  private constructor(served: Uint8Array[]) {
    // Debian's build wants a whitelist. Started by root it becomes another user, who must be able to read it.
    Deno.chmodSync(this.#folder.path, 0o755);
    const lines = served.map((hash) => `${hash.toHex()}\n`).join("");
    Deno.writeTextFileSync(this.#folder.file("whitelist.txt"), lines);
    this.address = { hostname: "127.0.0.1", port: freePort() };
    const port = String(this.address.port);
    const args = ["-i", "127.0.0.1", "-p", port, "-P", port, "-d", this.#folder.path, "-w", "whitelist.txt"];
    this.#process = new Process(PROGRAM, [...args, "-A", "127.0.0.1"]);
  }

  /** Starts one that serves these torrents, and shows its statistics to this machine. */
  static async start(served: Uint8Array[]): Promise<Opentracker> {
    const opentracker = new Opentracker(served);
    try {
      await until(PROCESS_MS, () => canConnect(opentracker.address), () => "opentracker does not serve");
      return opentracker;
    } catch (error) {
      await opentracker[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
    this.#folder[Symbol.dispose]();
  }
}

async function canConnect(address: Endpoint): Promise<boolean> {
  try {
    (await Deno.connect(address)).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}

/** A port that nothing used just now, neither for TCP nor for UDP: opentracker does not say which one it was given. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
