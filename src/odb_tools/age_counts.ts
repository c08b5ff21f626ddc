/** The ages of peers, counted by minute: a byte has 256 values. */
export class AgeCounts {
  readonly #counts = new Float64Array(256);
  #total = 0;

  /** Adds an age, 0 to 255 minutes. */
  add(ageMin: number): void {
    this.#counts[ageMin]++;
    this.#total++;
  }

  /** Least and greatest age, and those that half and nine tenths of all do not exceed; null when there is none. */
  summary(): { least: number; median: number; p90: number; greatest: number } | null {
    if (this.#total === 0) return null;
    return {
      least: this.#notExceededBy(1 / this.#total),
      median: this.#notExceededBy(0.5),
      p90: this.#notExceededBy(0.9),
      greatest: this.#notExceededBy(1),
    };
  }

  #notExceededBy(share: number): number {
    let ageMin = 0;
    for (let sum = this.#counts[0]; sum < share * this.#total; sum += this.#counts[ageMin]) ageMin++;
    return ageMin;
  }
}
