/** The signals of the operating system, as the tracker takes them. @module */

import { log } from "./log.ts";

/** What to do on a signal. */
export interface SignalHandlers {
  /** SIGTERM or SIGINT, which is named. Called once. */
  stop(signal: string): void;
  /** SIGUSR2. */
  save(): void;
}

/** One Ctrl-C may arrive twice, from the terminal and from a program in between: within this time it is one. */
const TOGETHER_MS = 1000;

/**
 * Listens for signals until the returned function is called. A second SIGTERM or SIGINT ends the process at once, with
 * exit code 1, whatever it is at.
 */
export function onSignals(handlers: SignalHandlers): () => void {
  let stoppedAtMs: number | undefined;
  const stop = (signal: Deno.Signal) => () => {
    if (stoppedAtMs === undefined) {
      stoppedAtMs = performance.now();
      handlers.stop(signal);
    } else if (performance.now() - stoppedAtMs > TOGETHER_MS) {
      log.error(`${signal} again: ending at once, without saving`);
      Deno.exit(1);
    }
  };
  const listeners: [Deno.Signal, () => void][] = [["SIGINT", stop("SIGINT")]];
  if (Deno.build.os === "windows") {
    listeners.push(["SIGBREAK", stop("SIGBREAK")]);
  } else {
    listeners.push(["SIGTERM", stop("SIGTERM")], ["SIGUSR2", handlers.save]);
    // A terminal that closes must not take the tracker's state with it.
    listeners.push(["SIGHUP", () => log.info("SIGHUP: there is nothing to load anew")]);
  }
  for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
  };
}
