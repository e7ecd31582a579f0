/** Where a leader's time began in a log. */
interface EpochStart {
  readonly epoch: number;
  readonly startOffset: number;
}

/** The end of an epoch in a log: behind the last record that its leader appended. */
export interface EpochEnd {
  readonly epoch: number;
  readonly endOffset: number;
}

/**
 * Which leader appended what, as Kafka's LeaderEpochFileCache has it. Two logs agree up to the end
 * of the last epoch that both have.
 */
export class LeaderEpochs {
  /** By epoch, and so by offset. */
  #starts: EpochStart[] = [];

  /** -1 where nothing was appended. */
  get latest(): number {
    return this.#starts.at(-1)?.epoch ?? -1;
  }

  note(epoch: number, startOffset: number): void {
    if (epoch > this.latest) {
      this.#starts.push({ epoch, startOffset });
    }
  }

  /**
   * The end of the epoch that was asked for, or of the greatest one before it; undefined where the
   * log has neither.
   */
  endOf(epoch: number, logEndOffset: number): EpochEnd | undefined {
    const found = this.#starts.findLast((start) => start.epoch <= epoch);
    if (found === undefined) {
      return undefined;
    }
    const next = this.#starts.find((start) => start.epoch > found.epoch);
    return { epoch: found.epoch, endOffset: next?.startOffset ?? logEndOffset };
  }

  truncateTo(offset: number): void {
    this.#starts = this.#starts.filter(({ startOffset }) => startOffset < offset);
  }

  /** What lies before is gone: the oldest epoch that is left begins there. */
  startAt(offset: number): void {
    const first = this.#starts.findLast(({ startOffset }) => startOffset <= offset);
    const rest = this.#starts.filter(({ startOffset }) => startOffset > offset);
    this.#starts =
      first === undefined ? rest : [{ epoch: first.epoch, startOffset: offset }, ...rest];
  }
}
