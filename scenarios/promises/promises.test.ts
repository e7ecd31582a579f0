import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { describe, expect, it } from "vitest";
import { bigintColumn, nullableTextColumn, textColumn } from "../../system/database/row.ts";
import { encodeEvent, eventKey, type Event } from "../../system/domain/events.ts";
import type { Row } from "../../system/ports/database.ts";
import { DEFAULT_KNOBS } from "../../system/process/knobs.ts";
import type { ServiceName } from "../../system/process/services.ts";
import { SAMPLE_TRACE, sampleHead } from "../../system/testing/samples.ts";
import { createBooks, deliver, placeName, placeRecord, type OpenBooks } from "../books/books.ts";
import { createClientBook } from "../books/client-book.ts";
import { enterCommit } from "../books/enter-commit.ts";
import { followProcess } from "../books/follow-process.ts";
import type { ProcessNote } from "../faults/process-note.ts";
import { entryHash } from "../model/entry-hash.ts";
import { ownerOf, principalOf } from "../plans/callers.ts";
import type { ClientOutcome } from "../plans/commands/client-event.ts";
import type { Command } from "../plans/commands/command.ts";
import { ONE_PROCESS_EACH } from "../plans/topology.ts";
import { traceIdOfKey, tracestateOfKey } from "../plans/trace-of-key.ts";
import { sampleTransfer } from "../testing/sample-plan.ts";
import type { TopicRecord, UniverseEvent, UnreadPartition } from "../world.ts";
import { PROMISES } from "./promises.ts";
import type { Ending, SelfReport } from "./system-promise.ts";

/** When all of it happens, by the services' clocks. */
const AT = String(sampleHead("").atMs);

/** What the events of a payment have besides what they say. */
const headOf = (id: string, paymentId: string) => ({
  ...sampleHead(id),
  trace: stepOf(
    paymentId.replace("p", "k"),
    bytesToHex(utf8ToBytes(id)).slice(0, 16).padEnd(16, "0"),
  ),
});
const stepOf = (key: string, spanId: string) => {
  return { ...SAMPLE_TRACE, traceId: traceIdOfKey(key), state: tracestateOfKey(key), spanId };
};

type Entry = readonly [service: ServiceName, table: string, row: Row];

const wallet = (id: string, balance: string, kind = "customer"): Entry => [
  "wallet",
  "wallets",
  {
    id,
    kind,
    owner_id: kind === "customer" ? ownerOf(id) : null,
    currency: "OMR",
    balance_minor: balance,
    frozen: false,
  },
];
const funding = (amount: string): Entry => [
  "wallet",
  "external_transfers",
  {
    id: "opening/salim",
    wallet_id: "salim",
    kind: "opening",
    currency: "OMR",
    amount_minor: amount,
    outcome: "moved",
    reason: null,
    made_at_ms: AT,
  },
];
const posted = (
  cause: { readonly paymentId?: string; readonly externalId?: string },
  id: string,
  direction: string,
  amount: string,
  after: string,
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
    balance_after_minor: after,
    posted_at_ms: AT,
  },
];
const entry = (
  paymentId: string,
  id: string,
  direction: string,
  amount: string,
  after: string,
): Entry => posted({ paymentId }, id, direction, amount, after);
/** An entry that says its place itself. */
const inPlace = (position: string, hash: string, [service, table, row]: Entry): Entry => [
  service,
  table,
  { ...row, position, hash },
];
const lease = (holder: string, endsAtMs: number): Entry => [
  "payment",
  "outbox_lease",
  { holder, ends_at: new Date(Number(AT) + endsAtMs) },
];
const decision = (paymentId: string, outcome: string, reason: string | null): Entry => [
  "wallet",
  "transfer_decisions",
  { payment_id: paymentId, outcome, reason, decided_at_ms: AT },
];
const payment = (
  id: string,
  status: string,
  reason: string | null = null,
  receiver = "fatma",
): Entry => [
  "payment",
  "payments",
  {
    id,
    sender_wallet_id: "salim",
    receiver_wallet_id: receiver,
    amount_minor: "500",
    currency: "OMR",
    status,
    reason,
    reverses_payment_id: null,
    ordered_by: ownerOf("salim"),
    ordered_as: "owner",
    accepted_at_ms: AT,
    settled_at_ms: status === "PENDING" ? null : AT,
  },
];
/** A client's key `k1` for the payment `p1`. */
const key = (paymentId: string): Entry => [
  "payment",
  "idempotency_keys",
  {
    principal_id: ownerOf("salim"),
    idempotency_key: paymentId.replace("p", "k"),
    payment_id: paymentId,
  },
];
const claim = (service: ServiceName, eventId: string, topic: string): Entry => [
  service,
  "inbox",
  { event_id: eventId, topic, claimed_at_ms: AT },
];
const outbox = (
  service: ServiceName,
  event: Event,
  sentAtMs: string | null,
  messageKey = eventKey(event),
): Entry => [
  service,
  "outbox",
  {
    event_id: event.id,
    topic: event.type,
    message_key: messageKey,
    payload: encodeEvent(event),
    sent_at_ms: sentAtMs,
  },
];
const recordOf = (event: Event, offset = "0"): TopicRecord => ({
  topic: event.type,
  partition: 0,
  offset,
  key: eventKey(event),
  value: encodeEvent(event),
});
const createdEvent = (paymentId: string): Event => ({
  ...headOf(`created-${paymentId}`, paymentId),
  type: "payment.created",
  payment: {
    id: paymentId,
    senderWalletId: "salim",
    receiverWalletId: "fatma",
    money: { amountMinor: 500n, currency: "OMR" },
    orderedBy: ownerOf("salim"),
    orderedAs: "owner",
  },
});

/** The code of a refusal, in problem details, or the body of what was done. */
const answerOf = (status: number, said: string | Readonly<Record<string, unknown>>) => {
  if (typeof said !== "string") {
    const location = status === 202 ? { location: `/payments/${String(said["id"])}` } : {};
    return { headers: location, body: said };
  }
  const type = `urn:falconpay:problem:${said}`;
  const body = { type, title: said, status, detail: "for a reason" };
  return { headers: { "content-type": "application/problem+json" }, body };
};

const answers = (
  expects: "accepted" | "refused",
  ...statuses: readonly (number | null)[]
): readonly ClientOutcome[] => {
  const command = sampleTransfer({ expects, idempotencyKey: "k1", amount: "0.500" });
  return statuses.map((status, index) => ({
    kind: "answer",
    atMs: 0,
    firstAskedAtMs: 0,
    askedAtMs: 0,
    attempt: index + 1,
    path: "",
    command,
    status,
    ...answerOf(status ?? 0, (status ?? 0) < 500 ? { id: "p1" } : "not-available"),
  }));
};

