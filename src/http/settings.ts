import type { Cidr } from "../addresses/mod.ts";

/** What the operator chose about the answers of HTTP. Plain data, so that a message carries it. */
export interface HttpSettings {
  /** Seconds between two announces of a client. Each answer says up to a tenth more or less, so that they spread. */
  intervalSec: number;
  /** Seconds that a client must let pass before it announces, or scrapes, unasked. */
  minIntervalSec: number;
  /** What every announce is told for people to read; null = nothing. */
  warningMessage: string | null;
  /** What clients are to send back as `trackerid`; null = they are given back the one they sent. */
  trackerId: string | null;
  /** A scrape that names no torrent is given all of them. */
  fullScrape: boolean;
  /** Seconds that an address waits between two full scrapes, 1 or more. */
  fullScrapeIntervalSec: number;
  /** The statistics are at `/PATH`, `/PATH.json` and elsewhere, see statistics_paths.ts. */
  statsPath: string;
  /** Who may read them; none = everybody. */
  statsFrom: Cidr[];
  /** Info hashes are told in them. */
  statsHashes: boolean;
  /** Where those who ask for `/` are sent, an absolute URL in ASCII; null = nowhere. */
  redirectUrl: string | null;
}
