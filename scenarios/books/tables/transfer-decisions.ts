import { nullableTextColumn, textColumn } from "../../../system/database/row.ts";
import type { BookTable } from "../book-table.ts";
import { movementOf, paymentName } from "../books.ts";

export const transferDecisions: BookTable = {
  name: "transfer_decisions",
  services: ["wallet"],
  sql: `SELECT payment_id, outcome, reason, decided_at_ms FROM transfer_decisions ORDER BY payment_id`,
  enter({ books, row, touched }) {
    const paymentId = textColumn(row, "payment_id");
    const movement = movementOf(books, paymentId);
    const decision = {
      outcome: textColumn(row, "outcome"),
      reason: nullableTextColumn(row, "reason"),
    };
    movement.decision = decision;
    movement.decidedAtMs = textColumn(row, "decided_at_ms");
    const payment = books.payments.get(paymentId);
    if (books.isWatched && payment !== undefined && movement.due === undefined) {
      // As those before it leave it, which may be of the same commit.
      const holds = books.model.balanceOf(payment.senderWalletId) ?? 0n;
      if (decision.reason === "insufficient_balance") {
        books.short.set(paymentId, payment.amountMinor - holds);
      }
      movement.due = books.model.decide(payment, decision);
    }
    touched.payments.add(paymentId);
  },
  tell: ({ books, after }) =>
    textColumn(after, "outcome") === "refused"
      ? `${paymentName(books, textColumn(after, "payment_id"))} is refused, ${nullableTextColumn(after, "reason") ?? "without a reason"}`
      : undefined,
};