/** Salim asks three times, with three keys, to send 0.500 OMR to Fatma. */
function clientBook() {
  const clients = createClientBook();
  const ask = (command: Command) => clients.ask({ kind: "request", atMs: 0, attempt: 1, command });
  for (const idempotencyKey of ["k1", "k2"]) {
    ask(sampleTransfer({ idempotencyKey, amount: "0.500" }));
  }
  for (const [id, funding] of [
    ["salim", "1.000"],
    ["fatma", "0.000"],
  ] as const) {
    ask({ kind: "open-wallet", atMs: 0, id, funding, currency: "OMR", expects: "accepted" });
  }
  return clients;
}

const COMPLETED: Event = {
  ...headOf("e1", "p1"),
  type: "payment.completed",
  paymentId: "p1",
  receiverOwnerId: ownerOf("fatma"),
};

/** One payment of 0.500 OMR that went as it should. */
const fundingEntries: readonly Entry[] = [
  posted({ externalId: "opening/salim" }, "outside/OMR", "debit", "1000", "-1000"),
  posted({ externalId: "opening/salim" }, "salim", "credit", "1000", "1000"),
];
const soundBooks: readonly Entry[] = [
  wallet("salim", "500"),
  wallet("outside/OMR", "-1000", "outside"),
  wallet("fatma", "500"),
  funding("1000"),
  ...fundingEntries,
  entry("p1", "salim", "debit", "500", "500"),
  entry("p1", "fatma", "credit", "500", "500"),
  decision("p1", "completed", null),
  key("p1"),
  payment("p1", "COMPLETED"),
  outbox("payment", createdEvent("p1"), "1"),
  outbox("wallet", COMPLETED, "1"),
  claim("wallet", "created-p1", "payment.created"),
  claim("payment", "e1", "payment.completed"),
];
const soundRecords = [recordOf(createdEvent("p1")), recordOf(COMPLETED)];

/** An entry of the ledger as the next of its wallet, where it does not say its place itself. */
function inChain(books: OpenBooks, [service, table, row]: Entry): Entry {
  if (table !== "ledger_entries" || "hash" in row) {
    return [service, table, row];
  }
  const walletId = textColumn(row, "wallet_id");
  const before = books.wallets.get(walletId)?.entries ?? [];
  const position = String(before.length + 1);
  const paymentId = nullableTextColumn(row, "payment_id");
  const said = {
    cause:
      paymentId === null
        ? `external:${textColumn(row, "external_transfer_id")}`
        : `payment:${paymentId}`,
    walletId,
    position,
    direction: textColumn(row, "direction"),
    amountMinor: bigintColumn(row, "amount_minor"),
    currency: textColumn(row, "currency"),
    afterMinor: bigintColumn(row, "balance_after_minor"),
    postedAtMs: textColumn(row, "posted_at_ms"),
  };
  return [service, table, { ...row, position, hash: entryHash(said, before.at(-1)?.hash ?? "") }];
}

function enterAll(books: OpenBooks, entries: readonly Entry[]): void {
  for (const each of entries) {
    const [service, table, after] = inChain(books, each);
    enterCommit(books, {
      service,
      process: `${service}-1`,
      atMs: 0,
      changes: [{ table, before: null, after }],
    });
  }
}

/** Time 0 is when the services' clocks say that it is. */
const ON_TIME = { knobs: DEFAULT_KNOBS, beganAtMs: Number(AT), areClocksRight: true };

