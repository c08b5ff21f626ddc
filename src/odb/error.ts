/** A file that is not an ODB, or not the one that belongs there. It was not touched. */
export class OdbError extends Error {
  override name = "OdbError";
  readonly path: string;
  /** Where in the file, in bytes, it stops being one. */
  readonly offset: number;

  constructor(path: string, offset: number, reason: string) {
    super(`${path} is not an ODB file for this tracker: ${reason}`);
    this.path = path;
    this.offset = offset;
  }
}
