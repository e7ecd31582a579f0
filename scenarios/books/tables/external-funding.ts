import { bigintColumn, textColumn } from "../../../system/database/row.ts";
import type { BookTable } from "../book-table.ts";
import { addTo } from "../books.ts";

export const externalFunding: BookTable = {
  name: "external_funding",
  services: ["wallet"],
  sql: `SELECT wallet_id, currency, amount_minor FROM external_funding ORDER BY wallet_id`,
  enter({ books, row }) {
    addTo(books.fundingMinor, textColumn(row, "currency"), bigintColumn(row, "amount_minor"));
  },
  tell: () => undefined,
};
