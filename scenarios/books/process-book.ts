/** What is seen of a process since its last start, beside what it commits. */
export interface ProcessBook {
  /** In milliseconds. */
  readonly startedAtMs: number;
  /** When it was told to stop, in milliseconds; null where it was not. */
  readonly stoppingSinceMs: number | null;
  /** When an exchange of it failed last, in milliseconds; null where none has. */
  readonly failedAtMs: number | null;
  /** The messages that it has in hand, by place. */
  readonly inHand: ReadonlyMap<string, PlacedMessage>;
  /** When it last said of something that it tries it again, by what it is, in milliseconds. */
  readonly triedAtMs: ReadonlyMap<string, number>;
}

/** Where a message lies. */
export interface PlacedMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
}

/** The same as it is written. */
export interface OpenProcessBook extends ProcessBook {
  stoppingSinceMs: number | null;
  failedAtMs: number | null;
  readonly inHand: Map<string, PlacedMessage>;
  readonly triedAtMs: Map<string, number>;
}

export function createProcessBook(startedAtMs: number): OpenProcessBook {
  return {
    startedAtMs,
    stoppingSinceMs: null,
    failedAtMs: null,
    inHand: new Map(),
    triedAtMs: new Map(),
  };
}
