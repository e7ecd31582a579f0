import { PostgresError } from "../ground/postgres-error.ts";
import { addArray } from "./builtin-types.ts";
import type { Value } from "./datum.ts";
import { SqlType } from "./sql-type.ts";
import { str } from "./text.ts";

/** What CREATE TYPE ... AS ENUM makes: the type, and the array over it. */
export interface EnumType {
  readonly type: SqlType;
  readonly array: SqlType;
  /** In their order; a label may be added between two others. */
  readonly labels: string[];
}

/** A type of labels, which are ordered as they stand. Its oids are the catalog's to give. */
export function createEnumType(definition: {
  readonly name: string;
  readonly oid: number;
  readonly arrayOid: number;
  readonly labels: readonly string[];
}): EnumType {
  const { name, oid, arrayOid } = definition;
  const labels = [...definition.labels];
  const type = new SqlType({
    oid,
    name,
    catalogName: name,
    category: "E",
    labels,
    input: (text) => {
      if (!labels.includes(text)) {
        throw new PostgresError("22P02", `invalid input value for enum ${name}: "${text}"`);
      }
      return text;
    },
    output: str,
    compare: (left: Value, right: Value) => labels.indexOf(str(left)) - labels.indexOf(str(right)),
  });
  return { type, array: addArray(type, arrayOid), labels };
}
