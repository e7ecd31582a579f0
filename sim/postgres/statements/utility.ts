import type { ParsedStatement } from "../syntax/postgres-parser.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { compileListen, compileNotify, compileUnlisten } from "./listen.ts";
import { compileLockTable } from "./lock-table.ts";
import { compileDeallocate, compilePrepare } from "./prepare.ts";
import { compileSet, compileSetConstraints, compileShow } from "./set.ts";
import type { Utility } from "./utility-statement.ts";
import { compileVacuum } from "./vacuum.ts";

type Compile = (node: SyntaxNode, statement: ParsedStatement) => Utility;

const COMPILERS: ReadonlyMap<string, Compile> = new Map<string, Compile>([
  ["ConstraintsSetStmt", compileSetConstraints],
  ["DeallocateStmt", compileDeallocate],
  ["ListenStmt", compileListen],
  ["LockStmt", compileLockTable],
  ["NotifyStmt", compileNotify],
  ["PrepareStmt", compilePrepare],
  ["UnlistenStmt", compileUnlisten],
  ["VacuumStmt", compileVacuum],
  ["VariableSetStmt", compileSet],
  ["VariableShowStmt", compileShow],
]);

const compiledBefore = new WeakMap<ParsedStatement, Utility>();

/** Compiles it, once for each text; undefined for any other statement. */
export function compileUtility(statement: ParsedStatement): Utility | undefined {
  const compile = COMPILERS.get(statement.kind);
  if (compile === undefined) {
    return undefined;
  }
  let utility = compiledBefore.get(statement);
  if (utility === undefined) {
    utility = compile(statement.open(), statement);
    compiledBefore.set(statement, utility);
  }
  return utility;
}
