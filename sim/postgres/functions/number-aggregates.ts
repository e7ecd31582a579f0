import { interval, numeric } from "../types/behaviour.ts";
import type { Datum } from "../types/datum.ts";
import { floatOverflow } from "../types/float.ts";
import type { Interval } from "../types/interval.ts";
import {
  addNumeric,
  compareNumeric,
  divideNumeric,
  divisionScale,
  isNaNumeric,
  multiplyNumeric,
  NAN,
  type Numeric,
  numericOf,
  quotient,
  rootAtScale,
  subtractNumeric,
} from "../types/numeric.ts";
import { canonical, int8, num, whole, type Whole } from "../types/whole.ts";
import {
  type AggregateDefinition,
  type AggregateDefinitions,
  AggregateState,
  overRows,
  overValues,
} from "./aggregate-state.ts";
import { addInterval, divideInterval } from "./interval.ts";

/** count(*), and count(x) where null is passed over. */
class Count extends AggregateState {
  #count = 0;

  step(): void {
    this.#count += 1;
  }

  result(): Datum {
    return this.#count;
  }
}

/** The sum of whole numbers, exact beyond a bigint's range. */
class WholeSum extends AggregateState {
  readonly #isNumeric: boolean;
  #sum: number | bigint | null = null;

  constructor(isNumeric: boolean) {
    super();
    this.#isNumeric = isNumeric;
  }

  step(value: Datum): void {
    this.#sum = this.#sum === null ? whole(value) : addExactly(this.#sum, whole(value));
  }

  result(): Datum {
    const sum = this.#sum;
    if (sum === null) {
      return null;
    }
    return this.#isNumeric ? numericOf(sum) : int8(BigInt(sum));
  }
}

function addExactly(left: Whole, right: Whole): Whole {
  if (typeof left === "number" && typeof right === "number") {
    const sum = left + right;
    if (Number.isSafeInteger(sum)) {
      return sum;
    }
  }
  return canonical(BigInt(left) + BigInt(right));
}

class WholeAverage extends AggregateState {
  #sum: Whole = 0;
  #count = 0;

  step(value: Datum): void {
    this.#sum = addExactly(this.#sum, whole(value));
    this.#count += 1;
  }

  result(): Datum {
    return this.#count === 0 ? null : divideNumeric(numericOf(this.#sum), numericOf(this.#count));
  }
}

class NumericSum extends AggregateState {
  #sum: Numeric | null = null;
  #count = 0;
  readonly #isAverage: boolean;

  constructor(isAverage: boolean) {
    super();
    this.#isAverage = isAverage;
  }

  step(value: Datum): void {
    this.#sum = this.#sum === null ? numeric(value) : addNumeric(this.#sum, numeric(value));
    this.#count += 1;
  }

  result(): Datum {
    if (this.#sum === null) {
      return null;
    }
    return this.#isAverage ? divideNumeric(this.#sum, numericOf(this.#count)) : this.#sum;
  }
}

class FloatSum extends AggregateState {
  #sum: number | null = null;
  readonly #round: (value: number) => number;

  constructor(round: (value: number) => number) {
    super();
    this.#round = round;
  }

  step(value: Datum): void {
    const added = num(value);
    if (this.#sum === null) {
      this.#sum = added;
      return;
    }
    const sum = this.#round(this.#sum + added);
    if (!Number.isFinite(sum) && Number.isFinite(this.#sum) && Number.isFinite(added)) {
      throw floatOverflow();
    }
    this.#sum = sum;
  }

  result(): Datum {
    return this.#sum;
  }
}

/** What a spread of values is told as. */
interface Spread {
  readonly isSample: boolean;
  readonly isVariance: boolean;
}

/** float8_accum and its finals: the method of Youngs and Cramer. */
class FloatSpread extends AggregateState {
  readonly #spread: Spread | null;
  #count = 0;
  #sum = 0;
  #squares = 0;

  /** Null for the average. */
  constructor(spread: Spread | null) {
    super();
    this.#spread = spread;
  }

  step(given: Datum): void {
    const value = num(given);
    const before = this.#count;
    const sumBefore = this.#sum;
    this.#count += 1;
    this.#sum += value;
    if (before === 0) {
      this.#squares = Number.isFinite(value) ? 0 : NaN;
      return;
    }
    const difference = value * this.#count - this.#sum;
    this.#squares += (difference * difference) / (this.#count * before);
    if (!isInfinite(this.#sum) && !isInfinite(this.#squares)) {
      return;
    }
    if (!isInfinite(sumBefore) && !isInfinite(value)) {
      throw floatOverflow();
    }
    this.#squares = NaN;
  }

  result(): Datum {
    if (this.#spread === null) {
      return this.#count === 0 ? null : this.#sum / this.#count;
    }
    const { isSample, isVariance } = this.#spread;
    const divisor = isSample ? this.#count - 1 : this.#count;
    if (divisor <= 0) {
      return null;
    }
    const variance = this.#squares / divisor;
    return isVariance ? variance : Math.sqrt(variance);
  }
}

function isInfinite(value: number): boolean {
  return value === Infinity || value === -Infinity;
}

/** numeric_stddev_internal, over exact sums. */
class NumericSpread extends AggregateState {
  readonly #spread: Spread;
  readonly #read: (value: Datum) => Numeric;
  #count = 0;
  #sum = numericOf(0);
  #squares = numericOf(0);

