import { describe, expect, it } from "vitest";
import { encodeEvent, eventKey, type Event } from "../../system/domain/events.ts";
import type { Row } from "../../system/ports/database.ts";
import type { ServiceName } from "../../system/process/services.ts";
import { createBooks } from "../books/books.ts";
import { enterCommit } from "../books/enter-commit.ts";
import type { ClientOutcome } from "../plans/commands/client-event.ts";
import { sampleTransfer } from "../testing/sample-plan.ts";
import type { TopicRecord, UnreadPartition } from "../world.ts";
import { PROMISES } from "./promises.ts";
import type { Ending } from "./system-promise.ts";

type Entry = readonly [service: ServiceName, table: string, row: Row];

const wallet = (id: string, balance: string, kind = "customer"): Entry => [
  "wallet",
  "wallets",
  { id, kind, currency: "OMR", balance_minor: balance },
];
const funding = (id: string, amount: string): Entry => [
  "wallet",
  "external_transfers",
  { id, wallet_id: id, kind: "opening", currency: "OMR", amount_minor: amount, outcome: "moved" },
];
const posted = (
  cause: { readonly paymentId?: string; readonly externalId?: string },
  id: string,
  direction: string,
  amount: string,
): Entry => [
  "wallet",
  "ledger_entries",
  {
    payment_id: cause.paymentId ?? null,
    external_transfer_id: cause.externalId ?? null,
    wallet_id: id,
    direction,
    amount_minor: amount,
    currency: "OMR",
  },
];
const entry = (paymentId: string, id: string, direction: string, amount: string): Entry =>
  posted({ paymentId }, id, direction, amount);
const decision = (paymentId: string, outcome: string, reason: string | null): Entry => [
  "wallet",
  "transfer_decisions",
  { payment_id: paymentId, outcome, reason },
];
const payment = (id: string, status: string, reason: string | null = null): Entry => [
  "payment",
  "payments",
  {
    id,
    sender_wallet_id: "salim",
    receiver_wallet_id: "fatma",
    amount_minor: "500",
    currency: "OMR",
    status,
    reason,
  },
];
const outbox = (
  service: ServiceName,
  id: string,
  topic: string,
  sentAtMs: string | null,
): Entry => [service, "outbox", { event_id: id, topic, message_key: "p1", sent_at_ms: sentAtMs }];
const recordOf = (event: Event, offset = "0"): TopicRecord => ({
  topic: event.type,
  partition: 0,
  offset,
  key: eventKey(event),
  value: encodeEvent(event),
});
const createdEvent = (paymentId: string): Event => ({
  id: `created-${paymentId}`,
  type: "payment.created",
  payment: {
    id: paymentId,
    senderWalletId: "salim",
    receiverWalletId: "fatma",
    money: { amountMinor: 500n, currency: "OMR" },
  },
});

const answers = (
  expects: "accepted" | "refused",
  ...statuses: readonly (number | null)[]
): readonly ClientOutcome[] => {
  const command = sampleTransfer({ expects });
  return statuses.map((status, index) => ({
    kind: "answer",
    atMs: 0,
    attempt: index + 1,
    command,
    status,
  }));
};

/** One payment of 0.500 OMR that went as it should. */
const fundingEntries: readonly Entry[] = [
  posted({ externalId: "x1" }, "outside/OMR", "debit", "1000"),
  posted({ externalId: "x1" }, "salim", "credit", "1000"),
];
const soundBooks: readonly Entry[] = [
  wallet("salim", "500"),
  wallet("outside/OMR", "-1000", "outside"),
  wallet("fatma", "500"),
  funding("x1", "1000"),
  ...fundingEntries,
  entry("p1", "salim", "debit", "500"),
  entry("p1", "fatma", "credit", "500"),
  decision("p1", "completed", null),
  payment("p1", "COMPLETED"),
  outbox("payment", "created-p1", "payment.created", "1"),
  outbox("wallet", "e1", "payment.completed", "1"),
];
const completedRecord = recordOf({ id: "e1", type: "payment.completed", paymentId: "p1" });
const soundRecords = [recordOf(createdEvent("p1")), completedRecord];

function endingOf(
  entries: readonly Entry[],
  rest: {
    readonly records?: readonly TopicRecord[];
    readonly unread?: readonly UnreadPartition[];
    readonly answers?: readonly ClientOutcome[];
    readonly exits?: Ending["exits"];
    readonly notUp?: readonly string[];
  } = {},
): Ending {
  const books = createBooks();
  for (const [service, table, after] of entries) {
    enterCommit(books, service, [{ table, before: null, after }]);
  }
  return {
    books,
    records: soundRecords,
    unread: [],
    answers: answers("accepted", null, 202),
    processes: ["payment-1", "wallet-1"],
    exits: [],
    notUp: [],
    healBoundMs: 60_000,
    settleBoundMs: 30_000,
    ...rest,
  };
}

/** The books with the entries of one table replaced. */
const withTable = (table: string, ...entries: readonly Entry[]): readonly Entry[] => [
  ...soundBooks.filter((each) => each[1] !== table),
  ...entries,
];

function broken(ending: Ending): readonly string[] {
  return PROMISES.filter((each) => each.atEnd(ending).length > 0).map(({ name }) => name);
}

const UNREAD = {
  group: "wallet-transfer",
  topic: "payment.created",
  partition: 0,
  offset: "0",
  count: 2,
};

