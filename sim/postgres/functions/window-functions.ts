import { PostgresError } from "../ground/postgres-error.ts";
import type { Datum } from "../types/datum.ts";
import { num } from "../types/whole.ts";

/** What a window function may ask of the partition that its row stands in. */
export interface WindowRow {
  /** The row's number in its partition, from 0, and how many there are. */
  readonly at: number;
  readonly rows: number;
  /** The first of the rows that are equal in order, and the first after them. */
  readonly peersFrom: number;
  readonly peersTo: number;
  /** How many groups of such rows stand before it. */
  readonly groupsBefore: number;
  /** The frame: its first row, and the first after it. */
  readonly frameFrom: number;
  readonly frameTo: number;
  /** An argument for this row. */
  argument(which: number): Datum;
  /** The first argument for another row of the partition. */
  valueAt(row: number): Datum;
}

/** Computes a window function for one row. */
export type WindowFunction = (row: WindowRow) => Datum;

/** Window functions by the name of PostgreSQL's C function. */
export const WINDOW_FUNCTIONS: ReadonlyMap<string, WindowFunction> = new Map<
  string,
  WindowFunction
>([
  ["window_row_number", ({ at }) => at + 1],
  ["window_rank", ({ peersFrom }) => peersFrom + 1],
  ["window_dense_rank", ({ groupsBefore }) => groupsBefore + 1],
  ["window_percent_rank", ({ rows, peersFrom }) => (rows > 1 ? peersFrom / (rows - 1) : 0)],
  ["window_cume_dist", ({ rows, peersTo }) => peersTo / rows],
  ["window_ntile", ntile],
  ["window_lag", (row) => neighbour(row, -1, null)],
  ["window_lag_with_offset", (row) => neighbourBy(row, -1, null)],
  ["window_lag_with_offset_and_default", (row) => neighbourBy(row, -1, row.argument(2))],
  ["window_lead", (row) => neighbour(row, 1, null)],
  ["window_lead_with_offset", (row) => neighbourBy(row, 1, null)],
  ["window_lead_with_offset_and_default", (row) => neighbourBy(row, 1, row.argument(2))],
  ["window_first_value", (row) => inFrame(row, 0)],
  ["window_last_value", (row) => inFrame(row, row.frameTo - row.frameFrom - 1)],
  ["window_nth_value", nthValue],
]);

function ntile(row: WindowRow): Datum {
  const wanted = row.argument(0);
  if (wanted === null) {
    return null;
  }
  const buckets = num(wanted);
  if (buckets <= 0) {
    throw new PostgresError("22014", "argument of ntile must be greater than zero");
  }
  // The first `remainder` buckets have one row more than the others.
  const size = Math.floor(row.rows / buckets);
  const remainder = row.rows % buckets;
  const inLarger = remainder * (size + 1);
  return row.at < inLarger
    ? Math.floor(row.at / (size + 1)) + 1
    : remainder + Math.floor((row.at - inLarger) / size) + 1;
}

function neighbour(row: WindowRow, distance: number, otherwise: Datum): Datum {
  const at = row.at + distance;
  return at >= 0 && at < row.rows ? row.valueAt(at) : otherwise;
}

function neighbourBy(row: WindowRow, sign: number, otherwise: Datum): Datum {
  const offset = row.argument(1);
  return offset === null ? null : neighbour(row, sign * num(offset), otherwise);
}

function inFrame(row: WindowRow, offset: number): Datum {
  const at = row.frameFrom + offset;
  return offset >= 0 && at < row.frameTo ? row.valueAt(at) : null;
}

function nthValue(row: WindowRow): Datum {
  const wanted = row.argument(1);
  if (wanted === null) {
    return null;
  }
  const nth = num(wanted);
  if (nth <= 0) {
    throw new PostgresError("22016", "argument of nth_value must be greater than zero");
  }
  return inFrame(row, nth - 1);
}
