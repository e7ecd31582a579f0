import type { Datum } from "../types/datum.ts";

/** The values of one version of a row, in the order of the table's columns. */
export type RowValues = readonly Datum[];

/**
 * How strongly a row is locked, weakest first, as in heapam: FOR KEY SHARE, FOR SHARE, FOR NO KEY
 * UPDATE, FOR UPDATE. An UPDATE that leaves the key columns alone counts as FOR NO KEY UPDATE.
 */
export type RowLockMode = 0 | 1 | 2 | 3;
export const KEY_SHARE = 0;
export const SHARE = 1;
export const NO_KEY_UPDATE = 2;
export const FOR_UPDATE = 3;
