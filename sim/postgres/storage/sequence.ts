/** SEQ_LOG_VALS of sequence.c. */
const LOGGED_AHEAD = 32n;

/**
 * The sequence behind an identity column. It is outside transactions: a number drawn is never given
 * again, and a crash skips what the write-ahead log had reserved.
 */
export class Sequence {
  #last = 0n;
  #reserved = 0n;

  /** The next number, from 1. */
  next(): bigint {
    this.#last += 1n;
    if (this.#last > this.#reserved) {
      this.#reserved = this.#last + LOGGED_AHEAD;
    }
    return this.#last;
  }

  /** Recovery takes the sequence up from the last reservation. */
  crash(): void {
    this.#last = this.#reserved;
  }
}
