import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { arrayTypeOf, type SqlType } from "./sql-type.ts";

/** The grammar turns the standard's names into these, qualified with pg_catalog. */
const TYPES: ReadonlyMap<string, SqlType> = new Map([
  ["text", "text"],
  ["int8", "bigint"],
  ["int4", "integer"],
  ["bool", "boolean"],
]);

/** Reads a type's name; a type that is not simulated is refused by its name. */
export function readTypeName(node: SyntaxNode): SqlType {
  const names = node.names("names");
  const name = names.at(-1) ?? "";
  const dimensions = node.children("arrayBounds").map((bound) => {
    const size = bound.number("ival");
    bound.end();
    return size;
  });
  node.only("typemod", -1);
  node.end();
  const type = TYPES.get(name);
  const known = names.length === 1 || names[0] === "pg_catalog";
  if (type === undefined || !known) {
    return node.refuse(`type ${names.join(".")}`);
  }
  if (dimensions.length === 0) {
    return type;
  }
  const array = arrayTypeOf(type);
  if (dimensions.length > 1 || dimensions[0] !== -1 || array === undefined) {
    return node.refuse(`an array type of ${name}`);
  }
  return array;
}
