/**
 * The clock of one process's machine. Timers run on its rate; what it shows can also be set, as an
 * operator or NTP does, and that moves no timer.
 *
 * All of it is whole microseconds and parts per million, so that every platform computes the same.
 */
export class ProcessClock {
  readonly #run: { readonly nowUs: number };
  /** What it showed when its rate was last changed, and when that was. */
  #shownUs = 0;
  #sinceUs = 0;
  #driftPpm = 0;

  constructor(run: { readonly nowUs: number }) {
    this.#run = run;
  }

  /** What it shows: microseconds since the start of the run, rounded down. May be below 0. */
  nowUs(): number {
    const passedUs = this.#run.nowUs - this.#sinceUs;
    const drift = this.#driftPpm;
    const gainedUs = drift === 0 ? 0 : Math.floor((passedUs * drift) / MILLION);
    return this.#shownUs + passedUs + gainedUs;
  }

  /** Sets it forward at once, or back below 0. @throws RangeError for what is not whole */
  jump(byUs: number): void {
    if (!Number.isSafeInteger(byUs)) {
      throw new RangeError(`a clock jumps by whole microseconds, not ${byUs}`);
    }
    this.#shownUs += byUs;
  }

  /**
   * From now on it gains so many microseconds a second, or loses them below 0, and so do the timers
   * that are set from now on. Quartz drifts by up to 100; a machine that is badly off by 10,000.
   *
   * @throws RangeError for what is not whole or stops the clock
   */
  drift(ppm: number): void {
    if (!Number.isSafeInteger(ppm) || Math.abs(ppm) >= MILLION) {
      throw new RangeError(
        `a clock drifts by whole parts per million within 1,000,000, not ${ppm}`,
      );
    }
    this.#shownUs = this.nowUs();
    this.#sinceUs = this.#run.nowUs;
    this.#driftPpm = ppm;
  }

  /** How much of the run's time a timer takes. Rounded up: by its own clock none is early. */
  trueDelayUs(delayUs: number): number {
    return this.#driftPpm === 0
      ? delayUs
      : Math.ceil((delayUs * MILLION) / (MILLION + this.#driftPpm));
  }
}

const MILLION = 1_000_000;
