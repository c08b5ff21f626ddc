/**
 * The documents at `/stats?mode=`, as operators of opentracker know them. `tpbs` is not among them: it tells of every
 * torrent, and is sent as it is made.
 *
 * @module
 */

import type { ReportDocument, ReportSource } from "../stats/mod.ts";
import { everythingText } from "./everything.ts";
import { renewText, topText, versionText } from "./lists.ts";
import {
  completedText,
  connText,
  fscrText,
  type ModeText,
  peerText,
  scrpText,
  tcpText,
  torrText,
  udpText,
} from "./mrtg.ts";

/** What opentracker calls all of them, and so what scripts may expect; the XML too. */
const TEXT = "text/plain";

/** One document for each mode. */
export const STATS_MODES: readonly ReportDocument[] = [
  ofSnapshot("peer", peerText),
  ofSnapshot("conn", connText),
  ofSnapshot("scrp", scrpText),
  ofSnapshot("udp4", udpText),
  ofSnapshot("tcp4", tcpText),
  ofSnapshot("torr", torrText),
  ofSnapshot("fscr", fscrText),
  ofSnapshot("completed", completedText),
  ofSnapshot("renew", renewText),
  ofSnapshot("version", versionText),
  ofSnapshot("everything", everythingText),
  ofTop("top10", 10),
  ofTop("top100", 100),
];

function ofSnapshot(mode: string, text: ModeText): ReportDocument {
  return documentOf(mode, false, ({ snapshot }) => text(snapshot));
}

function ofTop(mode: string, count: number): ReportDocument {
  return documentOf(mode, true, (source) => topText(source, count));
}

function documentOf(
  mode: string,
  needsTop: boolean,
  render: (source: ReportSource) => string | null,
): ReportDocument {
  return { target: `/stats?mode=${mode}`, contentType: TEXT, headers: "", needsTop, render };
}
