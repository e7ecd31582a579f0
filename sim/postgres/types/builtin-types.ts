import { NotSimulated } from "../../kernel/not-simulated.ts";
import { PG_TYPE } from "../system-catalog/pg-type-data.ts";
import { createArrayType } from "./array.ts";
import { BEHAVIOURS } from "./behaviour.ts";
import { SqlType } from "./sql-type.ts";

const byCatalogName = new Map<string, SqlType>();
const arrays = new WeakMap<SqlType, SqlType>();

for (const line of PG_TYPE.trim().split("\n")) {
  const [oid = "", catalogName = "", category = "", preferred, array, ...words] = line.split(" ");
  const name = words.join(" ");
  const behaviour = BEHAVIOURS.get(catalogName);
  const type = new SqlType({
    oid: Number(oid),
    name,
    catalogName,
    category,
    preferred: preferred === "t",
    simulated: behaviour !== undefined,
    ...(behaviour ?? { input: refuseType(name), output: refuseType(name) }),
  });
  byCatalogName.set(catalogName, type);
  if (array !== "0") {
    byCatalogName.set(`_${catalogName}`, addArray(type, Number(array)));
  }
}

export const TEXT = demandType("text");
export const BIGINT = demandType("int8");
export const INTEGER = demandType("int4");
export const BOOLEAN = demandType("bool");
export const NUMERIC = demandType("numeric");
/** PostgreSQL's own name for a literal or parameter whose type is still open. */
export const UNKNOWN = demandType("unknown");
export const RECORD = demandType("record");

/** The types that a column may have, without arrays. */
export const SIMULATED_TYPES: readonly SqlType[] = [...byCatalogName.values()].filter(
  ({ simulated, category, element }) =>
    simulated && element === null && category !== "P" && category !== "X",
);

/** The array over a type; undefined for one that has none, such as an array. */
export function arrayOver(type: SqlType): SqlType | undefined {
  return arrays.get(type);
}

/** The type that pg_type calls so; it may be one that is not simulated. Undefined for no type. */
export function builtinType(catalogName: string): SqlType | undefined {
  return byCatalogName.get(catalogName);
}

/** As `builtinType`. @throws Error when there is no such type */
export function demandType(catalogName: string): SqlType {
  const type = byCatalogName.get(catalogName);
  if (type === undefined) {
    throw new Error(`pg_type has no ${catalogName}`);
  }
  return type;
}

/** Makes the array over a type; `arrayOver` finds it from now on. */
export function addArray(element: SqlType, oid: number): SqlType {
  const array = createArrayType(element, oid);
  arrays.set(element, array);
  return array;
}

/** True for the whole-number types, between which operators are defined. */
export function isWhole(type: SqlType): boolean {
  return type === BIGINT || type === INTEGER || type.catalogName === "int2";
}

function refuseType(name: string): () => never {
  return () => {
    throw new NotSimulated(`type ${name}`);
  };
}
