import { hasSqlDetails, loadModule, parseSync } from "libpg-query";
import { PostgresError } from "../ground/postgres-error.ts";
import { SourceText } from "./source-text.ts";
import { SyntaxNode } from "./syntax-node.ts";

/** One statement of a query text, not yet compiled. */
export class ParsedStatement {
  readonly kind: string;
  readonly #source: SourceText;
  readonly #tree: Readonly<Record<string, unknown>>;
  #known = false;

  constructor(source: SourceText, kind: string, tree: Readonly<Record<string, unknown>>) {
    this.#source = source;
    this.kind = kind;
    this.#tree = tree;
  }

  /** A fresh reader of its tree. */
  open(): SyntaxNode {
    return new SyntaxNode(this.#source, this.kind, this.#tree);
  }

  /** The statement that this one holds in a field: what PREPARE prepares. */
  inner(field: string): ParsedStatement {
    const [kind = "nothing", tree] = Object.entries({ ...fieldsOf(this.#tree[field]) })[0] ?? [];
    return new ParsedStatement(this.#source, kind, { ...fieldsOf(tree) });
  }

  /** Refuses a statement that holds anything which no compiler reads. */
  refuseUnknown(): void {
    if (!this.#known) {
      this.open().refuseUnknown();
      this.#known = true;
    }
  }
}

function fieldsOf(value: unknown): object {
  return typeof value === "object" && value !== null ? value : {};
}

interface Parse {
  readonly statements: readonly ParsedStatement[];
  readonly syntaxError: PostgresError | undefined;
}

/** Shared by every engine of the process: a parse depends on nothing but the text. */
const parses = new Map<string, Parse>();
const PARSES_MAX = 10_000;
let loaded = false;

/**
 * Loads the grammar (WebAssembly, the one step that cannot be synchronous). Await it before any
 * engine runs.
 */
export async function loadPostgresParser(): Promise<void> {
  await loadModule();
  loaded = true;
}

/** The statements of a query text, in order; 42601 in Postgres's words when it does not parse. */
export function parseStatements(sql: string): readonly ParsedStatement[] {
  let parse = parses.get(sql);
  if (parse === undefined) {
    if (!loaded) {
      throw new Error("await loadPostgresParser() before the first statement");
    }
    parse = parseOnce(sql);
    if (parses.size >= PARSES_MAX) {
      parses.clear();
    }
    parses.set(sql, parse);
  }
  if (parse.syntaxError !== undefined) {
    throw parse.syntaxError;
  }
  return parse.statements;
}

function parseOnce(sql: string): Parse {
  // The parser refuses an empty text; the server answers it with an empty query response.
  if (sql.trim() === "") {
    return { statements: [], syntaxError: undefined };
  }
  try {
    const source = new SourceText(sql);
    const statements = (parseSync(sql).stmts ?? []).map((raw) => {
      const [kind = "nothing", fields] = Object.entries(raw.stmt ?? {})[0] ?? [];
      return new ParsedStatement(source, kind, { ...fields });
    });
    return { statements, syntaxError: undefined };
  } catch (error) {
    if (hasSqlDetails(error)) {
      const { message, sqlDetails } = error;
      const place = sqlDetails?.cursorPosition;
      const syntaxError = new PostgresError("42601", message);
      return {
        statements: [],
        syntaxError: place === undefined ? syntaxError : syntaxError.at(place + 1),
      };
    }
    throw error;
  }
}
