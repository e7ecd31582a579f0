/**
 * The parts of an error report that Postgres sends beside code and message, each only where it
 * sends it.
 */
export interface DatabaseErrorParts {
  readonly detail?: string;
  readonly hint?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
  /** The place in the query text, counted in characters from 1. */
  readonly position?: number;
  /** True where PostgreSQL tells no place, though it is met while the text is read. */
  readonly placeless?: boolean;
}

/**
 * An error that Postgres itself would report: SQLSTATE in `code`, and the names of what was
 * violated, with the fields that the `pg` client shows. Services may catch it, unlike NotSimulated.
 */
export class PostgresError extends Error {
  override readonly name = "PostgresError";
  /** FATAL ends the session, too. */
  readonly severity: "ERROR" | "FATAL";
  readonly code: string;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  readonly schema: string | undefined;
  readonly table: string | undefined;
  readonly column: string | undefined;
  readonly constraint: string | undefined;
  readonly position: number | undefined;
  readonly #isPlaceless: boolean;

  constructor(
    code: string,
    message: string,
    parts: DatabaseErrorParts = {},
    severity: "ERROR" | "FATAL" = "ERROR",
  ) {
    super(message);
    this.severity = severity;
    this.code = code;
    this.detail = parts.detail;
    this.hint = parts.hint;
    this.schema = parts.schema;
    this.table = parts.table;
    this.column = parts.column;
    this.constraint = parts.constraint;
    this.position = parts.position;
    this.#isPlaceless = parts.placeless ?? false;
  }

  /** The same error with a place in the query text, unless it has one. */
  at(position: number | undefined): PostgresError {
    if (this.#isPlaceless || this.position !== undefined || position === undefined) {
      return this;
    }
    return this.#with({ position });
  }

  /** The same error without a place, of what PostgreSQL reads apart from its statement. */
  withoutPlace(): PostgresError {
    return this.#with({ placeless: true });
  }

  #with(place: Pick<DatabaseErrorParts, "position" | "placeless">): PostgresError {
    const { code, message, detail, hint, schema, table, column, constraint } = this;
    const parts = { detail, hint, schema, table, column, constraint };
    const present = Object.fromEntries(
      Object.entries(parts).filter(([, part]) => part !== undefined),
    );
    return new PostgresError(code, message, { ...present, ...place });
  }
}

/** Compiles an expression of ALTER TABLE, for which PostgreSQL tells no places. */
export function compileWithoutPlace<Compiled>(compile: () => Compiled): Compiled {
  try {
    return compile();
  } catch (error) {
    throw error instanceof PostgresError ? error.withoutPlace() : error;
  }
}

/**
 * 40001, in the words Postgres uses when a REPEATABLE READ transaction meets a newer version of a
 * row.
 */
export function serializationFailure(because: "update" | "delete"): PostgresError {
  return new PostgresError("40001", `could not serialize access due to concurrent ${because}`);
}
