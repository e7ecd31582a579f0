import { NotSimulated } from "../../kernel/not-simulated.ts";
import { PostgresError } from "../ground/postgres-error.ts";
import { dimensionsOf, flatten, isArray, items } from "../types/array.ts";
import { charactersOf } from "../types/character.ts";
import type { Datum } from "../types/datum.ts";
import type { SqlType } from "../types/sql-type.ts";
import { str } from "../types/text.ts";
import { num } from "../types/whole.ts";
import {
  argumentType,
  type CallTypes,
  type Compute,
  elementOf,
  type Implementations,
  typed,
} from "./implementation.ts";
import { textsOf } from "./text.ts";

/** A function over the elements of its first argument. */
function over(bind: (element: SqlType) => Compute) {
  return typed((types: CallTypes) => bind(elementOf(argumentType(types, 0))));
}

function isSame(element: SqlType, left: Datum, right: Datum): boolean {
  if (left === null || right === null) {
    return left === right;
  }
  return element.compare(left, right) === 0;
}

/** Elements are looked for by equality, under which null is found nowhere. */
function contains(element: SqlType, left: readonly Datum[], right: readonly Datum[]): boolean {
  const keys = new Set(left.filter((item) => item !== null).map((item) => element.hashKey(item)));
  return right.every((item) => item !== null && keys.has(element.hashKey(item)));
}

function overlaps(element: SqlType, left: readonly Datum[], right: readonly Datum[]): boolean {
  const keys = new Set(left.filter((item) => item !== null).map((item) => element.hashKey(item)));
  return right.some((item) => item !== null && keys.has(element.hashKey(item)));
}

function demandOneDimension(array: readonly Datum[], message: string): void {
  if (array.some((item) => isArray(item))) {
    throw new PostgresError("0A000", message);
  }
}

/** array_append: null counts as an empty array. */
function appended(array: Datum, item: Datum): readonly Datum[] {
  const own = array === null ? [] : items(array);
  demandVector(own);
  return [...own, item];
}

function prepended(item: Datum, array: Datum): readonly Datum[] {
  const own = array === null ? [] : items(array);
  demandVector(own);
  return [item, ...own];
}

function demandVector(array: readonly Datum[]): void {
  if (array.some((item) => isArray(item))) {
    throw new PostgresError("22000", "argument must be empty or one-dimensional array");
  }
}

/** array_cat: arrays of the same number of dimensions, or of one less. */
function joined(left: Datum, right: Datum): Datum {
  if (left === null || right === null) {
    return left ?? right;
  }
  const [a, b] = [items(left), items(right)];
  if (a.length === 0 || b.length === 0) {
    return a.length === 0 ? b : a;
  }
  const [dimensions, others] = [dimensionsOf(a), dimensionsOf(b)];
  const difference = dimensions.length - others.length;
  const isFit =
    difference === 0
      ? dimensions.slice(1).join() === others.slice(1).join()
      : difference === 1
        ? dimensions.slice(1).join() === others.join()
        : difference === -1 && dimensions.join() === others.slice(1).join();
  if (!isFit) {
    const isNear = Math.abs(difference) <= 1;
    const detail = isNear
      ? difference === 0
        ? "Arrays with differing element dimensions are not compatible for concatenation."
        : "Arrays with differing dimensions are not compatible for concatenation."
      : `Arrays of ${dimensions.length} and ${others.length} dimensions are not compatible for concatenation.`;
    throw new PostgresError("2202E", "cannot concatenate incompatible arrays", { detail });
  }
  return difference === 0 ? [...a, ...b] : difference === 1 ? [...a, b] : [a, ...b];
}

function dimension(array: Datum, number: Datum): number | null {
  return dimensionsOf(items(array))[num(number) - 1] ?? null;
}

function replacedItems(
  element: SqlType,
  array: readonly Datum[],
  from: Datum,
  to: Datum,
): readonly Datum[] {
  return array.map((item) => {
    if (isArray(item)) {
      return replacedItems(element, item, from, to);
    }
    return isSame(element, item, from) ? to : item;
  });
}

function placeOf(element: SqlType, array: Datum, wanted: Datum, from: number): number | null {
  if (array === null) {
    return null;
  }
  const own = items(array);
  demandOneDimension(own, "searching for elements in multidimensional arrays is not supported");
  const at = own.findIndex((item, index) => index + 1 >= from && isSame(element, item, wanted));
  return at < 0 ? null : at + 1;
}

