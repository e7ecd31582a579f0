import { functionKind, functionName } from "../expressions/function-call.ts";
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

/** The first call of an aggregate, or over a window, of the query itself. */
export function findAggregate(node: SyntaxNode): SyntaxNode | undefined {
  if (node.kind === "SubLink") {
    return undefined;
  }
  if (node.kind === "FuncCall") {
    const isWindow = node.reopen().part("over") !== undefined;
    if (isWindow || functionKind(functionName(node.reopen())) === "aggregate") {
      return node;
    }
  }
  for (const part of node.parts()) {
    const found = findAggregate(part);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}
