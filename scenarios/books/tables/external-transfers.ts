import { bigintColumn, nullableTextColumn, textColumn } from "../../../system/database/row.ts";
import type { BookTable } from "../book-table.ts";
import { addTo } from "../books.ts";
import { moneyWords } from "../money-words.ts";

export const externalTransfers: BookTable = {
  name: "external_transfers",
  services: ["wallet"],
  sql: `SELECT id, wallet_id, kind, amount_minor, currency, outcome, reason, made_at_ms
        FROM external_transfers ORDER BY id`,
  enter({ books, row, touched }) {
    const id = textColumn(row, "id");
    const said = {
      id,
      walletId: textColumn(row, "wallet_id"),
      kind: textColumn(row, "kind"),
      amountMinor: bigintColumn(row, "amount_minor"),
      currency: textColumn(row, "currency"),
      decision: {
        outcome: textColumn(row, "outcome"),
        reason: nullableTextColumn(row, "reason"),
      },
      decidedAtMs: textColumn(row, "made_at_ms"),
    };
    if (said.decision.outcome === "moved") {
      const broughtIn = said.kind === "withdrawal" ? -said.amountMinor : said.amountMinor;
      addTo(books.fundingMinor, said.currency, broughtIn);
    }
    const due = books.isWatched ? books.model.moveExternal(said) : undefined;
    books.externals.set(id, { ...said, due });
    touched.externals.add(id);
    touched.wallets.add(said.walletId);
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