function shown(element: SqlType, array: Datum, separator: Datum, forNull: Datum): Datum {
  if (array === null || separator === null) {
    return null;
  }
  const texts = textsOf(element, items(array));
  const kept =
    forNull === null
      ? texts.filter((text) => text !== null)
      : texts.map((text) => text ?? str(forNull));
  return kept.join(str(separator));
}

/** string_to_array: a null separator takes each character by itself. */
function splitText(text: Datum, separator: Datum, asNull: Datum): Datum {
  if (text === null) {
    return null;
  }
  const whole = str(text);
  const parts =
    whole === ""
      ? []
      : separator === null
        ? charactersOf(whole)
        : str(separator) === ""
          ? [whole]
          : whole.split(str(separator));
  return parts.map((part) => (part === asNull ? null : part));
}

function filled(value: Datum, lengths: readonly Datum[]): Datum {
  const [first, ...rest] = lengths;
  if (first === undefined) {
    return [];
  }
  if (lengths.includes(null)) {
    throw new PostgresError("22004", "dimension values cannot be null");
  }
  const length = num(first);
  if (length < 0) {
    throw new NotSimulated("array_fill of a negative length");
  }
  const item = rest.length === 0 ? value : filled(value, rest);
  return Array.from({ length }, () => item);
}

function trimmed(array: Datum, count: Datum): Datum {
  const own = items(array);
  const removed = num(count);
  if (removed < 0 || removed > own.length) {
    const message = `number of elements to trim must be between 0 and ${own.length}`;
    throw new PostgresError("2202E", message);
  }
  return own.slice(0, own.length - removed);
}

/** Operators and functions of arrays. */
export const ARRAY_FUNCTIONS: Implementations = {
  array_append: (array, item) => appended(array, item),
  array_prepend: (item, array) => prepended(item, array),
  array_cat: joined,
  arraycontains: over(
    (element) => (left, right) => contains(element, flatten(items(left)), flatten(items(right))),
  ),
  arraycontained: over(
    (element) => (left, right) => contains(element, flatten(items(right)), flatten(items(left))),
  ),
  arrayoverlap: over(
    (element) => (left, right) => overlaps(element, flatten(items(left)), flatten(items(right))),
  ),
  array_length: dimension,
  array_upper: dimension,
  array_lower: (array, number) => (dimension(array, number) === null ? null : 1),
  array_ndims: (array) => dimensionsOf(items(array)).length || null,
  array_dims: (array) =>
    dimensionsOf(items(array))
      .map((length) => `[1:${length}]`)
      .join("") || null,
  array_cardinality: (array) => flatten(items(array)).length,
  array_position: over((element) => (array, wanted) => placeOf(element, array, wanted, 1)),
  array_position_start: over((element) => (array, wanted, from) => {
    if (from === null) {
      throw new PostgresError("22004", "initial position must not be null");
    }
    return placeOf(element, array, wanted, num(from));
  }),
  array_positions: over((element) => (array, wanted) => {
    if (array === null) {
      return null;
    }
    demandOneDimension(
      items(array),
      "searching for elements in multidimensional arrays is not supported",
    );
    return items(array).flatMap((item, at) => (isSame(element, item, wanted) ? [at + 1] : []));
  }),
  array_remove: over((element) => (array, wanted) => {
    if (array === null) {
      return null;
    }
    demandOneDimension(
      items(array),
      "removing elements from multidimensional arrays is not supported",
    );
    return items(array).filter((item) => !isSame(element, item, wanted));
  }),
  array_replace: over(
    (element) => (array, from, to) =>
      array === null ? null : replacedItems(element, items(array), from, to),
  ),
  array_to_text: over((element) => (array, separator) => shown(element, array, separator, null)),
  array_to_text_null: over(
    (element) => (array, separator, forNull) => shown(element, array, separator, forNull),
  ),
  text_to_array: (text, separator) => splitText(text, separator, null),
  text_to_array_null: (text, separator, asNull) => splitText(text, separator, asNull),
  array_fill: (value, lengths) => {
    if (lengths === null) {
      throw new PostgresError("22004", "dimension array or low bound array cannot be null");
    }
    return filled(value, items(lengths));
  },
  trim_array: trimmed,
};
