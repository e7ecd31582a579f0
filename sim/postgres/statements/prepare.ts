import type { ParsedStatement } from "../syntax/postgres-parser.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import type { Parameter } from "../types/parameter.ts";
import { type Utility, utility } from "./utility-statement.ts";

/** EXECUTE as it was read. */
export interface Execute {
  readonly name: string;
  readonly parameters: readonly Parameter[];
}

/** Compiles PREPARE name AS statement; declared types of parameters are refused by name. */
export function compilePrepare(node: SyntaxNode, statement: ParsedStatement): Utility {
  const name = node.requiredText("name");
  if (node.children("argtypes").length > 0) {
    return node.refuse("PREPARE with types of parameters");
  }
  node.requiredChild("query");
  node.end();
  const inner = statement.inner("query");
  return utility("PREPARE", ({ session }) => session.prepare(name, inner));
}

/** Compiles DEALLOCATE name, and DEALLOCATE ALL. */
export function compileDeallocate(node: SyntaxNode): Utility {
  const name = node.text("name") ?? null;
  node.flag("isall");
  node.end();
  const tag = name === null ? "DEALLOCATE ALL" : "DEALLOCATE";
  return utility(tag, ({ session }) => session.deallocate(name));
}

/** Reads EXECUTE, whose parameters must be constants. */
export function readExecute(node: SyntaxNode): Execute {
  const name = node.requiredText("name");
  const parameters = node.children("params").map(readConstant);
  node.end();
  return { name, parameters };
}

function readConstant(node: SyntaxNode): Parameter {
  if (node.kind !== "A_Const") {
    return node.refuse("EXECUTE with a parameter that is no constant");
  }
  const isNull = node.flag("isnull");
  const text = node.part("sval")?.text("sval");
  const whole = node.part("ival")?.number("ival");
  const fraction = node.part("fval")?.requiredText("fval");
  const flag = node.part("boolval")?.flag("boolval");
  node.end();
  if (isNull) {
    return null;
  }
  return text ?? whole ?? fraction ?? flag ?? "";
}
