/** What can be wrong, by class. */
export interface BreakClass {
  /** The check that finds it. */
  readonly check: string;
  /** What was expected, as a sentence. */
  readonly sentence: string;
  /**
   * Who mends it: a person, the engine by publishing again what the services have written down, or
   * nobody before everything stands still.
   */
  readonly repair: "manual" | "republish" | "stop the line";
}

const ONE_POSTING =
  "A payment that moved money has one debit and one credit, of equal amount and currency.";
const CHAIN = "An account's balance is what its entries make.";
const STUCK = "A payment is decided within its limit.";

export const BREAK_CLASSES = {
  UNBALANCED: { check: "R1", sentence: ONE_POSTING, repair: "manual" },
  DUPLICATE_ENTRY: { check: "R1", sentence: ONE_POSTING, repair: "manual" },
  BALANCE_DRIFT: { check: "R2", sentence: CHAIN, repair: "manual" },
  CONSERVATION: {
    check: "R3",
    sentence: "Per currency, all balances make what came in from outside less what went out.",
    repair: "stop the line",
  },
  MISSING_LEDGER: {
    check: "R4",
    sentence: "A COMPLETED payment has its two entries.",
    repair: "manual",
  },
  ORPHAN_LEDGER: {
    check: "R5",
    sentence: "What the wallet decided and posted, the payment service asked for.",
    repair: "manual",
  },
  STATUS_BEHIND: {
    check: "R5",
    sentence: "A payment whose money has moved becomes COMPLETED.",
    repair: "republish",
  },
  FAILED_BUT_MOVED: { check: "R6", sentence: "A FAILED payment moved nothing.", repair: "manual" },
  FAILED_UNREFUSED: {
    check: "R6",
    sentence: "A FAILED payment was refused by the wallet.",
    repair: "manual",
  },
  AMOUNT_MISMATCH: {
    check: "R7",
    sentence: "Amount and currency are the same on both sides.",
    repair: "manual",
  },
  PARTY_MISMATCH: {
    check: "R7",
    sentence: "The parties are the same on both sides.",
    repair: "manual",
  },
  STUCK_WITHOUT_EVENT: { check: "R8", sentence: STUCK, repair: "manual" },
  STUCK_UNSENT: { check: "R8", sentence: STUCK, repair: "republish" },
  STUCK_UNCONSUMED: { check: "R8", sentence: STUCK, repair: "republish" },
  STUCK_WITHOUT_VERDICT: { check: "R8", sentence: STUCK, repair: "manual" },
  STUCK_VERDICT_UNSENT: { check: "R8", sentence: STUCK, repair: "republish" },
  STUCK_VERDICT_UNAPPLIED: { check: "R8", sentence: STUCK, repair: "republish" },
  OUTBOX_AGED: {
    check: "R9",
    sentence: "What is in an outbox is sent within its limit.",
    repair: "republish",
  },
  DEAD_LETTER: { check: "R9", sentence: "No message is set aside.", repair: "manual" },
  LOST_EVENT: {
    check: "R9",
    sentence: "What is marked sent reaches the service that it is for.",
    repair: "republish",
  },
  INBOX_GAP: {
    check: "R10",
    sentence: "An event is claimed in the inbox exactly when its effect is there.",
    repair: "manual",
  },
  DUPLICATE_REQUEST: {
    check: "R11",
    sentence: "One idempotency key, one payment, and it is what was asked for.",
    repair: "manual",
  },
  TAMPER: {
    check: "R12",
    sentence: "The ledger's chains have no gap, and their hashes recompute.",
    repair: "manual",
  },
} as const satisfies Readonly<Record<string, BreakClass>>;

export type BreakClassName = keyof typeof BREAK_CLASSES;

/** Something that does not agree. */
export interface Break {
  readonly class: BreakClassName;
  /** What it is about: `payment p1`, `account salim`. */
  readonly subject: string;
  readonly detail: string;
}
