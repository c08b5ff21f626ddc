import { ConfigError, type GivenSettings, valuesOf } from "../config/mod.ts";
import { OUTPUT } from "./settings.ts";

/** The file that `--output` names. Throws a ConfigError when it was not given. */
export function outputPathOf(given: GivenSettings): string {
  const output = valuesOf(OUTPUT, given).at(0);
  if (output === undefined) throw new ConfigError("--output", "is needed: -o OUT");
  return output.value;
}
