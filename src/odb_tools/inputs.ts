/** Several files of one family, read side by side. @module */

import { ConfigError } from "../config/mod.ts";
import type { Family } from "../peers/mod.ts";
import { Input } from "./input.ts";
import type { Progress } from "./progress.ts";

/** Opens all files, and closes those that were opened when one cannot be. */
export class Inputs implements Disposable {
  readonly all: Input[] = [];

  /** Throws as Input.open does, and a ConfigError when they do not all hold peers of the same family. */
  constructor(files: string[], progress: Progress) {
    try {
      for (const path of files) this.all.push(Input.open(path, progress));
      const [first, ...others] = this.all;
      for (const { path, version } of others) {
        if (version !== first.version) {
          throw new ConfigError(path, `has version ${version}, and ${first.path} ${first.version}`);
        }
      }
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** The family that all files hold. */
  get family(): Family {
    return this.all[0].reader.family;
  }

  /** Closes the files. */
  [Symbol.dispose](): void {
    for (const input of this.all) input[Symbol.dispose]();
  }
}
