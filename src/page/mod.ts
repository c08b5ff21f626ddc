/** The page for people. @module */
export { type AnnounceOptions, type AnnouncePlace } from "./addresses.ts";
export { PAGE_FILES, type PageFile } from "./files.ts";
export { pageDocuments, type PageOptions } from "./page.ts";
