/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * The script of the page: fills in the announce URLs, draws the charts, and keeps everything up to date by asking for the
 * page again. `deno task page` makes it one file with the chart library.
 *
 * @module
 */

import { prepareAddresses } from "./addresses.ts";
import { Cards } from "./cards.ts";
import { followPage } from "./follow.ts";

prepareAddresses();
const cards = new Cards();
followPage((page) => cards.update(page));
