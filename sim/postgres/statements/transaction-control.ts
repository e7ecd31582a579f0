import type { Isolation } from "../rows/execution.ts";
import type { ParsedStatement } from "../syntax/postgres-parser.ts";

/** A statement that begins or ends a transaction. */
export type TransactionControl =
  | { readonly kind: "begin"; readonly tag: string; readonly isolation: Isolation }
  | { readonly kind: "commit" | "rollback" };

const ISOLATIONS: ReadonlyMap<string, Isolation> = new Map([
  ["read uncommitted", "read committed"],
  ["read committed", "read committed"],
  ["repeatable read", "repeatable read"],
]);

const readBefore = new WeakMap<ParsedStatement, TransactionControl>();

/**
 * Reads BEGIN, COMMIT and ROLLBACK; undefined for any other statement. Savepoints and SERIALIZABLE
 * are refused by name.
 */
export function readTransactionControl(statement: ParsedStatement): TransactionControl | undefined {
  if (statement.kind !== "TransactionStmt") {
    return undefined;
  }
  const control = readBefore.get(statement) ?? readControl(statement);
  readBefore.set(statement, control);
  return control;
}

function readControl(statement: ParsedStatement): TransactionControl {
  const node = statement.open();
  const kind = node.requiredText("kind");
  let isolation: Isolation = "read committed";
  for (const option of node.children("options")) {
    const name = option.requiredText("defname");
    if (name !== "transaction_isolation") {
      option.refuse(`transaction option ${name}`);
    }
    const value = option.requiredChild("arg").part("sval")?.text("sval") ?? "";
    option.only("defaction", "DEFELEM_UNSPEC");
    option.end();
    isolation = ISOLATIONS.get(value) ?? option.refuse(`isolation level ${value}`);
  }
  node.end();
  switch (kind) {
    case "TRANS_STMT_BEGIN":
      return { kind: "begin", tag: "BEGIN", isolation };
    case "TRANS_STMT_START":
      return { kind: "begin", tag: "START TRANSACTION", isolation };
    case "TRANS_STMT_COMMIT":
      return { kind: "commit" };
    case "TRANS_STMT_ROLLBACK":
      return { kind: "rollback" };
    default:
      return node.refuse(kind);
  }
}
