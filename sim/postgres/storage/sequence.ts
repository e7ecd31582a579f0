import { PostgresError } from "../ground/postgres-error.ts";
import { Lock } from "../locks/lock.ts";

/** SEQ_LOG_VALS of sequence.c. */
const LOGGED_AHEAD = 32;

/** What CREATE SEQUENCE says. */
export interface SequenceOptions {
  readonly start: bigint;
  readonly increment: bigint;
  readonly min: bigint;
  readonly max: bigint;
  readonly cycle: boolean;
}

/** Of an identity column of type bigint, and of CREATE SEQUENCE without more words. */
export const DEFAULT_SEQUENCE: SequenceOptions = {
  start: 1n,
  increment: 1n,
  min: 1n,
  max: 2n ** 63n - 1n,
  cycle: false,
};

/**
 * A sequence. It is outside transactions: a number drawn is never given again, and a crash skips
 * what the write-ahead log had reserved.
 */
export class Sequence {
  /** Who draws shares it; who alters the sequence holds all others off. */
  readonly lock: Lock;
  name: string;
  options: SequenceOptions;
  /** The number given last, or the one to be given first. */
  #last: bigint;
  #isCalled = false;
  /** Numbers that the log has reserved beyond the last. */
  #reserved = 0;

  constructor(name: string, options: SequenceOptions = DEFAULT_SEQUENCE) {
    this.name = name;
    this.options = options;
    this.lock = new Lock(`relation ${name}`);
    this.#last = options.start;
  }

  /** @throws PostgresError (2200H) at the end of a sequence that does not cycle */
  next(): bigint {
    const { increment, min, max, cycle } = this.options;
    if (!this.#isCalled) {
      this.#isCalled = true;
      this.#reserved = LOGGED_AHEAD;
      return this.#last;
    }
    let next = this.#last + increment;
    if (next > max || next < min) {
      if (!cycle) {
        const [bound, limit] = next > max ? ["maximum", max] : ["minimum", min];
        const message = `nextval: reached ${bound} value of sequence "${this.name}" (${limit})`;
        throw new PostgresError("2200H", message);
      }
      next = next > max ? min : max;
    }
    this.#last = next;
    this.#reserved = this.#reserved === 0 ? LOGGED_AHEAD : this.#reserved - 1;
    return next;
  }

  /** setval and RESTART: the next number is this one, or with `isCalled` the one after it. */
  set(value: bigint, isCalled: boolean): void {
    this.#last = value;
    this.#isCalled = isCalled;
    this.#reserved = 0;
  }

  /** The state, to be taken back with `restore`. */
  save(): () => void {
    const { options } = this;
    const last = this.#last;
    const isCalled = this.#isCalled;
    const reserved = this.#reserved;
    return () => {
      this.options = options;
      this.#last = last;
      this.#isCalled = isCalled;
      this.#reserved = reserved;
    };
  }

  /** Recovery takes the sequence up from the last reservation. */
  crash(): void {
    if (this.#isCalled) {
      this.#last += BigInt(this.#reserved) * this.options.increment;
      this.#reserved = 0;
    }
  }
}
