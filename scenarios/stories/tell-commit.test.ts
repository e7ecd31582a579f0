import { expect, it } from "vitest";
import type { Row } from "../../system/ports/database.ts";
import { createBooks } from "../books/books.ts";
import type { RowChange } from "../world.ts";
import { tellCommit } from "./tell-commit.ts";

const wallet = (id: string, before: string, after: string): RowChange => {
  const row = (balance: string): Row => ({
    id,
    currency: "OMR",
    kind: "customer",
    balance_minor: balance,
  });
  return { table: "wallets", before: row(before), after: row(after) };
};
const entry = (walletId: string, direction: string, amount: string): RowChange => ({
  table: "ledger_entries",
  before: null,
  after: {
    payment_id: "p1",
    external_transfer_id: null,
    wallet_id: walletId,
    direction,
    amount_minor: amount,
    currency: "OMR",
  },
});

it("tells what a balance got where its entry says the same", () => {
  const changes = [
    wallet("salim", "1000", "500"),
    wallet("fatma", "0", "500"),
    entry("salim", "debit", "500"),
    entry("fatma", "credit", "500"),
  ];
  expect(tellCommit("wallet", changes, createBooks())).toBe(
    "Commits: 0.500 OMR is taken from salim; 0.500 OMR is given to fatma.",
  );
});

it("tells a balance that got another amount than its entry beside the entry", () => {
  const changes = [
    wallet("salim", "1000", "500"),
    wallet("fatma", "0", "499"),
    entry("salim", "debit", "500"),
    entry("fatma", "credit", "500"),
  ];
  expect(tellCommit("wallet", changes, createBooks())).toBe(
    "Commits: the balance of fatma goes from 0.000 OMR to 0.499 OMR; 0.500 OMR is taken from salim; an entry says that 0.500 OMR is the credit of fatma.",
  );
});

it("tells a balance that changes without an entry", () => {
  expect(tellCommit("wallet", [wallet("fatma", "0", "499")], createBooks())).toBe(
    "Commits: the balance of fatma goes from 0.000 OMR to 0.499 OMR.",
  );
});

it("tells nothing of an opening, and of a deposit what it gave", () => {
  const posted = (causeId: string): readonly RowChange[] =>
    (["debit", "credit"] as const).map((direction) => ({
      table: "ledger_entries",
      before: null,
      after: {
        payment_id: null,
        external_transfer_id: causeId,
        wallet_id: direction === "debit" ? "outside/OMR" : "salim",
        direction,
        amount_minor: "500",
        currency: "OMR",
      },
    }));
  const balances = [wallet("outside/OMR", "0", "-500"), wallet("salim", "0", "500")];
  const opening = [...balances, ...posted("opening/salim")];
  expect(tellCommit("wallet", opening, createBooks())).toBeUndefined();
  expect(tellCommit("wallet", [...balances, ...posted("d1")], createBooks())).toBe(
    "Commits: 0.500 OMR is taken from outside/OMR; 0.500 OMR is given to salim.",
  );
});
