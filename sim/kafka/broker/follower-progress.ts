/** Where a leader's log stands. */
interface LeaderNow {
  readonly endOffset: number;
  readonly nowMs: number;
}

/** How far a follower is, as its leader knows from its fetches: Kafka's Replica. */
export class FollowerProgress {
  /** -1 until it has fetched for the first time in this leader's epoch. */
  #endOffset = -1;
  #caughtUpAtMs: number;
  #lastFetchAtMs = 0;
  #leaderEndAtLastFetch = 0;

  /** `inSyncAtMs` is now for one that is in sync when the leader begins to lead. */
  constructor(inSyncAtMs: number | undefined) {
    this.#caughtUpAtMs = inSyncAtMs ?? Number.NEGATIVE_INFINITY;
  }

  get endOffset(): number {
    return this.#endOffset;
  }

  /** It has all up to there. It has caught up when that was the leader's end, now or last time. */
  note(endOffset: number, leader: LeaderNow): void {
    if (endOffset >= leader.endOffset) {
      this.#caughtUpAtMs = leader.nowMs;
    } else if (endOffset >= this.#leaderEndAtLastFetch) {
      this.#caughtUpAtMs = Math.max(this.#caughtUpAtMs, this.#lastFetchAtMs);
    }
    this.#endOffset = endOffset;
    this.#lastFetchAtMs = leader.nowMs;
    this.#leaderEndAtLastFetch = leader.endOffset;
  }

  isCaughtUp(leader: LeaderNow, lagTimeMsMax: number): boolean {
    return (
      this.#endOffset === leader.endOffset || leader.nowMs - this.#caughtUpAtMs <= lagTimeMsMax
    );
  }
}
