/** The files that the page asks for, as they are built into the program. @module */

import { PAGE_CSS, PAGE_JS, VERSION } from "./assets.ts";

/** A file that never changes while the program runs. */
export interface PageFile {
  /** The last segment of its path. It is asked for with a query that changes with its content, and means nothing else. */
  name: string;
  contentType: string;
  text: string;
  /** A strong entity tag with its quotes. */
  etag: string;
}

const SCRIPT_NAME = "page.js";
const STYLE_NAME = "page.css";
const QUERY = `?${VERSION}`;

/** The script as the page refers to it. */
export const PAGE_SCRIPT: string = SCRIPT_NAME + QUERY;
/** The style sheet as the page refers to it. */
export const PAGE_STYLE: string = STYLE_NAME + QUERY;

/** All of them. They are served beside the page, to those who may see it. */
export const PAGE_FILES: readonly PageFile[] = [
  { name: SCRIPT_NAME, contentType: "text/javascript; charset=utf-8", text: PAGE_JS, etag: `"${VERSION}"` },
  { name: STYLE_NAME, contentType: "text/css; charset=utf-8", text: PAGE_CSS, etag: `"${VERSION}"` },
];
