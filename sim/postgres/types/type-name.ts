import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { arrayOver, builtinType } from "./builtin-types.ts";
import type { SqlType } from "./sql-type.ts";

/** A type with what was said in brackets behind it, as atttypmod holds it; -1 for nothing. */
export interface TypeReference {
  readonly type: SqlType;
  readonly typmod: number;
}

/** Reads a type's name; a type that is not simulated is refused by its name. */
export function readTypeName(node: SyntaxNode): TypeReference {
  const names = node.names("names");
  const name = names.at(-1) ?? "";
  const dimensions = node.children("arrayBounds").map((bound) => {
    const size = bound.number("ival");
    bound.end();
    return size;
  });
  node.only("typemod", -1);
  node.end();
  // The grammar turns the standard's names into these, qualified with pg_catalog.
  const type = builtinType(name);
  const known = names.length === 1 || names[0] === "pg_catalog";
  if (type === undefined || !known) {
    return node.refuse(`type ${names.join(".")}`);
  }
  if (dimensions.length === 0) {
    return { type, typmod: -1 };
  }
  return { type: arrayOver(type) ?? node.refuse(`an array type of ${name}`), typmod: -1 };
}
