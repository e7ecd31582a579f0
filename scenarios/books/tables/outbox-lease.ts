import { textColumn } from "../../../system/database/row.ts";
import type { BookTable } from "../book-table.ts";

export const outboxLease: BookTable = {
  name: "outbox_lease",
  services: ["payment", "wallet"],
  // Who holds an outbox is of no account when all is over.
  sql: null,
  enter({ books, service, process, row, touched }) {
    const known = books.leases.get(service);
    const holder = textColumn(row, "holder");
    books.leases.set(service, {
      holder,
      process: known?.holder === holder ? known.process : process,
      takenAtMs: known?.holder === holder ? known.takenAtMs : books.nowMs,
      // A date, as the client library reads it.
      endsAtMs: Number(row["ends_at"]),
      before: known === undefined ? undefined : { holder: known.holder, endsAtMs: known.endsAtMs },
    });
    touched.isLease = true;
  },
  tell: () => undefined,
};
