/**
 * A database that answers SQL text, whichever it is: the engine under test, or the real server that
 * it is held against. Answers are in PostgreSQL's own text output, so that two of them can be
 * compared as they stand.
 */
export interface Oracle {
  readonly name: "engine" | "real";
  /** A connection of its own. */
  open(): Promise<OracleSession>;
  /** Lets time pass: the engine's clock moves only so, the real server's moves by itself. */
  passTime(delayMs: number): Promise<void>;
  /** Ends every session that was opened. */
  close(): Promise<void>;
}

/** A parameter as it goes over the wire: text. */
export type TextParameter = string | null;

/** One connection. It takes one query at a time. */
export interface OracleSession {
  /** The number of its server process, by which notifications name their sender. */
  readonly processId: number;
  /** Asks, and does not wait for the answer. */
  ask(sql: string, parameters?: readonly TextParameter[]): void;
  /** The answer to what was asked last, or undefined while it waits for another session. */
  settled(): Promise<Answer | undefined>;
  /** Notices that came since this was asked last, also of a query that is still waiting. */
  takeNotices(): readonly ErrorAnswer[];
  /** Notifications that came since this was asked last. */
  takeNotifications(): readonly NotificationAnswer[];
  /** Asks, and demands an answer that waits for nobody. */
  run(sql: string, parameters?: readonly TextParameter[]): Promise<Answer>;
}

/** What came of one query text: of each of its statements, until one failed. */
export interface Answer {
  readonly results: readonly StatementAnswer[];
  readonly error: ErrorAnswer | null;
  readonly notices: readonly ErrorAnswer[];
  /** The engine does not know something of the text; it cannot go on after that. */
  readonly refusal: Refusal | null;
  /** Something that no database says: a bug of the engine, or a lost connection. */
  readonly breakdown: string | null;
}

export interface StatementAnswer {
  readonly command: string;
  /** Rows returned or changed; null for a command that counts none. */
  readonly count: number | null;
  readonly fields: readonly { readonly name: string; readonly typeOid: number }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** An error or a notice, with the fields that PostgreSQL sends only where they apply. */
export interface ErrorAnswer {
  readonly severity: string;
  readonly code: string;
  readonly message: string;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  readonly position?: number | undefined;
  readonly schema?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  readonly dataType?: string | undefined;
  readonly constraint?: string | undefined;
}

/** What LISTEN brings. */
export interface NotificationAnswer {
  readonly channel: string;
  readonly payload: string;
  readonly processId: number;
}

export interface Refusal {
  readonly feature: string;
  readonly fragment: string;
}

export const NOTHING_ANSWERED: Answer = {
  results: [],
  error: null,
  notices: [],
  refusal: null,
  breakdown: null,
};
