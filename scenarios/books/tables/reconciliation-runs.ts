import { bigintColumn, nullableTextColumn, textColumn } from "../../../system/database/row.ts";
import type { BookTable } from "../book-table.ts";

export const reconciliationRuns: BookTable = {
  name: "reconciliation_runs",
  services: ["reconciliation"],
  sql: `SELECT id, outcome, failure, payments_examined, entries_examined, accounts_examined,
          breaks_found, in_flight
        FROM reconciliation_runs ORDER BY started_at_ms, id`,
  enter({ books, row, touched }) {
    const id = textColumn(row, "id");
    const count = (column: string): number => Number(bigintColumn(row, column));
    books.reconciliations.set(id, {
      id,
      outcome: textColumn(row, "outcome"),
      failure: nullableTextColumn(row, "failure"),
      examined: {
        payments: count("payments_examined"),
        entries: count("entries_examined"),
        accounts: count("accounts_examined"),
      },
      breaksFound: count("breaks_found"),
      inFlight: nullableTextColumn(row, "in_flight"),
    });
    touched.reconciliations.add(id);
  },
  tell({ after }) {
    const failure = nullableTextColumn(after, "failure");
    const because = failure === null ? "" : `, ${failure}`;
    return `a reconciliation is ${textColumn(after, "outcome")}${because}`;
  },
};
