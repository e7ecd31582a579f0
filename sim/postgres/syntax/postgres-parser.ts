import { hasSqlDetails, loadModule, parseSync } from "libpg-query";
import { PostgresError } from "../ground/postgres-error.ts";
import { SyntaxNode } from "./syntax-node.ts";

/** One statement of a query text, not yet compiled. `open` gives a fresh reader of its tree. */
export interface ParsedStatement {
  readonly kind: string;
  readonly sql: string;
  open(): SyntaxNode;
}

interface Parse {
  readonly statements: readonly ParsedStatement[];
  readonly syntaxError: string | undefined;
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
    throw new PostgresError("42601", parse.syntaxError);
  }
  return parse.statements;
}

function parseOnce(sql: string): Parse {
  // The parser refuses an empty text; the server answers it with an empty query response.
  if (sql.trim() === "") {
    return { statements: [], syntaxError: undefined };
  }
  try {
    const statements = (parseSync(sql).stmts ?? []).map((raw): ParsedStatement => {
      const [kind = "nothing", fields] = Object.entries(raw.stmt ?? {})[0] ?? [];
      const tree: Readonly<Record<string, unknown>> = { ...fields };
      return { kind, sql, open: () => new SyntaxNode(sql, kind, tree) };
    });
    return { statements, syntaxError: undefined };
  } catch (error) {
    if (hasSqlDetails(error)) {
      return { statements: [], syntaxError: error.message };
    }
    throw error;
  }
}
