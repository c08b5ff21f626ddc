/** Reproducible randomness, for loads, synthetic states and benchmarks. Not for secrets. @module */

export { mix32, Random } from "./random.ts";
