import { bigintColumn, nullableTextColumn, textColumn } from "../../../system/database/row.ts";
import type { Row } from "../../../system/ports/database.ts";
import { isBooked } from "../balance-change.ts";
import type { BookTable } from "../book-table.ts";
import { addTo } from "../books.ts";
import { moneyWords } from "../money-words.ts";

export const wallets: BookTable = {
  name: "wallets",
  services: ["wallet"],
  sql: `SELECT id, kind, currency, owner_id, balance_minor, frozen FROM wallets ORDER BY id`,
  enter({ books, row, touched }) {
    const id = textColumn(row, "id");
    const currency = textColumn(row, "currency");
    const balanceMinor = bigintColumn(row, "balance_minor");
    const known = books.wallets.get(id);
    touched.wallets.add(id);
    const kind = textColumn(row, "kind");
    const frozen = row["frozen"] === true;
    const sums = kind === "outside" ? books.outsideMinor : books.balanceMinor;
    addTo(sums, currency, balanceMinor - (known?.balanceMinor ?? 0n));
    if (known === undefined) {
      const openedAt = books.commits;
      const ownerId = nullableTextColumn(row, "owner_id");
      books.wallets.set(id, {
        id,
        kind,
        currency,
        ownerId,
        openedAt,
        balanceMinor,
        frozen,
        entriesMinor: 0n,
        lastAfterMinor: null,
        entries: [],
        history: [{ sinceMs: books.nowMs, balanceMinor, frozen }],
      });
      if (kind === "customer") {
        books.model.open(id, { currency, openedAt, ownerId });
      }
    } else {
      known.balanceMinor = balanceMinor;
      if (known.frozen !== frozen) {
        books.model.freeze(id, frozen);
      }
      known.frozen = frozen;
      known.history.push({ sinceMs: books.nowMs, balanceMinor, frozen });
    }
  },
  tell({ changes, before, after }) {
    const id = textColumn(after, "id");
    // An opening is no part of a story, and what its entries say is told by them.
    return before === null || isBooked(changes, id)
      ? undefined
      : `the balance of ${id} goes from ${balanceOf(before)} to ${balanceOf(after)}`;
  },
};

function balanceOf(row: Row): string {
  return moneyWords(bigintColumn(row, "balance_minor"), textColumn(row, "currency"));
}
