import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { type Utility, utility } from "./utility-statement.ts";

/** Compiles LISTEN channel. */
export function compileListen(node: SyntaxNode): Utility {
  const channel = node.requiredText("conditionname");
  node.end();
  return utility("LISTEN", ({ session }) => session.listen(channel));
}

/** Compiles UNLISTEN channel, and UNLISTEN *. */
export function compileUnlisten(node: SyntaxNode): Utility {
  const channel = node.text("conditionname") ?? null;
  node.end();
  return utility("UNLISTEN", ({ session }) => session.unlisten(channel));
}

/** Compiles NOTIFY channel [, payload]. */
export function compileNotify(node: SyntaxNode): Utility {
  const channel = node.requiredText("conditionname");
  const payload = node.text("payload") ?? "";
  node.end();
  return utility("NOTIFY", ({ session }) => session.notify(channel, payload));
}
