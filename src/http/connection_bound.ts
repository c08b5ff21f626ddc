/** Files that the program has open beside the connections of HTTP, about, at most. */
const OTHER_FILES = 200;

/** How many connections leave files for everything else, when the process may have `files` open. */
export function connectionsWithin(files: number): number {
  return files - Math.min(OTHER_FILES, Math.floor(files / 2));
}
