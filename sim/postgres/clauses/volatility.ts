import { functionName } from "../expressions/function-call.ts";
import { functionsNamed } from "../resolution/signatures.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";

/** True where a function is called that may give another value each time, or has effects. */
export function isVolatile(node: SyntaxNode): boolean {
  const isVolatileCall =
    node.kind === "FuncCall" &&
    functionsNamed(functionName(node.reopen())).some((one) => one.isVolatile);
  return isVolatileCall || node.parts().some(isVolatile);
}

/** True where there is a query inside the expression. */
export function hasQuery(node: SyntaxNode): boolean {
  return node.kind === "SubLink" || node.parts().some(hasQuery);
}
