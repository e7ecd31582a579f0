import { PostgresError } from "../ground/postgres-error.ts";
import { Composite, type Datum } from "./datum.ts";
import type { SqlType } from "./sql-type.ts";

/** The value of ROW(...): fields by position, each with its type. */
export class SqlRecord extends Composite {
  readonly types: readonly SqlType[];
  readonly values: readonly Datum[];

  constructor(types: readonly SqlType[], values: readonly Datum[]) {
    super();
    this.types = types;
    this.values = values;
  }

  /** record_out. */
  override toString(): string {
    const shown = this.values.map((value, at) => {
      const type = this.types[at];
      return value === null || type === undefined ? "" : quote(type.output(value));
    });
    return `(${shown.join(",")})`;
  }
}

function quote(text: string): string {
  const plain = text !== "" && !/[\s(),"\\]/.test(text);
  return plain ? text : `"${text.replaceAll(/["\\]/g, "$&$&")}"`;
}

/** record_cmp. @throws PostgresError 42804 for fields of two types, 42883 for one without order */
export function compareRecords(left: SqlRecord, right: SqlRecord): number {
  const shared = Math.min(left.types.length, right.types.length);
  for (let at = 0; at < shared; at += 1) {
    const order = compareFields(left, right, at);
    if (order !== 0) {
      return order;
    }
  }
  if (left.types.length !== right.types.length) {
    throw new PostgresError(
      "42804",
      "cannot compare record types with different numbers of columns",
    );
  }
  return 0;
}

function compareFields(left: SqlRecord, right: SqlRecord, at: number): number {
  const type = left.types[at];
  const other = right.types[at];
  const a = left.values[at] ?? null;
  const b = right.values[at] ?? null;
  if (type === undefined || other === undefined || type !== other) {
    const names = `${type?.name ?? "?"} and ${other?.name ?? "?"}`;
    const message = `cannot compare dissimilar column types ${names} at record column ${at + 1}`;
    throw new PostgresError("42804", message);
  }
  if (!type.comparable) {
    const message = `could not identify a comparison function for type ${type.name}`;
    throw new PostgresError("42883", message);
  }
  if (a === null || b === null) {
    return a === b ? 0 : a === null ? 1 : -1;
  }
  return type.compare(a, b);
}

/** A text that equal records share. */
export function recordKey({ types, values }: SqlRecord): string {
  let key = "";
  for (const [at, value] of values.entries()) {
    const part = value === null ? null : String(types[at]?.hashKey(value));
    key += part === null ? "n" : `${part.length}:${part}`;
  }
  return key;
}