  constructor(spread: Spread, read: (value: Datum) => Numeric) {
    super();
    this.#spread = spread;
    this.#read = read;
  }

  step(given: Datum): void {
    const value = this.#read(given);
    this.#count += 1;
    this.#sum = addNumeric(this.#sum, value);
    this.#squares = addNumeric(this.#squares, multiplyNumeric(value, value));
  }

  result(): Datum {
    const { isSample, isVariance } = this.#spread;
    if (this.#count === 0 || (isSample && this.#count === 1)) {
      return null;
    }
    if (this.#sum.special !== null || isNaNumeric(this.#squares)) {
      return NAN;
    }
    const scaled = multiplyNumeric(numericOf(this.#count), this.#squares);
    const numerator = subtractNumeric(scaled, multiplyNumeric(this.#sum, this.#sum));
    if (compareNumeric(numerator, numericOf(0)) <= 0) {
      return numericOf(0);
    }
    const divisor = numericOf(
      BigInt(this.#count) * BigInt(isSample ? this.#count - 1 : this.#count),
    );
    const scale = divisionScale(numerator, divisor);
    const variance = quotient(numerator, divisor, scale);
    return isVariance ? variance : rootAtScale(variance, scale);
  }
}

class IntervalSum extends AggregateState {
  readonly #isAverage: boolean;
  #sum: Interval | null = null;
  #count = 0;

  constructor(isAverage: boolean) {
    super();
    this.#isAverage = isAverage;
  }

  step(value: Datum): void {
    this.#sum = this.#sum === null ? interval(value) : addInterval(this.#sum, interval(value));
    this.#count += 1;
  }

  result(): Datum {
    return this.#sum !== null && this.#isAverage
      ? divideInterval(this.#sum, this.#count)
      : this.#sum;
  }
}

class BitFold extends AggregateState {
  readonly #fold: (left: bigint, right: bigint) => bigint;
  #value: bigint | null = null;

  constructor(fold: (left: bigint, right: bigint) => bigint) {
    super();
    this.#fold = fold;
  }

  step(value: Datum): void {
    const bits = BigInt(whole(value));
    this.#value = this.#value === null ? bits : this.#fold(this.#value, bits);
  }

  result(): Datum {
    return this.#value === null ? null : canonical(this.#value);
  }
}

const SPREADS: readonly (readonly [string, Spread])[] = [
  ["stddev", { isSample: true, isVariance: false }],
  ["stddev_samp", { isSample: true, isVariance: false }],
  ["stddev_pop", { isSample: false, isVariance: false }],
  ["variance", { isSample: true, isVariance: true }],
  ["var_samp", { isSample: true, isVariance: true }],
  ["var_pop", { isSample: false, isVariance: true }],
];

const FOLDS: readonly (readonly [string, (left: bigint, right: bigint) => bigint])[] = [
  ["bit_and", (left, right) => left & right],
  ["bit_or", (left, right) => left | right],
  ["bit_xor", (left, right) => left ^ right],
];

const SPREAD_AGGREGATES = SPREADS.flatMap(([name, spread]): [string, AggregateDefinition][] => [
  ...["int2", "int4", "int8"].map((type): [string, AggregateDefinition] => [
    `${name}(${type})`,
    overValues(() => new NumericSpread(spread, (value) => numericOf(whole(value)))),
  ]),
  [`${name}(numeric)`, overValues(() => new NumericSpread(spread, numeric))],
  [`${name}(float4)`, overValues(() => new FloatSpread(spread))],
  [`${name}(float8)`, overValues(() => new FloatSpread(spread))],
]);

const FOLD_AGGREGATES = FOLDS.flatMap(([name, fold]) =>
  ["int2", "int4", "int8"].map((type): [string, AggregateDefinition] => [
    `${name}(${type})`,
    overValues(() => new BitFold(fold)),
  ]),
);

/** Counts, sums, averages and spreads. */
export const NUMBER_AGGREGATES: AggregateDefinitions = {
  "count()": overRows(() => new Count()),
  "count(any)": overValues(() => new Count()),
  "sum(int2)": overValues(() => new WholeSum(false)),
  "sum(int4)": overValues(() => new WholeSum(false)),
  "sum(int8)": overValues(() => new WholeSum(true)),
  "sum(numeric)": overValues(() => new NumericSum(false)),
  "sum(float4)": overValues(() => new FloatSum(Math.fround)),
  "sum(float8)": overValues(() => new FloatSum((value) => value)),
  "sum(interval)": overValues(() => new IntervalSum(false)),
  "avg(int2)": overValues(() => new WholeAverage()),
  "avg(int4)": overValues(() => new WholeAverage()),
  "avg(int8)": overValues(() => new WholeAverage()),
  "avg(numeric)": overValues(() => new NumericSum(true)),
  "avg(float4)": overValues(() => new FloatSpread(null)),
  "avg(float8)": overValues(() => new FloatSpread(null)),
  "avg(interval)": overValues(() => new IntervalSum(true)),
  ...Object.fromEntries(SPREAD_AGGREGATES),
  ...Object.fromEntries(FOLD_AGGREGATES),
};