function endingOf(
  entries: readonly Entry[],
  change: {
    readonly records?: readonly TopicRecord[];
    readonly unread?: readonly UnreadPartition[];
    /** Beside the others: those that no service has sent. */
    readonly strays?: readonly TopicRecord[];
    readonly answers?: readonly ClientOutcome[];
    readonly exits?: Ending["exits"];
    readonly notUp?: readonly string[];
    readonly audit?: Ending["audit"];
    readonly reports?: Ending["reports"];
    /** What somebody has written past the services. */
    readonly planted?: readonly string[];
  } = {},
): Ending {
  const origin = {
    topology: ONE_PROCESS_EACH,
    ...ON_TIME,
    clients: clientBook(),
    strays: new Set<string>(),
    planted: new Set(change.planted),
  };
  const { strays = [], planted: _planted, ...rest } = change;
  const places = new Set(strays.map(placeName));
  const books = createBooks({ ...origin, strays: places, isWatched: false });
  enterAll(books, entries);
  for (const record of [...(rest.records ?? soundRecords), ...strays]) {
    placeRecord(books, record);
  }
  return {
    books,
    watched: createBooks({ ...origin, isWatched: true }),
    records: soundRecords,
    unread: [],
    answers: answers("accepted", null, 202),
    processes: ["payment-1", "wallet-1"],
    exits: [],
    notUp: [],
    audit: null,
    reports: [],
    topology: ONE_PROCESS_EACH,
    places: [],
    healedAtMs: 0,
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

const STRAY: TopicRecord = {
  ...recordOf({ ...createdEvent("p9"), id: "stray-1" }),
  offset: "1",
};
const LATE_STRAY: TopicRecord = recordOf({
  id: "stray-1",
  atMs: 0,
  trace: undefined,
  type: "payment.failed",
  paymentId: "p1",
  reason: "insufficient_balance",
});

function letter(offset: string): Entry {
  const row = { topic: "payment.created", partition_id: 0, message_offset: offset, reason: "none" };
  return ["wallet", "dead_letters", row];
}

const auditOf = (
  runId: string,
  change: Partial<NonNullable<Ending["audit"]>> = {},
): Ending["audit"] => ({ runId, faultyAccounts: [], unmended: [], ...change });
const RAISED = {
  planted: ["a balance that somebody raised"],
  audit: auditOf("run-1", { faultyAccounts: ["salim"] }),
};
/** What reconciliation says of that. */
const raisedBooks = (): readonly Entry[] => [
  ...soundBooks,
  noted("BALANCE_DRIFT", "account salim"),
  noted("CONSERVATION", "currency OMR"),
  reconciled("breaks"),
];
const noted = (name: string, subject: string): Entry => [
  "reconciliation",
  "breaks",
  { id: `${name} ${subject}`, class: name, subject, detail: "so", state: "open" },
];
/** A run that has looked at all of the sound books; their one payment took no time. */
const reconciled = (outcome: string, failure: string | null = null, change: Row = {}): Entry => [
  "reconciliation",
  "reconciliation_runs",
  {
    id: "run-1",
    outcome,
    failure,
    payments_examined: "1",
    entries_examined: "4",
    accounts_examined: "3",
    breaks_found: outcome === "breaks" ? "2" : "0",
    in_flight: JSON.stringify({ count: 1, p50Ms: 0, p90Ms: 0, p99Ms: 0, maxMs: 0 }),
    ...change,
  },
];

/** What a process of the payment service says of itself, beside that its database is there. */
const reportOf = (
  metrics: readonly string[],
  change: Partial<SelfReport> = {},
): readonly SelfReport[] => [
  {
    process: "payment-1",
    roles: ["payment-relay"],
    isReady: true,
    troubles: "",
    metrics: [
      "# HELP falconpay_database_up",
      'falconpay_database_up{service="payment"} 1',
      ...HELD_AT_REST.map((name) => `falconpay_${name}{service="payment"} 0`),
      ...metrics,
    ].join("\n"),
    said: [],
    ...change,
  },
];
const HELD_AT_REST = ["outbox_pending", "outbox_dead_letters", "dead_letters", "payments_pending"];

const UNREAD = {
  group: "wallet-transfer",
  topic: "payment.created",
  partition: 0,
  offset: "0",
  count: 2,
};

/** Books that were kept on the way as well, and so what is counted is known. */
function seenOnTheWay(ending: Ending): Ending {
  return { ...ending, watched: { ...ending.watched, commits: 1 } };
}

describe("the promises", () => {
  it("hold for a payment that went as it should", () => {
    expect(broken(endingOf(soundBooks))).toEqual([]);
  });

  const refused = [payment("p1", "FAILED", "insufficient_balance")];
  /** p2 is accepted, and its event sent and claimed: nothing more came of it. */
  const accepted = (status: string, reason: string | null = null): readonly Entry[] => [
    key("p2"),
    payment("p2", status, reason),
    outbox("payment", createdEvent("p2"), "1"),
    claim("wallet", "created-p2", "payment.created"),
  ];
  const withAccepted = { records: [...soundRecords, recordOf(createdEvent("p2"), "1")] };
  it.each<[string, Ending, readonly string[]]>([
    [
      "a balance that grew by one baisa breaks conservation, and the wallet's balance",
      endingOf([...soundBooks, wallet("fatma", "501")]),
      ["conservation", "balanced"],
    ],
    [
      "an entry that says another balance than there is does not balance",
      endingOf(
        withTable(
          "ledger_entries",
          ...fundingEntries,
          entry("p1", "salim", "debit", "500", "500"),
          entry("p1", "fatma", "credit", "500", "1000"),
        ),
      ),
      ["balanced"],
    ],
    [
      "an entry whose hash leaves the amount out is in no chain",
      endingOf(
        withTable(
          "ledger_entries",
          ...fundingEntries,
          entry("p1", "salim", "debit", "500", "500"),
          inPlace("2", "5ca1ab1e", entry("p1", "fatma", "credit", "500", "500")),
        ),
      ),
      ["chained"],
    ],
    [
      "a process that is ready, and has counted what there is",
      endingOf(soundBooks, { reports: reportOf([]) }),
      [],
    ],
    [
      "a process that is not ready at rest",
      endingOf(soundBooks, { reports: reportOf([], { isReady: false }) }),
      ["observable"],
    ],
    [
      "a process that says that something is unsent",
      endingOf(soundBooks, {
        reports: reportOf(['falconpay_outbox_pending{service="payment"} 2']),
      }),
      ["observable"],
    ],
    [
      "a process that does not say how many payments are PENDING",
      endingOf(soundBooks, {
        reports: reportOf([], { metrics: 'falconpay_database_up{service="payment"} 1' }),
      }),
      ["observable"],
    ],
    [
      "a process that has said something and not counted it",
      seenOnTheWay(
        endingOf(soundBooks, {
          reports: reportOf([], {
            said: [{ what: "said", name: "relay.outage", detail: { failures: 1 } }],
          }),
        }),
      ),
      ["observable"],
    ],
    [
      "a process that has counted what it has said",
      seenOnTheWay(
        endingOf(soundBooks, {
          reports: reportOf(['falconpay_events_total{event="relay.outage"} 1'], {
            said: [{ what: "said", name: "relay.outage", detail: { failures: 1 } }],
          }),
        }),
      ),
      [],
    ],
    [
      "a run that has looked at less than there is",
      endingOf([...soundBooks, reconciled("clean", null, { payments_examined: "0" })], {
        audit: auditOf("run-1"),
      }),
      ["reconciliation-figures"],
    ],
    [
      "a run that has looked at less entries than there are",
      endingOf([...soundBooks, reconciled("clean", null, { entries_examined: "3" })], {
        audit: auditOf("run-1"),
      }),
      ["reconciliation-figures"],
    ],
    [
      "a run that has looked at more accounts than there are",
      endingOf([...soundBooks, reconciled("clean", null, { accounts_examined: "4" })], {
        audit: auditOf("run-1"),
      }),
      ["reconciliation-figures"],
    ],
    [
      "a run that has looked at what is broken, and is clean",
      endingOf([...soundBooks, reconciled("clean", null, { breaks_found: "1" })], {
        audit: auditOf("run-1"),
      }),
      ["reconciliation-figures"],
    ],
    [
      "a run that has looked at nothing that is broken, and is not clean",
      endingOf([...soundBooks, reconciled("breaks", null, { breaks_found: "0" })], {
        audit: auditOf("run-1"),
      }),
      ["reconciliation-figures"],
    ],
    [
      "a run that has looked at payments, and has timed none",
      endingOf([...soundBooks, reconciled("clean", null, { in_flight: null })], {
        audit: auditOf("run-1"),
      }),
      ["reconciliation-figures"],
    ],
    [
      "a run that has looked at payments, and says that one took longer",
      endingOf(
        [
          ...soundBooks,
          reconciled("clean", null, {
            in_flight: JSON.stringify({ count: 1, p50Ms: 0, p90Ms: 0, p99Ms: 2, maxMs: 0 }),
          }),
        ],
        {
          audit: auditOf("run-1"),
        },
      ),
      ["reconciliation-figures"],
    ],
    [
      "a debit without its credit is unbalanced, and no whole effect",
      endingOf([
        ...withTable(
          "ledger_entries",
          ...fundingEntries,
          entry("p1", "salim", "debit", "500", "500"),
        ),
        wallet("fatma", "0"),
      ]),
      ["conservation", "balanced", "one-effect", "decided-right", "verdicts-agree"],
    ],
    [
      "a payment posted twice moved money twice",
      endingOf([
        ...soundBooks,
        entry("p1", "salim", "debit", "500", "0"),
        entry("p1", "fatma", "credit", "500", "1000"),
        wallet("salim", "0"),
        wallet("fatma", "1000"),
      ]),
      ["one-effect", "decided-right", "verdicts-agree"],
    ],
    [
      "a wallet below zero is an overdraft",
      endingOf([...soundBooks, wallet("salim", "-1"), wallet("fatma", "1001")]),
      ["balanced", "no-overdraft"],
    ],
    [
      "a move between a wallet and itself is no decision to make",
      endingOf(withTable("payments", payment("p1", "COMPLETED", null, "salim"))),
      ["decided-right", "sides-agree", "answers-hold"],
    ],
    [
      "a refusal without a reason is no decision to make",
      endingOf(
        [
          ...soundBooks,
          ...accepted("FAILED"),
          decision("p2", "refused", null),
          outbox("wallet", COMPLETED, "1"),
        ],
        withAccepted,
      ),
      ["decided-right", "published"],
    ],
    [
      "a payment to somebody else than was asked for agrees with nothing",
      endingOf(withTable("payments", payment("p1", "COMPLETED", null, "khalid"))),
      ["decided-right", "sides-agree", "answers-hold"],
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
        posted({ externalId: "x2" }, "salim", "credit", "1", "501"),
        wallet("salim", "501"),
        wallet("fatma", "499"),
      ]),
      ["balanced"],
    ],
    [
      "a wallet that was funded with more than was asked for agrees with nothing",
      endingOf(withTable("external_transfers", funding("999"))),
      ["conservation", "sides-agree"],
    ],
    [
      "COMPLETED without entries is a verdict that nobody gave",
      endingOf([...soundBooks, ...accepted("COMPLETED")], withAccepted),
      ["verdicts-agree"],
    ],
    [
      "FAILED with the money moved disagrees",
      endingOf(withTable("payments", ...refused)),
      ["sides-agree", "verdicts-agree"],
    ],
    [
      "FAILED that the wallet never decided disagrees",
      endingOf([...soundBooks, ...accepted("FAILED", "insufficient_balance")], withAccepted),
      ["sides-agree", "verdicts-agree"],
    ],
    [
      "a payment that stays PENDING never ends",
      endingOf([...soundBooks, ...accepted("PENDING")], withAccepted),
      ["ends"],
    ],
    [
      "a payment whose event nobody wrote down is not published, and never ends",
      endingOf([...soundBooks, key("p2"), payment("p2", "PENDING")]),
      ["ends", "published"],
    ],
    [
      "a payment without a key of its client is not what an answer said",
      endingOf(withTable("idempotency_keys")),
      ["answers-hold"],
    ],
    [
      "a client that is told the id of another payment was told what is not so",
      endingOf([...soundBooks, ...accepted("PENDING")], {
        ...withAccepted,
        answers: answers("accepted", 202).map((each) => ({ ...each, body: { id: "p2" } })),
      }),
      ["answers-hold", "ends"],
    ],
    [
      "a request that was to be refused and is accepted is answered wrongly",
      endingOf(soundBooks, { answers: answers("refused", null, 202) }),
      ["answered"],
    ],
    [
      "a request that was to be accepted and is refused is answered wrongly",
      endingOf(soundBooks, { answers: answers("accepted", 503, 422) }),
      ["answers-hold", "answered"],
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
      endingOf([
        ...soundBooks,
        outbox("payment", { ...createdEvent("p1"), ...headOf("e9", "p1") }, null),
      ]),
      ["ends", "published"],
    ],
    [
      "an event marked sent that never reached its topic is lost",
      endingOf(withTable("inbox"), { records: [] }),
      ["published"],
    ],
    [
      "an event that was sent and never claimed is not handled",
      endingOf(withTable("inbox", claim("wallet", "created-p1", "payment.created"))),
      ["handled"],
    ],
    [
      "what no service has sent is nobody's loss where it is set aside",
      endingOf([...soundBooks, letter("1")], { strays: [STRAY] }),
      [],
    ],
    ["it is not handled where it is not", endingOf(soundBooks, { strays: [STRAY] }), ["handled"]],
    [
      "it is not handled where it is taken in as a payment's event",
      endingOf(
        [
          ...soundBooks,
          ["wallet", "inbox", { event_id: "stray-1", topic: "payment.created", claimed_at_ms: AT }],
        ],
        {
          strays: [STRAY],
        },
      ),
      ["handled"],
    ],
    [
      "the same on a topic is not published where a service has sent it",
      endingOf([...soundBooks, letter("1")], { records: [...soundRecords, STRAY] }),
      ["published"],
    ],
    [
      "a stranger's verdict that comes too late is taken in",
      endingOf(
        [
          ...soundBooks,
          ["payment", "inbox", { event_id: "stray-1", topic: "payment.failed", claimed_at_ms: AT }],
        ],
        { strays: [LATE_STRAY] },
      ),
      [],
    ],
    [
      "an event that is set aside is not handled",
      endingOf([
        ...soundBooks,
        [
          "wallet",
          "dead_letters",
          { topic: "payment.created", partition_id: 0, message_offset: "0", reason: "too long" },
        ],
      ]),
      ["handled"],
    ],
    [
      "a record without an outbox row was never committed, and nobody's to handle",
      endingOf(withTable("outbox")),
      ["handled", "published"],
    ],
    [
      "a record that says something else than its outbox row was never committed",
      endingOf(soundBooks, {
        records: [{ ...recordOf(createdEvent("p1")), key: "p7" }, recordOf(COMPLETED)],
      }),
      ["published"],
    ],
    [
      "an event under another key than its payment's has no order",
      endingOf(
        [
          ...withTable("outbox", outbox("payment", createdEvent("p1"), "1")),
          outbox("wallet", COMPLETED, "1", "e1"),
        ],
        { records: [recordOf(createdEvent("p1")), { ...recordOf(COMPLETED), key: "e1" }] },
      ),
      ["in-order"],
    ],
    [
      "a break that is none is no finding of a reconciliation",
      endingOf([...soundBooks, noted("BALANCE_DRIFT", "account salim")]),
      ["reconciliation-sound"],
    ],
    [
      "a reconciliation that nobody is told the end of, with nothing amiss, has not ended",
      endingOf([...soundBooks, reconciled("running")], { audit: auditOf("") }),
      ["reconciliation-sound"],
    ],
    [
      "a reconciliation that fails with nothing amiss has not ended well",
      endingOf([...soundBooks, reconciled("failed", "no")], { audit: auditOf("run-1") }),
      ["reconciliation-sound"],
    ],
    [
      "a planted break that is reported, and verified, is what it should be",
      endingOf(raisedBooks(), RAISED),
      [],
    ],
    [
      "a planted break that is not reported is missed",
      endingOf([...soundBooks, reconciled("clean")], RAISED),
      ["reconciliation-complete"],
    ],
    [
      "an account that was tampered with, and is verified, was not looked at",
      endingOf(raisedBooks(), { ...RAISED, audit: auditOf("run-1") }),
      ["reconciliation-complete"],
    ],
    [
      "an account that is whole, and is not verified, was not looked at either",
      endingOf(raisedBooks(), {
        ...RAISED,
        audit: auditOf("run-1", { faultyAccounts: ["salim", "fatma"] }),
      }),
      ["reconciliation-complete"],
    ],
    [
      "what publishing again mends, and did not, is left",
      endingOf(raisedBooks(), {
        ...RAISED,
        audit: auditOf("run-1", { faultyAccounts: ["salim"], unmended: ["b1"] }),
      }),
      ["reconciliation-complete"],
    ],
    [
      "a reconciliation that ended is one",
      endingOf([...soundBooks, reconciled("clean")], { audit: auditOf("run-1") }),
      [],
    ],
  ])("%s", (_claim, ending, promises) => {
    expect(broken(ending)).toEqual(promises);
  });

  it("name topic, partition and payment of what was not read, and of what was not sent", () => {
    const unsent = outbox("payment", createdEvent("p1"), null);
    const named: Entry = [
      "payment",
      "idempotency_keys",
      { principal_id: ownerOf("salim"), idempotency_key: "k7", payment_id: "p1" },
    ];
    const judged = PROMISES.filter(({ name }) => ["ends", "published"].includes(name));
    const ending = endingOf([...withTable("outbox"), unsent, named], { unread: [UNREAD] });
    const found = judged.flatMap((each) => each.atEnd(ending));
    expect(found.map((breach) => `${breach.subject} ${breach.found}`).slice(0, 2)).toEqual([
      "payment.created of payment k7 is still unsent in the outbox",
      "partition 0 of payment.created holds 2 records that wallet-transfer has not committed, from payment.created of payment k7 on",
    ]);
  });
});

