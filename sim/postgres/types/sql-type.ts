import type { Datum, HashKey, Value } from "./datum.ts";
import type { TypeModifier } from "./modifier.ts";

/** What a type is and does, as pg_type and its functions say. */
export interface SqlTypeDefinition {
  readonly oid: number;
  /** As error messages show it: `bigint`, `timestamp with time zone`, `text[]`. */
  readonly name: string;
  /** As pg_type names it: `int8`, `timestamptz`, `_text`. */
  readonly catalogName: string;
  /** typcategory: `N`umeric, `S`tring, `A`rray and so on; types of one may be mixed. */
  readonly category: string;
  /** True for the type of its category that the others are turned into. */
  readonly preferred?: boolean;
  readonly element?: SqlType;
  /** The input function. @throws PostgresError 22P02, 22003 and their kin */
  readonly input: (text: string, typmod: number) => Datum;
  /** The output function. */
  readonly output: (value: Value) => string;
  /** The order of the default B-tree operator class; absent where the type has none. */
  readonly compare?: (left: Value, right: Value) => number;
  /** Absent where the value itself, a primitive, is its own. */
  readonly hashKey?: (value: Value) => HashKey;
  /** Absent where nothing may stand in brackets behind the type's name. */
  readonly modifier?: TypeModifier;
  /** Of an enum only: its labels in their order. */
  readonly labels?: readonly string[];
  /** False for a type that is known by name only: its values are refused. True when absent. */
  readonly simulated?: boolean;
}

/**
 * A type. One object stands for one type, so types are compared by identity; their values are
 * compared through it and never by `===`.
 */
export class SqlType {
  readonly oid: number;
  readonly name: string;
  readonly catalogName: string;
  readonly category: string;
  readonly preferred: boolean;
  /** The type of an array's elements, or null. */
  readonly element: SqlType | null;
  /** False where the type has no B-tree order: its values are neither sorted nor indexed. */
  readonly comparable: boolean;
  /** True where a value is a primitive that is its own hash key. */
  readonly primitive: boolean;
  readonly simulated: boolean;
  readonly modifier: TypeModifier | null;
  readonly labels: readonly string[];
  readonly input: (text: string, typmod: number) => Datum;
  readonly output: (value: Value) => string;
  /** Below zero, zero, above zero. @throws Error where the type is not comparable */
  readonly compare: (left: Value, right: Value) => number;
  readonly hashKey: (value: Value) => HashKey;

  constructor(definition: SqlTypeDefinition) {
    const { oid, name, catalogName, category, compare, hashKey } = definition;
    this.oid = oid;
    this.name = name;
    this.catalogName = catalogName;
    this.category = category;
    this.preferred = definition.preferred ?? false;
    this.element = definition.element ?? null;
    this.comparable = compare !== undefined;
    this.primitive = hashKey === undefined;
    this.simulated = definition.simulated ?? true;
    this.labels = definition.labels ?? [];
    this.modifier = definition.modifier ?? null;
    this.input = definition.input;
    this.output = definition.output;
    this.compare = compare ?? (() => notComparable(name));
    this.hashKey = hashKey ?? primitiveKey;
  }

  /** True when both are the same to the last digit shown, as datumIsEqual: 1.0 is not 1.00. */
  isSame(left: Datum, right: Datum): boolean {
    if (left === right || left === null || right === null || this.primitive) {
      return left === right;
    }
    return this.output(left) === this.output(right);
  }
}

function primitiveKey(value: Value): HashKey {
  if (typeof value === "object") {
    throw new Error("a value that is no primitive needs a hash key of its own");
  }
  return value;
}

function notComparable(name: string): never {
  throw new Error(`values of type ${name} have no order`);
}
