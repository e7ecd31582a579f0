import { bigintColumn, textColumn } from "../../../system/database/row.ts";
import type { BookTable } from "../book-table.ts";
import { addTo } from "../books.ts";

export const wallets: BookTable = {
  name: "wallets",
  services: ["wallet"],
  sql: `SELECT id, currency, opening_minor, balance_minor FROM wallets ORDER BY id`,
  enter({ books, row, touched }) {
    const id = textColumn(row, "id");
    const currency = textColumn(row, "currency");
    const balanceMinor = bigintColumn(row, "balance_minor");
    const known = books.wallets.get(id);
    touched.wallets.add(id);
    addTo(books.balanceMinor, currency, balanceMinor - (known?.balanceMinor ?? 0n));
    if (known === undefined) {
      const openingMinor = bigintColumn(row, "opening_minor");
      books.wallets.set(id, { id, currency, openingMinor, balanceMinor, entriesMinor: 0n });
    } else {
      known.balanceMinor = balanceMinor;
    }
  },
  tell: () => undefined,
};