/** Salim's payment of 0.500 OMR as the services commit it, one commit after another. */
/** What the entry says with which salim pays. */
const SALIMS_DEBIT = {
  cause: "payment:p1",
  walletId: "salim",
  position: "2",
  direction: "debit",
  amountMinor: 500n,
  currency: "OMR",
  afterMinor: 500n,
  postedAtMs: AT,
};

const COMMITS: readonly (readonly [process: string, entries: readonly Entry[]])[] = [
  [
    "wallet-1",
    [
      wallet("salim", "1000"),
      wallet("outside/OMR", "-1000", "outside"),
      funding("1000"),
      ...fundingEntries,
    ],
  ],
  ["wallet-1", [wallet("fatma", "0")]],
  ["payment-1", [key("p1"), payment("p1", "PENDING"), outbox("payment", createdEvent("p1"), null)]],
  [
    "wallet-1",
    [
      claim("wallet", "created-p1", "payment.created"),
      wallet("salim", "500"),
      wallet("fatma", "500"),
      entry("p1", "salim", "debit", "500", "500"),
      entry("p1", "fatma", "credit", "500", "500"),
      decision("p1", "completed", null),
      outbox("wallet", COMPLETED, null),
    ],
  ],
  ["payment-1", [claim("payment", "e1", "payment.completed"), payment("p1", "COMPLETED")]],
];

