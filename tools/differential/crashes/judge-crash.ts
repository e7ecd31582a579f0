/** What is there after a crash, and what was told before it. */
export interface AfterCrash {
  readonly initialBalance: number;
  /** Moves whose COMMIT was answered. */
  readonly acknowledged: ReadonlySet<string>;
  /** Moves whose COMMIT was asked for. */
  readonly attempted: ReadonlySet<string>;
  /** Moves that an observer of commits was told of. */
  readonly observed: ReadonlySet<string>;
  readonly balances: ReadonlyMap<string, number>;
  readonly moves: readonly string[];
  readonly entries: readonly {
    readonly move: string;
    readonly account: string;
    readonly delta: number;
    readonly id: number;
  }[];
  /** What the identity column gave out first after the crash. */
  readonly nextEntryId: number;
}

/** What a crash must not do and did; empty when all is as it should be. */
export function judgeCrash(facts: AfterCrash): readonly string[] {
  const complaints: string[] = [];
  const moves = new Set(facts.moves);
  for (const move of facts.acknowledged) {
    if (!moves.has(move)) {
      complaints.push(`${move} was acknowledged and is lost`);
    }
  }
  for (const move of moves) {
    if (!facts.attempted.has(move)) {
      complaints.push(`${move} is there, and its COMMIT was never asked for`);
    }
    if (!facts.observed.has(move)) {
      complaints.push(`${move} is there, and no observer was told`);
    }
    const entries = facts.entries.filter((entry) => entry.move === move);
    if (entries.length !== 2) {
      complaints.push(`${move} is there by half: ${entries.length} of 2 entries`);
    }
  }
  for (const move of facts.observed) {
    if (!moves.has(move)) {
      complaints.push(`${move} was observed and is lost`);
    }
  }
  for (const [account, balance] of facts.balances) {
    const moved = facts.entries.filter((entry) => entry.account === account);
    const due = moved.reduce((sum, { delta }) => sum + delta, facts.initialBalance);
    if (balance !== due) {
      complaints.push(`account ${account} has ${balance}, and its entries make it ${due}`);
    }
  }
  const orphans = facts.entries.filter(({ move }) => !moves.has(move));
  complaints.push(...orphans.map(({ move }) => `an entry of ${move} is there without it`));
  if (facts.entries.some(({ id }) => id >= facts.nextEntryId)) {
    complaints.push(`the number ${facts.nextEntryId} was given out twice`);
  }
  return complaints;
}
