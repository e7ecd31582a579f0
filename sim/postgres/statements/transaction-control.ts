import type { Isolation, TransactionModes } from "../rows/transaction-modes.ts";
import type { ParsedStatement } from "../syntax/postgres-parser.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";

/** A statement that begins, ends or divides a transaction. */
export type TransactionControl =
  | { readonly kind: "begin"; readonly tag: string; readonly modes: TransactionModes }
  | { readonly kind: "commit" | "rollback"; readonly chain: boolean }
  | { readonly kind: "savepoint" | "release" | "rollback to"; readonly name: string };

const ISOLATIONS: ReadonlyMap<string, Isolation> = new Map([
  ["read uncommitted", "read committed"],
  ["read committed", "read committed"],
  ["repeatable read", "repeatable read"],
  ["serializable", "serializable"],
]);

const readBefore = new WeakMap<ParsedStatement, TransactionControl>();

/**
 * Reads BEGIN, COMMIT, ROLLBACK, SAVEPOINT, RELEASE and ROLLBACK TO; undefined for any other
 * statement. Two-phase commit is refused by name.
 */
export function readTransactionControl(statement: ParsedStatement): TransactionControl | undefined {
  if (statement.kind !== "TransactionStmt") {
    return undefined;
  }
  let control = readBefore.get(statement);
  if (control === undefined) {
    control = readControl(statement.open());
    readBefore.set(statement, control);
  }
  return control;
}

/** Reads the modes of BEGIN or SET TRANSACTION. */
export function readTransactionModes(options: readonly SyntaxNode[]): TransactionModes {
  let modes: TransactionModes = {};
  for (const option of options) {
    const name = option.requiredText("defname");
    const value = option.requiredChild("arg");
    option.only("defaction", "DEFELEM_UNSPEC");
    option.end();
    switch (name) {
      case "transaction_isolation": {
        const level = value.part("sval")?.text("sval") ?? "";
        const isolation = ISOLATIONS.get(level) ?? option.refuse(`isolation level ${level}`);
        modes = { ...modes, isolation };
        break;
      }
      case "transaction_read_only":
        modes = { ...modes, readOnly: value.part("ival")?.number("ival") === 1 };
        break;
      case "transaction_deferrable":
        modes = { ...modes, deferrable: value.part("ival")?.number("ival") === 1 };
        break;
      default:
        option.refuse(`transaction option ${name}`);
    }
  }
  return modes;
}

function readControl(node: SyntaxNode): TransactionControl {
  const kind = node.requiredText("kind");
  const modes = readTransactionModes(node.children("options"));
  const chain = node.flag("chain");
  const name = node.text("savepoint_name") ?? "";
  node.end();
  switch (kind) {
    case "TRANS_STMT_BEGIN":
      return { kind: "begin", tag: "BEGIN", modes };
    case "TRANS_STMT_START":
      return { kind: "begin", tag: "START TRANSACTION", modes };
    case "TRANS_STMT_COMMIT":
      return { kind: "commit", chain };
    case "TRANS_STMT_ROLLBACK":
      return { kind: "rollback", chain };
    case "TRANS_STMT_SAVEPOINT":
      return { kind: "savepoint", name };
    case "TRANS_STMT_RELEASE":
      return { kind: "release", name };
    case "TRANS_STMT_ROLLBACK_TO":
      return { kind: "rollback to", name };
    default:
      return node.refuse(kind);
  }
}
