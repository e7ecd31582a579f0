import { bigintColumn, textColumn } from "../../../system/database/row.ts";
import type { BookTable } from "../book-table.ts";
import { addTo } from "../books.ts";
import { moneyWords } from "../money-words.ts";

export const externalTransfers: BookTable = {
  name: "external_transfers",
  services: ["wallet"],
  sql: `SELECT id, wallet_id, kind, amount_minor, currency, outcome
        FROM external_transfers ORDER BY id`,
  enter({ books, row }) {
    if (textColumn(row, "outcome") === "moved") {
      const amountMinor = bigintColumn(row, "amount_minor");
      const broughtIn = textColumn(row, "kind") === "withdrawal" ? -amountMinor : amountMinor;
      addTo(books.fundingMinor, textColumn(row, "currency"), broughtIn);
    }
  },
  tell({ after }) {
    const kind = textColumn(after, "kind");
    // An opening is no part of a story.
    if (kind === "opening") {
      return undefined;
    }
    const amount = moneyWords(bigintColumn(after, "amount_minor"), textColumn(after, "currency"));
    return `a ${kind} of ${amount}, wallet ${textColumn(after, "wallet_id")}, is ${textColumn(after, "outcome")}`;
  },
};
