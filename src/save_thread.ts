/** The thread that saves, as the supervisor sees it. @module */

import type { PeerTable } from "./peers/mod.ts";
import type { SaveAnswer, SaveCommand, SaveReport, SaveStartMessage } from "./save_messages.ts";
import { RefusedTorrents } from "./refused_torrents.ts";
import { saveTable } from "./save_table.ts";
import { createHeartbeat } from "./stats/mod.ts";
import { WorkerThread } from "./worker_thread.ts";

/** What the thread saves, and who is told of it. */
export interface SaveThreadOptions extends Pick<SaveStartMessage, "path" | "access" | "control"> {
  /** The module that it runs. */
  url: string;
  table: PeerTable;
  /** Called with what came of each save. */
  onAnswer: (answer: SaveAnswer) => void;
  /** Called with the thread's name and the error's text when it ends by that. The save under way is not answered any more. */
  onDeath: (name: string, reason: string) => void;
}

/** The thread; without it, saves go on. */
export class SaveThread extends WorkerThread<SaveCommand, SaveReport> {
  readonly #options: SaveThreadOptions;
  #isDead = false;

  /** Starts the thread. */
  constructor(options: SaveThreadOptions) {
    const { url, table: { buffers: table }, path, access, control, onDeath, onAnswer } = options;
    const start: SaveStartMessage = {
      kind: "start",
      table,
      path,
      access,
      control,
      heartbeat: createHeartbeat(),
    };
    const died = (name: string, reason: string) => {
      this.#isDead = true;
      onDeath(name, reason);
    };
    super("saver", url, start, died, (report) => {
      if (report.kind !== "ready" && report.kind !== "stopped") onAnswer(report);
    });
    this.#options = options;
  }

  /** A thread like this one for the last save, which gives way to nobody. This one gives up what it is at, and ends. */
  successor(): SaveThread {
    this.post({ kind: "stop" });
    return new SaveThread({ ...this.#options, control: null });
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Saves: at once, on the thread that calls, when the thread is dead. */
  save(): void {
    if (!this.#isDead) {
      this.post({ kind: "save" });
      return;
    }
    const { table, path, access, onAnswer } = this.#options;
    onAnswer(saveTable(table, path, new RefusedTorrents(table, access).isRefused));
  }
}
