import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { TEXT } from "../types/builtin-types.ts";
import { readTransactionModes } from "./transaction-control.ts";
import { type Utility, utility } from "./utility-statement.ts";

/** Compiles SET, SET LOCAL, RESET and SET TRANSACTION. */
export function compileSet(node: SyntaxNode): Utility {
  const kind = node.requiredText("kind");
  const name = node.text("name") ?? "";
  const local = node.flag("is_local");
  const values = node.children("args");
  node.only("jumble_args", true);
  node.end();
  switch (kind) {
    case "VAR_SET_VALUE": {
      const value = values.map(readValue).join(", ");
      return utility("SET", ({ session }) => session.changeSetting(name, value, local));
    }
    case "VAR_SET_DEFAULT":
      return utility("SET", ({ session }) => session.changeSetting(name, null, local));
    case "VAR_RESET":
      return utility("RESET", ({ session }) => session.changeSetting(name, null, false));
    case "VAR_RESET_ALL":
      return utility("RESET", ({ session }) => session.resetSettings());
    case "VAR_SET_MULTI":
      return compileSetTransaction(node, name, values);
    default:
      return node.refuse(kind);
  }
}

/** Compiles SET CONSTRAINTS ALL; single ones are refused by name. */
export function compileSetConstraints(node: SyntaxNode): Utility {
  if (node.children("constraints").length > 0) {
    return node.refuse("SET CONSTRAINTS of single ones");
  }
  const deferred = node.flag("deferred");
  node.end();
  return utility("SET CONSTRAINTS", ({ session }) => session.deferConstraints(deferred));
}

/** Compiles SHOW of one setting. */
export function compileShow(node: SyntaxNode): Utility {
  const name = node.requiredText("name");
  node.end();
  if (name === "all") {
    return node.refuse("SHOW ALL");
  }
  return {
    tag: "SHOW",
    columns: [{ name, type: TEXT, typmod: -1 }],
    run: ({ session }) => ({ rows: [[session.showSetting(name)]], count: 0 }),
  };
}

function compileSetTransaction(
  node: SyntaxNode,
  name: string,
  values: readonly SyntaxNode[],
): Utility {
  if (name === "TRANSACTION") {
    const modes = readTransactionModes(values);
    return utility("SET", ({ session }) => session.changeTransaction(modes));
  }
  if (name !== "SESSION CHARACTERISTICS") {
    return node.refuse(`SET ${name}`);
  }
  const { isolation, readOnly, deferrable } = readTransactionModes(values);
  return utility("SET", ({ session }) => {
    const set = (setting: string, value: string) =>
      session.changeSetting(`default_transaction_${setting}`, value, false);
    if (isolation !== undefined) {
      set("isolation", isolation);
    }
    if (readOnly !== undefined) {
      set("read_only", readOnly ? "on" : "off");
    }
    if (deferrable !== undefined) {
      set("deferrable", deferrable ? "on" : "off");
    }
  });
}

function readValue(node: SyntaxNode): string {
  const text = node.part("sval");
  const whole = node.part("ival");
  const fraction = node.part("fval");
  const flag = node.part("boolval");
  node.end();
  if (text !== undefined) {
    return text.text("sval") ?? "";
  }
  if (whole !== undefined) {
    return String(whole.number("ival"));
  }
  if (fraction !== undefined) {
    return fraction.requiredText("fval");
  }
  return flag === undefined ? node.refuse("this value of a setting") : String(flag.flag("boolval"));
}
