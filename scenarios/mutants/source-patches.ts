import type { Mutant, SourcePatch } from "./mutant.ts";

/** Defects of a line or two, each put into the source of the services when they are loaded. */
export const PATCHED_MUTANTS: readonly Mutant[] = [
  {
    id: "A1",
    defect:
      "The payment service answers a request that comes again with its key, where the id of its payment belongs.",
    breaks: "answers-hold",
    patches: [
      patch(
        "system/payment/idempotency.ts",
        'paymentId: textColumn(row, "payment_id")',
        "paymentId: request.idempotencyKey",
      ),
    ],
  },
  {
    id: "B1",
    defect: "Both ledger entries of a payment name the balance that the sender is left with.",
    breaks: "balanced",
    patches: [
      patch(
        "system/wallet/post.ts",
        "credit.position, credit.balanceAfterMinor,",
        "credit.position, debit.balanceAfterMinor,",
      ),
    ],
  },
  {
    id: "D1",
    defect: "The wallet refuses a transfer of more than half of what the sender has.",
    breaks: "decided-right",
    patches: [
      patch(
        "system/domain/wallet.ts",
        "wallet.balance.amountMinor < money.amountMinor",
        "wallet.balance.amountMinor < money.amountMinor * 2n",
      ),
    ],
  },
  {
    id: "H1",
    defect:
      "The payment service applies a verdict without claiming its event: a payment that is not PENDING hides that.",
    breaks: "handled",
    patches: [
      patch(
        "system/payment/settle.ts",
        "!(await claimEvent(connection, { id: verdict.id, topic: verdict.type }, nowMs))",
        "verdict.id === claimEvent.name",
      ),
    ],
  },
  {
    id: "O1",
    defect:
      "The outbox keys an event by its own id, not by its payment's: what belongs to one payment has no order.",
    breaks: "in-order",
    patches: [patch("system/outbox/append.ts", "eventKey(event), encode", "event.id, encode")],
  },
  {
    id: "S1",
    defect: "Every payment that fails is told to have failed for want of balance.",
    breaks: "sides-agree",
    patches: [
      patch("system/payment/settle.ts", "reason: verdict.reason", 'reason: "insufficient_balance"'),
    ],
  },
  {
    id: "T1",
    defect:
      "A verdict that comes again opens its payment once more, and settles it in a second transaction.",
    breaks: "terminal-absorbs",
    patches: [
      patch(
        "system/payment/settle.ts",
        "      await demandVerdict(connection, verdict);\n",
        `      const again = async (status: string, reason: string | null) =>
        connection.query({
          label: "update-status",
          sql: \`UPDATE payments SET status = $2, reason = $3 WHERE id = $1\`,
          parameters: [verdict.paymentId, status, reason],
        });
      await again("PENDING", null);
      await connection.query({ label: "commit", sql: "COMMIT" });
      await connection.query({ label: "begin", sql: "BEGIN" });
      await again(outcome.status, outcome.reason);
`,
      ),
    ],
  },
  {
    id: "V1",
    defect: "The payment service takes a verdict for its opposite.",
    breaks: "verdicts-agree",
    patches: [
      patch(
        "system/payment/settle.ts",
        'return verdict.type === "payment.completed"',
        'return verdict.type !== "payment.failed" && verdict.id === ""',
      ),
      patch(
        "system/payment/settle.ts",
        '{ status: "FAILED", reason: verdict.reason }',
        '{ status: "FAILED", reason: "reason" in verdict ? verdict.reason : null }',
      ),
    ],
  },
];

function patch(file: string, find: string, replace: string): SourcePatch {
  return { file, find, replace };
}