const STOPS: UniverseEvent = {
  kind: "fault",
  atMs: 0,
  process: "payment-1",
  fault: {
    kind: "stop",
    trigger: { on: "time", process: "payment-1", atMs: 0 },
    restartAfterMs: 100,
  },
  index: 0,
  phase: "begin",
};
const delivered: UniverseEvent = {
  kind: "delivery",
  atMs: 1,
  process: "payment-1",
  record: recordOf(COMPLETED),
};
const noteAt = (atMs: number, note: ProcessNote): UniverseEvent => ({
  kind: "note",
  atMs,
  process: "payment-1",
  note,
});
const stopped = (atMs: number, unfinished = "") =>
  noteAt(atMs, { what: "said", name: "process.stopped", detail: { unfinished } });
const waits = (atMs: number) =>
  noteAt(atMs, { what: "said", name: "process.waiting", detail: { part: "producer" } });
const ran = (name: string, runs: number) =>
  noteAt(0, { what: "said", name, detail: { transaction: "settle", code: "40001", runs } });
const failedAt = (atMs: number) =>
  noteAt(atMs, {
    what: "failed",
    effect: "payment-db/relay.connect",
    reason: "it is away",
    code: "connection",
    applied: "no",
    isInjected: false,
  });

describe("the promises, at a moment", () => {
  function watchedBooks(knobs = DEFAULT_KNOBS): OpenBooks {
    return createBooks({
      isWatched: true,
      topology: ONE_PROCESS_EACH,
      ...ON_TIME,
      knobs,
      strays: new Set(),
      planted: new Set(),
      clients: clientBook(),
    });
  }

  function commit(books: OpenBooks, process: string, entries: readonly Entry[]) {
    return enterCommit(books, {
      service: entries[0]?.[0] ?? "wallet",
      process,
      atMs: books.commits,
      changes: entries
        .map((each) => inChain(books, each))
        .map(([, table, after]) => ({ table, before: null, after })),
    });
  }

  /** The promises that the last of the commits breaks; none before it may. */
  function brokenAtLast(commits: typeof COMMITS): readonly string[] {
    const books = watchedBooks();
    const found = commits.map(([process, entries]) => {
      const touched = commit(books, process, entries);
      return PROMISES.filter((each) => (each.atCommit?.(books, touched) ?? []).length > 0);
    });
    expect(found.slice(0, -1).flat()).toEqual([]);
    return (found.at(-1) ?? []).map(({ name }) => name);
  }

  /** The commits, up to one of them, in whose place stands another. */
  const until = (
    place: number,
    change: (entries: readonly Entry[]) => readonly Entry[],
    process = COMMITS[place]?.[0] ?? "",
  ): typeof COMMITS => [...COMMITS.slice(0, place), [process, change(COMMITS[place]?.[1] ?? [])]];
  const without = (table: string) => (entries: readonly Entry[]) =>
    entries.filter((each) => each[1] !== table);
  const traced = (trace: Event["trace"]): Event => ({ ...createdEvent("p1"), trace });
  const refusedAt = (reason: string) => (): readonly Entry[] => [
    claim("wallet", "created-p1", "payment.created"),
    decision("p1", "refused", reason),
  ];

  it.each<[string, typeof COMMITS, readonly string[]]>([
    ["all is well where all is as it should be", COMMITS, []],
    [
      "a refusal that the balance does not justify is wrong",
      until(3, refusedAt("insufficient_balance")),
      ["decided-right"],
    ],
    [
      "a move with the wrong reason for a refusal is wrong",
      until(3, refusedAt("currency_mismatch")),
      ["decided-right"],
    ],
    [
      "a decision that says completed and moves nothing is wrong",
      until(3, (entries) => without("ledger_entries")(without("wallets")(entries))),
      ["decided-right"],
    ],
    [
      "an effect without its claim can come twice: what is claimed has its effect",
      until(3, (entries) => entries.slice(0, 1)),
      ["handled"],
    ],
    [
      "a payment whose key nobody wrote down is not what an answer can hold",
      until(2, without("idempotency_keys")),
      ["answers-hold"],
    ],
    [
      "a process of the payment service that writes to the wallet's database",
      until(3, (entries) => entries, "payment-1"),
      ["isolation"],
    ],
    [
      "an event with another amount than its payment",
      until(2, (entries) => [
        ...without("outbox")(entries),
        outbox(
          "payment",
          {
            ...headOf("created-p1", "p1"),
            type: "payment.created",
            payment: {
              id: "p1",
              senderWalletId: "salim",
              receiverWalletId: "fatma",
              money: { amountMinor: 501n, currency: "OMR" },
              orderedBy: ownerOf("salim"),
              orderedAs: "owner",
            },
          },
          null,
        ),
      ]),
      ["sides-agree"],
    ],
    [
      "an event of another trace than its request",
      until(2, (entries) => [
        ...without("outbox")(entries),
        outbox("payment", { ...createdEvent("p1"), ...sampleHead("created-p1") }, null),
      ]),
      ["sides-agree"],
    ],
    [
      "an event that forgot what others say of its trace",
      until(2, (entries) => [
        ...without("outbox")(entries),
        outbox("payment", traced({ ...stepOf("k1", "00f067aa0ba902b8"), state: undefined }), null),
      ]),
      ["sides-agree"],
    ],
    [
      "an event that is its client's own step",
      until(2, (entries) => [
        ...without("outbox")(entries),
        outbox("payment", traced(stepOf("k1", "00f067aa0ba902b7")), null),
      ]),
      ["sides-agree"],
    ],
    [
      "two events that are one step",
      until(3, (entries) => [
        ...without("outbox")(entries),
        outbox("wallet", { ...COMPLETED, trace: headOf("created-p1", "p1").trace }, null),
      ]),
      ["sides-agree"],
    ],
    [
      "an event of another time than its payment",
      until(2, (entries) => [
        ...without("outbox")(entries),
        outbox("payment", { ...createdEvent("p1"), atMs: Number(AT) + 1 }, null),
      ]),
      ["sides-agree"],
    ],
    [
      "an event whose envelope names another publisher",
      until(2, (entries) =>
        entries.map(([service, table, row]): Entry => {
          const payload = String(row["payload"]).replace("/falconpay/payment", "/falconpay/wallet");
          return table === "outbox" ? [service, table, { ...row, payload }] : [service, table, row];
        }),
      ),
      ["sides-agree"],
    ],
    [
      "a verdict after the verdict",
      [...COMMITS, ["payment-1", [payment("p1", "FAILED", "insufficient_balance")]]],
      ["sides-agree", "verdicts-agree", "terminal-absorbs"],
    ],
    [
      "a break that is none",
      [...COMMITS, ["reconciliation-1", [noted("MISSING_LEDGER", "payment p1")]]],
      ["reconciliation-sound"],
    ],
    [
      "a payment that counts as stuck before anybody said how long it may take",
      [...COMMITS, ["reconciliation-1", [noted("STUCK_UNSENT", "payment p1")]]],
      ["reconciliation-sound"],
    ],
    [
      "a message that was set aside, and one that was not",
      [
        ...COMMITS,
        ["wallet-1", [letter("7")]],
        [
          "reconciliation-1",
          [noted("DEAD_LETTER", "message payment.created/0/7 of wallet"), reconciled("breaks")],
        ],
        ["reconciliation-1", [noted("DEAD_LETTER", "message payment.created/0/8 of wallet")]],
      ],
      ["reconciliation-sound"],
    ],
    [
      "an entry that is hashed without the one before it",
      until(3, (entries) =>
        entries.map((each) => {
          const { wallet_id: id, amount_minor: amount } = each[2];
          return each[1] === "ledger_entries" && id === "salim" && amount === "500"
            ? inPlace("2", entryHash(SALIMS_DEBIT, ""), each)
            : each;
        }),
      ),
      ["chained"],
    ],
    [
      "an entry that is numbered past the next",
      until(3, (entries) =>
        entries.map((each) => {
          const isSalims = each[1] === "ledger_entries" && each[2]["wallet_id"] === "salim";
          return isSalims ? inPlace("3", "", each) : each;
        }),
      ),
      ["chained"],
    ],
    [
      "an outbox that is taken over when the lease of another has ended",
      [...COMMITS, ["payment-1", [lease("a", 3_000)]], ["payment-2", [lease("b", 6_000)]]],
      [],
    ],
    [
      "an outbox that is taken over while another holds it",
      [...COMMITS, ["payment-1", [lease("a", 3_000)]], ["payment-2", [lease("b", 5_999)]]],
      ["one-relay"],
    ],
    [
      "a lease that is renewed before it ends, and what is sent marked by its holder",
      [
        ...COMMITS,
        ["payment-1", [lease("a", 3_000)]],
        ["payment-1", [lease("a", 3_500), outbox("payment", createdEvent("p1"), AT)]],
      ],
      [],
    ],
    [
      "a lease that is renewed by who does not hold it any more",
      [
        ...COMMITS,
        ["payment-1", [lease("a", 3_000)]],
        ["payment-2", [lease("b", 6_000)]],
        ["payment-1", [lease("b", 6_500)]],
      ],
      ["one-relay"],
    ],
    [
      "an event that is marked as sent by who does not hold the outbox",
      [
        ...COMMITS,
        ["payment-1", [lease("a", 3_000)]],
        ["payment-2", [lease("b", 6_000)]],
        ["payment-1", [outbox("payment", createdEvent("p1"), AT)]],
      ],
      ["one-relay"],
    ],
    [
      "a run that looked at nothing",
      [...COMMITS, ["reconciliation-1", [reconciled("failed", "VACUOUS_RUN: nothing")]]],
      ["reconciliation-sound"],
    ],
  ])("%s", (_claim, commits, promises) => {
    expect(brokenAtLast(commits)).toEqual(promises);
  });

  it.each([
    { sentAtMs: null, afterMs: 0, promises: ["kept"] },
    { sentAtMs: 0, afterMs: 999, promises: ["kept"] },
    { sentAtMs: 0, afterMs: 1_000, promises: [] },
  ])("an event that was sent at $sentAtMs ms and is deleted at $afterMs ms", (deleted) => {
    const { sentAtMs, afterMs, promises } = deleted;
    const books = watchedBooks({ ...DEFAULT_KNOBS, outboxKeptSeconds: 1 });
    COMMITS.slice(0, 3).forEach(([process, entries]) => commit(books, process, entries));
    commit(books, "payment-1", [lease("a", 3_000)]);
    const sentAt = sentAtMs === null ? null : String(Number(AT) + sentAtMs);
    const [, table, before] = outbox("payment", createdEvent("p1"), sentAt);
    const changes = [
      { table, before, after: before },
      { table, before, after: null },
    ];
    const commitOf = { service: "payment", process: "payment-1", atMs: afterMs, changes } as const;
    const touched = enterCommit(books, commitOf);
    const found = PROMISES.filter((each) => (each.atCommit?.(books, touched) ?? []).length > 0);
    expect(found.map(({ name }) => name)).toEqual(promises);
  });

  it.each([
    { healedAtMs: 9_000, endedAtMs: 12_000, promises: [] },
    { healedAtMs: 9_000, endedAtMs: 24_000, promises: ["kept"] },
  ])("what was sent by $healedAtMs ms and is there at $endedAtMs ms", (moments) => {
    const { healedAtMs, endedAtMs, promises } = moments;
    const knobs = { ...DEFAULT_KNOBS, outboxKeptSeconds: 1 };
    const watched = watchedBooks(knobs);
    enterAll(watched, soundBooks);
    const sound = endingOf(soundBooks);
    const books = { ...sound.books, knobs, nowMs: endedAtMs };
    expect(broken({ ...sound, books, watched, healedAtMs })).toEqual(promises);
  });

  it("a wallet that is opened while its payment is under way may have been missing", () => {
    const [salim, fatma, accepted] = COMMITS;
    if (salim === undefined || fatma === undefined || accepted === undefined) {
      throw new Error("there are more commits");
    }
    const refused = ["wallet-1", refusedAt("unknown_wallet")()] as const;
    expect(brokenAtLast([salim, accepted, fatma, refused])).toEqual([]);
    expect(brokenAtLast([salim, fatma, accepted, refused])).toEqual(["decided-right"]);
  });

  const told = (
    command: Command,
    status: number,
    said: Parameters<typeof answerOf>[1],
    askedAtMs = 3,
  ) =>
    ({
      kind: "answer",
      atMs: 9,
      firstAskedAtMs: askedAtMs,
      askedAtMs,
      attempt: 1,
      path: "",
      command,
      status,
      ...answerOf(status, said),
    }) as const;
  const ask = sampleTransfer({ idempotencyKey: "k1", amount: "0.500" });
  const read: Command = {
    kind: "read-payment",
    atMs: 0,
    idempotencyKey: "k1",
    waitS: 0,
    expects: "either",
  };
  const view = {
    id: "p1",
    senderWalletId: "salim",
    receiverWalletId: "fatma",
    amount: "0.500",
    currency: "OMR",
    status: "COMPLETED",
    reason: null,
    acceptedAtMs: Number(AT),
    settledAtMs: Number(AT),
  };
  const pending = { ...view, status: "PENDING", settledAtMs: null };
  const pendingFor = (waitS: number) => ({ command: { ...read, waitS }, body: pending });
  const open: Command = {
    kind: "open-wallet",
    atMs: 0,
    id: "salim",
    funding: "1.000",
    currency: "OMR",
    expects: "accepted",
  };
  const another = principalOf("stranger", "salim") ?? "";
  const forAnother: Command = { ...open, id: "own", funding: "0.000", owner: another, by: "owner" };
  const notLetIn = (status: number, code: string) => {
    const answer = told(forAnother, status, code);
    const scope = `Bearer realm="falconpay", error="insufficient_scope", scope="operator"`;
    return { ...answer, headers: { ...answer.headers, "www-authenticate": scope } };
  };
  const list: Command = {
    ...{ kind: "look-up", atMs: 0, what: "payments", of: "salim", limit: null, only: null },
    ...{ query: "limit=0", expects: "refused" },
  };
  it.each<[string, ClientOutcome, boolean]>([
    ["that its parameters are wrong", told(list, 400, "malformed-request"), true],
    ["a list in spite of them", told(list, 200, { payments: [], next: null }), false],
    [
      "that its wait is wrong",
      told({ ...read, query: "wait=31", expects: "refused" }, 400, "malformed-request"),
      true,
    ],
    [
      "of a payment in spite of its wait",
      told({ ...read, query: "wait=31", expects: "refused" }, 200, view),
      false,
    ],
    [
      "that a wallet is another's",
      told({ ...open, owner: another, expects: "refused" }, 409, "wallet-opened-otherwise"),
      true,
    ],
    [
      "of a wallet that is another's",
      told({ ...open, owner: another }, 201, { ...open, balance: "0.500", frozen: false }),
      false,
    ],
    ["not to open wallets for others", notLetIn(403, "scope-missing"), true],
    ["of a wallet for another", told(forAnother, 201, { ...forAnother, balance: "0.000" }), false],
    ["the payment of its key", told(ask, 202, { id: "p1" }), true],
    ["the payment of another key", told(ask, 202, { id: "p2" }), false],
    ["a refusal of what was accepted", told(ask, 422, "idempotency-key-reused"), false],
    ["acceptance of other words", told({ ...ask, amount: "0.501" }, 202, { id: "p1" }), false],
    [
      "a refusal of other words",
      told({ ...ask, amount: "0.501" }, 422, "idempotency-key-reused"),
      true,
    ],
    [
      "another code of a refusal",
      told({ ...ask, amount: "0.501" }, 422, "malformed-request"),
      false,
    ],
    ["that it is no amount", told({ ...ask, amount: "0,5" }, 400, "malformed-amount"), true],
    ["that something is wrong", told({ ...ask, amount: "0,5" }, 400, "malformed-request"), false],
    ["a refusal that says nothing", told({ ...ask, amount: "0,5" }, 400, {}), false],
    ["where another payment is", { ...told(ask, 202, { id: "p1" }), headers: {} }, false],
    ["that nothing is known to be done", told(ask, 503, "outcome-unknown"), true],
    ["that nothing was done", told(ask, 503, "not-available"), false],
    ["that it would come again", told(ask, 500, "internal-error"), false],
    ["another time of acceptance", told(read, 200, { ...view, acceptedAtMs: 1_001 }), false],
    ["another time of its end", told(read, 200, { ...view, settledAtMs: 1_000 }), false],
    ["acceptance of what is no amount", told({ ...ask, amount: "0,5" }, 202, { id: "p1" }), false],
    ["how its payment stands", told(read, 200, view), true],
    ["how it stood before it asked", told(read, 200, pending, 8), false],
    ["how it stood when it asked", told(read, 200, pending, 3), true],
    ["another amount", told(read, 200, { ...view, amount: "0.050" }), false],
    ["that its payment is not there", told(read, 404, "unknown-payment", 10), false],
    [
      "the balance of the wallet",
      told(open, 201, { ...open, balance: "0.500", frozen: false }),
      true,
    ],
    [
      "the balance that it had then",
      told(open, 201, { ...open, balance: "1.000", frozen: false }, 1),
      true,
    ],
    [
      "a balance that it had before",
      told(open, 201, { ...open, balance: "1.000", frozen: false }, 8),
      false,
    ],
  ])("a client that is told %s: %s", (_what, answer, holds) => {
    const books = watchedBooks();
    const clients = createClientBook();
    COMMITS.forEach(([process, entries]) => commit(books, process, entries));
    clients.ask({ kind: "request", atMs: 1, attempt: 1, command: ask });
    clients.answer(told(ask, 202, { id: "p1" }, 2));
    const found = PROMISES.flatMap(
      (each) => each.atAnswer?.({ ...books, clients: clients }, answer) ?? [],
    );
    expect(found).toHaveLength(holds ? 0 : 1);
  });

  it.each<[string, Partial<ClientOutcome>, number, boolean]>([
    ["soon", { atMs: 503 }, 0, true],
    ["late", { atMs: 504 }, 0, false],
    ["late, after something went wrong", { atMs: 504 }, 1, true],
    ["as soon as it is over", { atMs: 2_503, command: { ...read, waitS: 5 } }, 0, true],
    ["when it is long over", { atMs: 2_504, command: { ...read, waitS: 5 } }, 0, false],
    ["before it is over", { atMs: 1_503, command: { ...read, waitS: 1 } }, 0, true],
    ["that it goes on, too late", { atMs: 5_504, ...pendingFor(5) }, 0, false],
  ])("a client that is answered %s", (_when, change, faultsStruck, holds) => {
    const books = watchedBooks();
    COMMITS.forEach(([process, entries]) => commit(books, process, entries));
    const payment = books.payments.get("p1");
    if (payment !== undefined) {
      books.payments.set("p1", { ...payment, terminalAtMs: 2_003 });
    }
    const answer = { ...told(read, 200, view), ...change };
    const found = PROMISES.find(({ name }) => name === "answered")?.atAnswer?.(
      { ...books, faultsStruck },
      answer,
    );
    expect(found).toHaveLength(holds ? 0 : 1);
  });

  it("what was committed later and delivered before is out of order", () => {
    const books = watchedBooks();
    const again: Event = { ...createdEvent("p1"), id: "created-again" };
    const entries = COMMITS[2]?.[1] ?? [];
    commit(books, "payment-1", entries);
    commit(books, "payment-1", [outbox("payment", again, null)]);
    const found = [recordOf(again, "0"), recordOf(createdEvent("p1"), "1")].map((record) => {
      const first = deliver(books, record);
      return first === undefined
        ? []
        : PROMISES.filter((each) => (each.atDelivery?.(books, first) ?? []).length > 0);
    });
    expect(found.map((promises) => promises.map(({ name }) => name))).toEqual([[], ["in-order"]]);
  });

  it("a transaction that a deadlock ends is one too many, but where a fault made it", () => {
    const failed = {
      what: "failed",
      effect: "wallet-db/transfer.lock-wallets",
      reason: "",
    } as const;
    const found = (code: string, isInjected: boolean) =>
      PROMISES.flatMap((each) => {
        const note = { ...failed, code, applied: "no", isInjected } as const;
        return (each.atNote?.(watchedBooks(), note, "wallet-1", 0) ?? []).map(() => each.name);
      });
    expect(found("40P01", false)).toEqual(["no-deadlock"]);
    expect(found("40P01", true)).toEqual([]);
    expect(found("40001", false)).toEqual([]);
  });

  /** What is promised no more once a process has been seen to do this, at these times. */
  function brokenBy(
    events: readonly UniverseEvent[],
    knobs = DEFAULT_KNOBS,
    commits: typeof COMMITS = COMMITS,
  ): readonly string[] {
    const books = watchedBooks(knobs);
    commits.forEach(([process, entries]) => commit(books, process, entries));
    return events.flatMap((event) => {
      const found = PROMISES.filter(
        ({ atNote }) =>
          event.kind === "note" &&
          (atNote?.(books, event.note, event.process, event.atMs) ?? []).length > 0,
      );
      followProcess(books, event);
      return found.map(({ name }) => name);
    });
  }
  const about = { topic: "t", partition: 0, offset: "7" };
  const retry = (atMs: number, attempts: number) =>
    noteAt(atMs, { what: "said", name: "inbox.retry", detail: { ...about, attempts } });
  const left = (atMs: number, attempts: number, code = "40001") =>
    noteAt(atMs, { what: "said", name: "inbox.left", detail: { ...about, code, attempts } });

  it.each<[string, readonly UniverseEvent[], readonly string[]]>([
    ["after the pause that the knobs say", [retry(0, 1), retry(100, 2)], []],
    ["too soon", [retry(0, 1), retry(99, 2)], ["paced"]],
    ["once more than it may be", [retry(0, 5)], ["paced"]],
    ["as often as it may be, and then left", [retry(0, 4), left(100, 5)], []],
    ["too few times, and then left", [left(0, 4)], ["paced"]],
    ["no more where that would be of no use", [left(0, 1, "22P02")], []],
    ["too few times by a process that is to stop", [STOPS, left(0, 1)], []],
  ])("a message that is tried again %s", (_how, events, promises) => {
    expect(brokenBy(events)).toEqual(promises);
  });

  it.each<[string, readonly UniverseEvent[], readonly string[]]>([
    ["a server is looked for again", [waits(0), waits(100)], []],
    ["a server is looked for again too soon", [waits(0), waits(99)], ["paced"]],
    [
      "a transaction is run again twice, and given up",
      [ran("transaction.retry", 2), ran("transaction.given-up", 3)],
      [],
    ],
    ["a transaction is run again for a third time", [ran("transaction.retry", 3)], ["paced"]],
    ["a transaction is given up too soon", [ran("transaction.given-up", 2)], ["paced"]],
  ])("%s", (_claim, events, promises) => {
    expect(brokenBy(events)).toEqual(promises);
  });

  it("a relay that asks for its outbox again and again without a break is not paced", () => {
    const sound = endingOf(soundBooks);
    const watched = { ...sound.watched, commits: 1 };
    const books = { ...sound.books, nowMs: 10_000 };
    const looking = (times: number) => {
      const place = "payment-1~2/payment-db/relay.connect";
      const places = [{ place, times, beforeStrike: times }];
      return broken({ ...sound, books, watched, places });
    };
    expect(looking(200)).toEqual([]);
    expect(looking(2_000)).toEqual(["paced"]);
  });

  const held: typeof COMMITS = [...COMMITS, ["payment-1", [lease("a", 3_000)]]];
  const released: typeof COMMITS = [...held, ["payment-1", [lease("a", 10)]]];
  const sent: typeof COMMITS = [
    ...held,
    ["payment-1", [lease("a", 10), outbox("payment", createdEvent("p1"), AT)]],
  ];
  it.each<[string, typeof COMMITS, readonly UniverseEvent[], readonly string[]]>([
    ["and has nothing left", sent, [STOPS, stopped(20)], []],
    ["and holds an outbox", held, [STOPS, stopped(20)], ["stops-clean"]],
    ["and has an event unsent", released, [STOPS, stopped(20)], ["stops-clean"]],
    ["and has a message in hand", sent, [STOPS, delivered, stopped(20)], ["stops-clean"]],
    ["and has met an error since", held, [STOPS, failedAt(5), stopped(20)], []],
    ["and could not finish in time", held, [STOPS, stopped(20, "relay")], []],
  ])("a process is told to stop, %s", (_how, commits, events, promises) => {
    expect(brokenBy(events, DEFAULT_KNOBS, commits)).toEqual(promises);
  });

  it.each([
    { afterMs: 900, faults: 0, promises: [] },
    { afterMs: 2_000, faults: 0, promises: ["prompt"] },
    { afterMs: 2_000, faults: 1, promises: [] },
  ])("an event that is sent after $afterMs ms and $faults faults", (sending) => {
    const { afterMs, faults, promises } = sending;
    const books = watchedBooks();
    [...COMMITS.slice(0, 3), ["payment-1", [lease("a", 3_000)]] as const].forEach(
      ([process, entries]) => commit(books, process, entries),
    );
    books.faultsStruck = faults;
    const [service, table, after] = outbox("payment", createdEvent("p1"), AT);
    const changes = [{ table, before: null, after }];
    const touched = enterCommit(books, { service, process: "payment-1", atMs: afterMs, changes });
    const found = PROMISES.filter((each) => (each.atCommit?.(books, touched) ?? []).length > 0);
    expect(found.map(({ name }) => name)).toEqual(promises);
  });

  it("a process that uses another service's database is not isolated", () => {
    const books = watchedBooks();
    const use = { what: "uses", service: "wallet" } as const;
    const found = (process: string) =>
      PROMISES.flatMap((each) => each.atNote?.(books, use, process, 0) ?? []);
    expect(found("payment-1")).toHaveLength(1);
    expect(found("wallet-1")).toEqual([]);
  });
});
