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

const made = new Map<string, EnumType>();
const FIRST_OID = 16_384;

/**
 * The type of this name with these labels: one object in all engines of the process, so that what
 * was compiled for one of them serves the others.
 */
export function enumTypeOf(name: string, labels: readonly string[]): EnumType {
  const key = JSON.stringify([name, labels]);
  let type = made.get(key);
  if (type === undefined) {
    // A number of the definition's own, whatever else was made before.
    const oid = FIRST_OID + 2 * (hashOf(key) >>> 2);
    type = createEnumType({ name, oid, arrayOid: oid + 1, labels });
    made.set(key, type);
  }
  return type;
}

/** FNV-1a, of 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c_9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x0100_0193);
  }
  return hash >>> 0;
}

/** A type of labels, which are ordered as they stand. Its oids are the catalog's to give. */
function createEnumType(definition: {
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
