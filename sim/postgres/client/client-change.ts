import type { CommittedChange } from "../storage/commit.ts";
import { clientRow, type ClientRow } from "./client-row-codec.ts";

/** One change of one row: `before` is null for an insert, `after` for a delete. */
export interface ClientChange {
  readonly table: string;
  readonly before: ClientRow | null;
  readonly after: ClientRow | null;
}

/** A committed change as the `pg` client would show its rows. */
export function clientChange({ table, columns, before, after }: CommittedChange): ClientChange {
  return {
    table,
    before: before === null ? null : clientRow(columns, before),
    after: after === null ? null : clientRow(columns, after),
  };
}
