import { NotSimulated } from "../../kernel/not-simulated.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import type { Datum, HashKey, Value } from "./datum.ts";
import type { TypeModifier } from "./modifier.ts";
import { SqlType } from "./sql-type.ts";
import { demandEncodable } from "./text.ts";

/**
 * The type of arrays over a type. Arrays begin at 1, and one of several dimensions is an array of
 * arrays of one length; an array with other lower bounds is refused.
 */
export function createArrayType(element: SqlType, oid: number): SqlType {
  const hashKey = (value: Value): HashKey => keyOf(element, items(value));
  return new SqlType({
    oid,
    name: `${element.name}[]`,
    catalogName: `_${element.catalogName}`,
    category: "A",
    element,
    simulated: element.simulated,
    ...(element.modifier === null ? {} : { modifier: arrayModifier(element.modifier) }),
    input: (text, typmod) => parseArray(element, text, typmod),
    output: (value) => formatArray(element, items(value)),
    ...(element.comparable
      ? {
          compare: (left: Value, right: Value) => compareArrays(element, items(left), items(right)),
        }
      : {}),
    hashKey,
  });
}

function arrayModifier({ read, fit }: TypeModifier): TypeModifier {
  const fitItems = (array: readonly Datum[], typmod: number, isCast: boolean): readonly Datum[] =>
    array.map((item) => {
      if (item === null) {
        return null;
      }
      return isArray(item) ? fitItems(item, typmod, isCast) : fit(item, typmod, isCast);
    });
  return { read, fit: (value, typmod, isCast) => fitItems(items(value), typmod, isCast) };
}

/** True for an array. */
export function isArray(value: Datum): value is readonly Datum[] {
  return Array.isArray(value);
}

/** The value as an array. @throws Error for a value of another type, which is a bug */
export function items(value: Datum): readonly Datum[] {
  if (isArray(value)) {
    return value;
  }
  throw new Error(`an array was expected, not ${String(value)}`);
}

/** The lengths of the dimensions; none for an empty array. */
export function dimensionsOf(array: readonly Datum[]): number[] {
  const lengths: number[] = [];
  let level: Datum = array;
  while (isArray(level) && level.length > 0) {
    lengths.push(level.length);
    level = level[0] ?? null;
  }
  return lengths;
}

/** The elements of all dimensions, in order. */
export function flatten(array: readonly Datum[]): readonly Datum[] {
  return array.some((item) => isArray(item))
    ? array.flatMap((item) => (isArray(item) ? flatten(item) : [item]))
    : array;
}

/** array_cmp: element by element, then by length, dimensions and lower bounds. Null comes last. */
function compareArrays(element: SqlType, left: readonly Datum[], right: readonly Datum[]): number {
  const a = flatten(left);
  const b = flatten(right);
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at += 1) {
    const order = compareItems(element, a[at] ?? null, b[at] ?? null);
    if (order !== 0) {
      return order;
    }
  }
  if (a.length !== b.length) {
    return a.length - b.length;
  }
  const dimensions = dimensionsOf(left);
  const others = dimensionsOf(right);
  if (dimensions.length !== others.length) {
    return dimensions.length - others.length;
  }
  const at = dimensions.findIndex((length, index) => length !== others[index]);
  return at < 0 ? 0 : (dimensions[at] ?? 0) - (others[at] ?? 0);
}

function compareItems(element: SqlType, left: Datum, right: Datum): number {
  if (left === null || right === null) {
    return left === right ? 0 : left === null ? 1 : -1;
  }
  return element.compare(left, right);
}

function keyOf(element: SqlType, array: readonly Datum[]): string {
  let key = "[";
  for (const item of array) {
    if (item === null) {
      key += "n";
    } else if (isArray(item)) {
      key += keyOf(element, item);
    } else {
      const text = String(element.hashKey(item));
      key += `${text.length}:${text}`;
    }
  }
  return `${key}]`;
}

/** array_out: quotes only where the text would be read as something else without. */
function formatArray(element: SqlType, array: readonly Datum[]): string {
  const shown = array.map((item) => {
    if (item === null) {
      return "NULL";
    }
    return isArray(item) ? formatArray(element, item) : quote(element.output(item));
  });
  return `{${shown.join(",")}}`;
}

