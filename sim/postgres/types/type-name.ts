import { PostgresError } from "../ground/postgres-error.ts";
import type { SyntaxNode } from "../syntax/syntax-node.ts";
import { arrayOver, builtinType } from "./builtin-types.ts";
import type { SqlType } from "./sql-type.ts";

/** A type with what was said in brackets behind it, as atttypmod holds it; -1 for nothing. */
export interface TypeReference {
  readonly type: SqlType;
  readonly typmod: number;
}

/** How a catalog's own types are found: enums, by their name. */
export type FindType = (name: string) => SqlType | undefined;

/** Reads a type's name; a type that is not simulated is refused by its name. */
export function readTypeName(node: SyntaxNode, find: FindType = builtinType): TypeReference {
  const names = node.names("names");
  const dimensions = node.children("arrayBounds").map((bound) => {
    const size = bound.number("ival");
    bound.end();
    return size;
  });
  const modifiers = node.children("typmods").map(readModifier);
  node.only("typemod", -1);
  node.end();
  const scalar = findType(node, names, find);
  const typmod = modifiers.length === 0 ? -1 : typmodOf(node, scalar, modifiers);
  if (dimensions.length === 0) {
    return { type: scalar, typmod };
  }
  return { type: arrayOver(scalar) ?? node.refuse(`an array type of ${scalar.name}`), typmod };
}

/** The grammar turns the standard's names into the catalog's, qualified with pg_catalog. */
function findType(node: SyntaxNode, names: readonly string[], find: FindType): SqlType {
  const [first = "", second] = names;
  const name = second ?? first;
  const own = second === undefined || first === "public" ? find(name) : undefined;
  const builtin = second === undefined || first === "pg_catalog" ? builtinType(name) : undefined;
  const type = own ?? builtin;
  if (type === undefined) {
    const message = `type "${names.join(".")}" does not exist`;
    throw new PostgresError("42704", message).at(node.position);
  }
  if (!type.simulated || type.category === "P") {
    return node.refuse(`type ${type.name}`);
  }
  return type;
}

function readModifier(node: SyntaxNode): number {
  const sign = node.kind === "A_Const" ? 1 : node.refuse("this type modifier");
  const size = node.part("ival")?.number("ival") ?? node.refuse("this type modifier");
  node.end();
  return sign * size;
}

function typmodOf(node: SyntaxNode, type: SqlType, modifiers: readonly number[]): number {
  if (type.modifier === null) {
    throw new PostgresError("42601", `type modifier is not allowed for type "${type.catalogName}"`);
  }
  return type.catalogName === "interval"
    ? node.refuse("interval with fields or a precision")
    : type.modifier.read(modifiers);
}