describe("the promises", () => {
  it("hold for a payment that went as it should", () => {
    expect(broken(endingOf(soundBooks))).toEqual([]);
  });

  const refused = [payment("p1", "FAILED", "insufficient_balance")];
  it.each<[string, Ending, readonly string[]]>([
    [
      "a balance that grew by one baisa breaks conservation, and the wallet's balance",
      endingOf([...soundBooks, wallet("fatma", "501")]),
      ["conservation", "balanced"],
    ],
    [
      "money that comes in and is written down nowhere breaks conservation on the other side",
      endingOf([...soundBooks, wallet("outside/OMR", "-1001", "outside")]),
      ["conservation", "balanced"],
    ],
    [
      "a funding with half of its entries is unbalanced",
      endingOf([
        ...soundBooks,
        posted({ externalId: "x2" }, "salim", "credit", "1"),
        wallet("salim", "501"),
        wallet("fatma", "499"),
      ]),
      ["balanced"],
    ],
    [
      "a debit without its credit is unbalanced, and no whole effect",
      endingOf([
        ...withTable("ledger_entries", ...fundingEntries, entry("p1", "salim", "debit", "500")),
        wallet("fatma", "0"),
      ]),
      ["conservation", "balanced", "one-effect", "verdicts-agree"],
    ],
    [
      "a payment posted twice moved money twice",
      endingOf([
        ...soundBooks,
        entry("p1", "salim", "debit", "500"),
        entry("p1", "fatma", "credit", "500"),
        wallet("salim", "0"),
        wallet("fatma", "1000"),
      ]),
      ["one-effect", "verdicts-agree"],
    ],
    [
      "a wallet below zero is an overdraft",
      endingOf([...soundBooks, wallet("salim", "-1"), wallet("fatma", "1001")]),
      ["balanced", "no-overdraft"],
    ],
    [
      "COMPLETED without entries is a verdict that nobody gave",
      endingOf([...soundBooks, payment("p2", "COMPLETED")]),
      ["verdicts-agree", "published"],
    ],
    [
      "FAILED with the money moved disagrees",
      endingOf(withTable("payments", ...refused)),
      ["verdicts-agree"],
    ],
    [
      "FAILED that the wallet never refused disagrees",
      endingOf([...soundBooks, payment("p2", "FAILED", "insufficient_balance")]),
      ["verdicts-agree", "published"],
    ],
    [
      "a payment that stays PENDING never ends",
      endingOf(
        [
          ...soundBooks,
          payment("p2", "PENDING"),
          outbox("payment", "created-p2", "payment.created", "1"),
        ],
        { records: [...soundRecords, recordOf(createdEvent("p2"))] },
      ),
      ["ends"],
    ],
    [
      "a payment whose event nobody wrote down is not published, and never ends",
      endingOf([...soundBooks, payment("p2", "PENDING")]),
      ["ends", "published"],
    ],
    [
      "a request that was to be refused and is accepted is answered wrongly",
      endingOf(soundBooks, { answers: answers("refused", null, 202) }),
      ["answered"],
    ],
    [
      "a request that was to be accepted and is refused is answered wrongly",
      endingOf(soundBooks, { answers: answers("accepted", 503, 422) }),
      ["answered"],
    ],
    [
      "a client that asks and asks is never answered",
      endingOf(soundBooks, { answers: answers("accepted", 503, null) }),
      ["answered"],
    ],
    [
      "a process that ends by itself does not stay up",
      endingOf(soundBooks, {
        exits: [{ kind: "exit", atMs: 5, process: "wallet-1", reason: "out of memory" }],
      }),
      ["stays-up"],
    ],
    [
      "a process that is never up again does not stay up",
      endingOf(soundBooks, { notUp: ["wallet-1"] }),
      ["stays-up"],
    ],
    [
      "records that nobody read are left over",
      endingOf(soundBooks, { unread: [UNREAD] }),
      ["ends"],
    ],
    [
      "an event left unsent is left over, and not published",
      endingOf([...soundBooks, outbox("payment", "e9", "payment.created", null)]),
      ["ends", "published"],
    ],
    [
      "an event marked sent that never reached its topic is lost",
      endingOf(soundBooks, { records: [] }),
      ["published"],
    ],
    [
      "a record without an outbox row was never committed",
      endingOf(withTable("outbox")),
      ["published"],
    ],
  ])("%s", (_claim, ending, promises) => {
    expect(broken(ending)).toEqual(promises);
  });

  it("name topic, partition and payment of what was not read, and of what was not sent", () => {
    const unsent = outbox("payment", "created-p1", "payment.created", null);
    const key: Entry = ["payment", "idempotency_keys", { idempotency_key: "k7", payment_id: "p1" }];
    const ending = endingOf([...soundBooks, unsent, key], {
      records: soundRecords,
      unread: [UNREAD],
    });
    const found = PROMISES.flatMap((each) => each.atEnd(ending));
    expect(found.map((breach) => `${breach.subject} ${breach.found}`)).toEqual([
      "payment.created of payment k7 is still unsent in the outbox",
      "partition 0 of payment.created holds 2 records that wallet-transfer has not committed, from payment.created of payment k7 on",
    ]);
  });

  it("are judged at each commit by what it touched", () => {
    const books = createBooks();
    for (const [service, table, after] of soundBooks) {
      enterCommit(books, service, [{ table, before: null, after }]);
    }
    const [, table, after] = entry("p1", "salim", "debit", "500");
    const touched = enterCommit(books, "wallet", [{ table, before: null, after }]);
    const names = PROMISES.filter((each) => (each.atCommit?.(books, touched) ?? []).length > 0).map(
      ({ name }) => name,
    );
    expect(names).toEqual(["balanced", "one-effect", "verdicts-agree"]);
  });
});