function quote(text: string): string {
  const plain = text !== "" && !/[\s{},"\\]/.test(text) && text.toUpperCase() !== "NULL";
  return plain ? text : `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

const SPACE = /[ \t\n\v\f\r]/;

/** array_in, for arrays without explicit bounds. */
function parseArray(element: SqlType, text: string, typmod: number): Datum {
  demandEncodable(text);
  const reader = new ArrayReader(element, text, typmod);
  return reader.read();
}

/** Reads one array literal from its first character to its last. */
class ArrayReader {
  readonly #element: SqlType;
  readonly #text: string;
  readonly #typmod: number;
  #at = 0;

  constructor(element: SqlType, text: string, typmod: number) {
    this.#element = element;
    this.#text = text;
    this.#typmod = typmod;
  }

  read(): readonly Datum[] {
    this.#skipSpace();
    if (this.#text[this.#at] === "[") {
      throw new NotSimulated("an array with explicit bounds", this.#text);
    }
    if (this.#text[this.#at] !== "{") {
      throw this.#malformed('Array value must start with "{" or dimension information.');
    }
    const array = this.#array();
    this.#skipSpace();
    if (this.#at < this.#text.length) {
      throw this.#malformed("Junk after closing right brace.");
    }
    // An empty array has no dimensions, however deep it was written.
    return flatten(array).length === 0 ? [] : array;
  }

  #array(): readonly Datum[] {
    this.#at += 1;
    const found: Datum[] = [];
    this.#skipSpace();
    if (this.#text[this.#at] === "}") {
      this.#at += 1;
      return found;
    }
    for (;;) {
      this.#skipSpace();
      found.push(this.#text[this.#at] === "{" ? this.#array() : this.#item());
      this.#demandSameShape(found);
      this.#skipSpace();
      const next = this.#text[this.#at];
      this.#at += 1;
      if (next === "}") {
        return found;
      }
      if (next === undefined) {
        throw this.#malformed("Unexpected end of input.");
      }
      if (next !== ",") {
        throw this.#malformed(`Unexpected "${next}" character.`);
      }
    }
  }

  #item(): Datum {
    const first = this.#text[this.#at];
    if (first === undefined) {
      throw this.#malformed("Unexpected end of input.");
    }
    if (first === "," || first === "}") {
      throw this.#malformed(`Unexpected "${first}" character.`);
    }
    if (first === '"') {
      return this.#element.input(this.#quoted(), this.#typmod);
    }
    const word = this.#plain();
    return word.toUpperCase() === "NULL" ? null : this.#element.input(word, this.#typmod);
  }

  #quoted(): string {
    let text = "";
    for (this.#at += 1; ; this.#at += 1) {
      const character = this.#text[this.#at];
      if (character === undefined) {
        throw this.#malformed("Unexpected end of input.");
      }
      if (character === '"') {
        break;
      }
      if (character === "\\") {
        this.#at += 1;
      }
      text += this.#text[this.#at] ?? "";
    }
    this.#at += 1;
    this.#skipSpace();
    const next = this.#text[this.#at];
    if (next !== undefined && next !== "," && next !== "}") {
      throw this.#malformed("Unexpected array element.");
    }
    return text;
  }

  #plain(): string {
    let text = "";
    let kept = 0;
    for (; ; this.#at += 1) {
      const character = this.#text[this.#at];
      if (character === undefined) {
        throw this.#malformed("Unexpected end of input.");
      }
      if (character === "," || character === "}") {
        return text.slice(0, kept);
      }
      if (character === "{") {
        throw this.#malformed('Unexpected "{" character.');
      }
      if (character === '"') {
        throw this.#malformed("Unexpected array element.");
      }
      if (character === "\\") {
        this.#at += 1;
      }
      text += this.#text[this.#at] ?? "";
      if (character === "\\" || !SPACE.test(character)) {
        kept = text.length;
      }
    }
  }

  #demandSameShape(found: readonly Datum[]): void {
    const first = shapeOf(found[0] ?? null);
    if (shapeOf(found.at(-1) ?? null) !== first) {
      throw this.#malformed(
        "Multidimensional arrays must have sub-arrays with matching dimensions.",
      );
    }
  }

  #skipSpace(): void {
    while (SPACE.test(this.#text[this.#at] ?? "")) {
      this.#at += 1;
    }
  }

  #malformed(detail: string): PostgresError {
    return new PostgresError("22P02", `malformed array literal: "${this.#text}"`, { detail });
  }
}

function shapeOf(item: Datum): string {
  return isArray(item) ? dimensionsOf(item).join(",") : "item";
}
