/**
 * A relational database, seen below our SQL and above the driver: the very text of the services'
 * statements passes through here in both worlds.
 */
export interface Database {
  /**
   * A connection of one's own until it is released. `purpose` names the transaction it is for
   * (`accept`, `transfer`), in errors and in the names of effects.
   *
   * @throws DatabaseError with `applied` no when no connection can be had
   */
  connect(purpose: string): Promise<Connection>;
  /**
   * Hears what is notified on a channel, over a connection of its own, which is opened again
   * whenever it is lost. Never throws: while the server is away nothing is heard.
   *
   * What is notified while nobody hears is missed. So `onNotify` is called for each notification,
   * and besides whenever hearing begins, also again: whoever is told looks for what there is.
   */
  listen(channel: string, onNotify: () => void): Listening;
  /** Closes every connection, those that listen too. */
  close(): Promise<void>;
}

export interface Listening {
  /** Hears nothing more. */
  close(): Promise<void>;
}

/** How long a lost connection that listens waits before it is opened again. */
export const LISTEN_AGAIN_MS = 1_000;

export interface Connection {
  /** @throws DatabaseError */
  query(statement: Statement): Promise<QueryResult>;
  /** Gives the connection back; `damaged` closes it instead of letting another use it. */
  release(damaged?: boolean): void;
}

export interface Statement {
  /** What it does for its transaction, in kebab-case (`claim-key`): in the names of effects. */
  readonly label: string;
  /** `$1` and up stand for `parameters`. */
  readonly sql: string;
  readonly parameters?: readonly SqlValue[];
}

export type SqlValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly (string | bigint | null)[];

/**
 * One row by column name. `bigint` columns arrive as decimal strings, as the `pg` client gives
 * them.
 */
export type Row = Readonly<Record<string, unknown>>;

export interface QueryResult {
  readonly rows: readonly Row[];
  /** Rows returned or changed. */
  readonly rowCount: number;
  /** The first word of PostgreSQL's command tag. A COMMIT that rolled back is tagged `ROLLBACK`. */
  readonly command: string;
}

/** Whether what was asked for has been applied: `unknown` is never taken for `no`. */
export type Applied = "no" | "unknown";

export class DatabaseError extends Error {
  override readonly name = "DatabaseError";
  /**
   * PostgreSQL's SQLSTATE, or `connection` when the server could not be heard. `passes` says which
   * of them are worth asking again.
   */
  readonly code: string;
  readonly applied: Applied;
  /** The violated constraint, where the server named one. */
  readonly constraint: string | undefined;

  constructor(
    message: string,
    options: { code: string; applied: Applied; constraint?: string | undefined; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.code = options.code;
    this.applied = options.applied;
    this.constraint = options.constraint;
  }
}
