import type { Connection, Submittable } from "pg";
import {
  type Answer,
  type ErrorAnswer,
  NOTHING_ANSWERED,
  type StatementAnswer,
  type TextParameter,
} from "./oracle.ts";

interface RowDescription {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
}

/** What the `pg` client reads of an error or a notice. */
interface ServerMessage {
  readonly message?: string | undefined;
  readonly severity?: string | undefined;
  readonly code?: string | undefined;
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  readonly position?: string | undefined;
  readonly schema?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  readonly dataType?: string | undefined;
  readonly constraint?: string | undefined;
}

/**
 * A query that keeps what the server sent: every statement's rows as text by position, also those
 * before an error, which the client's own query drops. It is over when the server is ready again,
 * and so has let go of a failed transaction's locks.
 */
export class RawQuery implements Submittable {
  readonly #sql: string;
  readonly #parameters: readonly TextParameter[];
  readonly #done: (answer: Answer) => void;
  readonly #results: StatementAnswer[] = [];
  readonly #notices: ErrorAnswer[] = [];
  #fields: StatementAnswer["fields"] = [];
  #rows: (readonly (string | null)[])[] = [];
  #error: ErrorAnswer | null = null;
  #breakdown: string | null = null;

  constructor(
    query: { readonly sql: string; readonly parameters: readonly TextParameter[] },
    done: (answer: Answer) => void,
  ) {
    this.#sql = query.sql;
    this.#parameters = query.parameters;
    this.#done = done;
  }

  submit(connection: Connection): void {
    if (this.#parameters.length === 0) {
      connection.query(this.#sql);
      return;
    }
    connection.parse({ name: "", text: this.#sql, types: [] }, true);
    connection.bind({ values: [...this.#parameters] }, true);
    connection.describe({ type: "P", name: "" }, true);
    connection.execute({ portal: "" }, true);
    connection.sync();
  }

  /** The notice as the answer will have it. */
  noteNotice(notice: ServerMessage): ErrorAnswer {
    const told = readMessage(notice);
    this.#notices.push(told);
    return told;
  }

  handleRowDescription({ fields }: RowDescription): void {
    this.#fields = fields.map(({ name, dataTypeID }) => ({ name, typeOid: dataTypeID }));
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    this.#rows.push(fields);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    const words = text.split(" ");
    const last = words.at(-1) ?? "";
    const count = /^[0-9]+$/.test(last) ? Number(last) : null;
    const command = words.filter((word) => !/^[0-9]+$/.test(word)).join(" ");
    this.#results.push({ command, count, fields: this.#fields, rows: this.#rows });
    this.#fields = [];
    this.#rows = [];
  }

  handleEmptyQuery(): void {
    this.#results.push({ command: "", count: null, fields: [], rows: [] });
  }

  handleError(error: ServerMessage, connection: Connection): void {
    if (error.code === undefined || error.severity === undefined) {
      this.#breakdown = error.message ?? "the connection failed";
      this.handleReadyForQuery();
      return;
    }
    this.#error = readMessage(error);
    if (error.severity === "FATAL") {
      // The server hangs up: it is never ready again.
      this.handleReadyForQuery();
    } else {
      // After an error the client no longer tells its query when the server is ready.
      connection.once("readyForQuery", () => this.handleReadyForQuery());
    }
  }

  handleReadyForQuery(): void {
    this.#done({
      ...NOTHING_ANSWERED,
      results: this.#results,
      error: this.#error,
      notices: this.#notices,
      breakdown: this.#breakdown,
    });
  }
}

function readMessage(message: ServerMessage): ErrorAnswer {
  const { severity = "", code = "", detail, hint, schema, table, column, constraint } = message;
  const { position, dataType } = message;
  return {
    ...{ severity, code, message: message.message ?? "", detail, hint },
    position: position === undefined ? undefined : Number(position),
    ...{ schema, table, column, dataType, constraint },
  };
}
