// The tracker killed at random moments of saves that follow one another without a pause: its files are whole at every
// moment, and have all that a finished save held. `deno task test:kill` does it for longer; KILLS says how often.
import { assert, assertEquals } from "@std/assert";
import { randomHash } from "./compact_peers.ts";
import { startTracker, TempFolder, TEST_ARGS, type Tracker } from "./harness.ts";
import { odbPeer, readOdb, writeOdb } from "./odb_file.ts";
import { UdpClient } from "./udp_client.ts";
import { xxh64 } from "./xxh64.ts";

const KILLS = Number(Deno.env.get("KILLS") ?? 12);
/** The longest time from the first save of a run to its end: that of several saves. */
const KILL_MS_MAX = 150;
/** A state that takes a while to write. */
const TORRENTS = 1000, PEERS = 100;

const FILES = ["state.odb", "state.odb.key", "state.odb.lock", "state.odb6"];
const SUMS = ["state.odb.sum", "state.odb6.sum"];

Deno.test(`files are whole at every moment, and keep what was saved, over ${KILLS} times kill -9`, async () => {
  using folder = new TempFolder();
  const odb = folder.file("state.odb");
  Deno.writeFileSync(odb, writeOdb(largeState()));
  // An IPv6 file that is there is replaced with each save, whether there are such peers or not.
  Deno.writeFileSync(`${odb}6`, Uint8Array.of(...new TextEncoder().encode("OPENTRACKER0006"), 0xff));
  const args = [...TEST_ARGS, "--odb", odb, "--odb-save", "1000000:1000000"];
  const checker = new Checker(odb);
  const saved: string[] = [];
  const unanswered: Promise<void>[] = [];
  let interrupted = 0;
  for (let kill = 1; kill <= KILLS; kill++) {
    await using tracker = await startTracker(args);
    assertEquals(namesIn(folder), kill === 1 ? FILES : [...FILES, ...SUMS].sort(), tracker.log);
    if (tracker.log.includes("which a killed tracker has left")) interrupted++;
    await runAndKill(tracker, saved, unanswered);
    const found = new Set(readOdb(Deno.readFileSync(odb)).map(({ hash }) => hash.toHex()));
    assertEquals(saved.filter((hash) => !found.has(hash)), [], `lost by kill ${kill}`);
  }
  const looks = await checker.end();
  assert(looks > KILLS, `only ${looks} looks at the files`);
  assert(interrupted > 0, "no save was interrupted");
  await using tracker = await startTracker(args);
  assertEquals(/damaged|ignored/.test(tracker.log), false, tracker.log);
  assertEquals(await tracker.stop(), 0, tracker.log);
  await Promise.all(unanswered);
});

/**
 * Announces and has the state saved, again and again, until the tracker is killed. Adds the hashes that a finished save
 * held to `saved`, and to `unanswered` what resolves when the last announce is given up.
 */
async function runAndKill(tracker: Tracker, saved: string[], unanswered: Promise<void>[]): Promise<void> {
  using client = await UdpClient.connect(tracker.udp[0]);
  const announced: string[] = [];
  let isKilled = false;
  const announceOn = async () => {
    while (!isKilled) {
      const hash = randomHash();
      await client.announce({ hash, port: 6881 });
      announced.push(hash.toHex());
    }
  };
  const saveOn = async () => {
    for (let saves = 1; !isKilled; saves++) {
      const held = announced.length;
      tracker.signal("SIGUSR2");
      // There is but one way to match it: with several, a log that has fewer takes all the time there is.
      await tracker.waitForLog(new RegExp(`^(?:(?:(?! saved )[^])* saved ){${saves}}`));
      for (const hash of announced.slice(0, held)) saved.push(hash);
    }
  };
  // What is under way when the tracker is killed fails, and is of no interest then.
  const unlessKilled = (error: unknown) => {
    if (!isKilled) throw error;
  };
  const announcing = announceOn().catch(unlessKilled);
  const saving = saveOn().catch(unlessKilled);
  unanswered.push(announcing);
  await Promise.race([saving, announcing, tracker.waitForLog(/ saved /)]);
  await new Promise((resolve) => setTimeout(resolve, Math.random() * KILL_MS_MAX));
  isKilled = true;
  await tracker.kill();
  await saving;
}

/** Looks at the files all the while. */
class Checker {
  readonly #odb: string;
  readonly #done: Promise<number>;
  #isEnding = false;

  constructor(odb: string) {
    this.#odb = odb;
    this.#done = this.#lookOn();
    this.#done.catch(() => {}); // Told by `end`.
  }

  /** Ends it; resolves to how often it has looked. Rejects when a file was not whole. */
  end(): Promise<number> {
    this.#isEnding = true;
    return this.#done;
  }

  async #lookOn(): Promise<number> {
    let looks = 0;
    for (; !this.#isEnding; looks++) {
      readOdb(this.#look(this.#odb));
      this.#look(`${this.#odb}6`);
      // Its turn for everybody else.
      await new Promise((resolve) => setTimeout(resolve));
    }
    return looks;
  }

  /** The file; if its checksum file was the same before and after, it is one of those which that tells of. */
  #look(path: string): Uint8Array {
    const before = this.#readSum(path);
    const bytes = Deno.readFileSync(path);
    const after = this.#readSum(path);
    if (before === null || before !== after) return bytes;
    const digest = xxh64(bytes);
    assert(before.includes(digest), `${path}, ${bytes.length} bytes, ${digest}, is none of\n${before}`);
    return bytes;
  }

  /** The text of the checksum file; null until there is one. */
  #readSum(path: string): string | null {
    try {
      return Deno.readTextFileSync(`${path}.sum`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  }
}

function namesIn({ path }: TempFolder): string[] {
  return [...Deno.readDirSync(path)].map(({ name }) => name).sort();
}

function largeState() {
  const records = Array.from({ length: PEERS }, (_, index) => [...odbPeer(0x0a000000 + index, 6881)]).flat();
  const hashes = Array.from({ length: TORRENTS }, randomHash).sort((a, b) => a.toHex() < b.toHex() ? -1 : 1);
  return hashes.map((hash) => ({ hash, completed: 1, peers: Uint8Array.from(records) }));
}
