import { nullableTextColumn, textColumn } from "../../../system/database/row.ts";
import type { BookTable } from "../book-table.ts";

export const reconciliationRuns: BookTable = {
  name: "reconciliation_runs",
  services: ["reconciliation"],
  sql: `SELECT id, outcome, failure FROM reconciliation_runs ORDER BY started_at_ms, id`,
  enter({ books, row, touched }) {
    const id = textColumn(row, "id");
    const outcome = textColumn(row, "outcome");
    books.reconciliations.set(id, { id, outcome, failure: nullableTextColumn(row, "failure") });
    touched.reconciliations.add(id);
  },
  tell({ after }) {
    const failure = nullableTextColumn(after, "failure");
    const because = failure === null ? "" : `, ${failure}`;
    return `a reconciliation is ${textColumn(after, "outcome")}${because}`;
  },
};
