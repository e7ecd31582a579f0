import type { ClientAnswer } from "../world.ts";
import { balanceOf, codeOf, field, open, outcomeOf, type ApiStage } from "./api-stage.ts";
import { demandEqual, type Claim } from "./claim.ts";

const ZEROS: ReadonlySet<string> = new Set(["0", "0.000"]);

/** What no amount of money in OMR is. */
const NO_AMOUNTS = [
  ...ZEROS,
  ...["0.0005", "1e-3", "1E3", "-0", "-1", "+1", "", " ", " 1", "1 ", "1.", ".5", ".", "007"],
  ...["1,5", "1_000", "1 000", "0x10", "NaN", "Infinity", "\u0665", "\uff11", "1\u0000", "1.000\n"],
  ...["9223372036854775.808", "9".repeat(400)],
];

/** An answer without its headers. */
function plainly({ status, body }: ClientAnswer): Omit<ClientAnswer, "headers"> {
  return { status, body };
}

/** What a client of the services relies on. */
export const apiContract: readonly Claim<ApiStage>[] = [
  {
    claim: "a wallet is opened once: the same words are answered the same, others are a conflict",
    async check(api) {
      const salim = { id: "salim", funding: "10.000", currency: "OMR" };
      const view = { id: "salim", balance: "10.000", currency: "OMR", frozen: false };
      const opened = { status: 201, body: view };
      demandEqual("opened", plainly(await api.post("/wallets", salim)), opened);
      demandEqual("again", plainly(await api.post("/wallets", salim)), opened);
      const more = await api.post("/wallets", { ...salim, funding: "11.000" });
      demandEqual("with more", codeOf(more), "409 wallet-opened-otherwise");
      const other = await api.post("/wallets", { ...salim, funding: "10.00", currency: "USD" });
      demandEqual("in dollars", codeOf(other), "409 wallet-opened-otherwise");
      const read = plainly(await api.get("/wallets/salim"));
      demandEqual("read", read, { status: 200, body: view });
      demandEqual("nobody", codeOf(await api.get("/wallets/nobody")), "404 unknown-wallet");
    },
  },
  {
    claim: "a wallet holds a limit and no more",
    async check(api) {
      const rich = { id: "rich", funding: "1000000000000.000", currency: "OMR" };
      demandEqual("full", (await api.post("/wallets", rich)).status, 201);
      const more = { id: "richer", funding: "1000000000000.001", currency: "OMR" };
      demandEqual("more", codeOf(await api.post("/wallets", more)), "422 limit-exceeded");
      const baisa = { amount: "0.001", currency: "OMR" };
      const given = await api.post("/wallets/rich/deposits", baisa, "d1");
      demandEqual("a baisa more", codeOf(given), "422 limit-exceeded");
    },
  },
  {
    claim: "money comes in and goes out once for a key, and a refusal stays one",
    async check(api) {
      await open(api, "salim", "10.000");
      const five = { amount: "5.000", currency: "OMR" };
      const deposit = await api.post("/wallets/salim/deposits", five, "d1");
      demandEqual("deposited", deposit.status, 201);
      demandEqual("again", await api.post("/wallets/salim/deposits", five, "d1"), deposit);
      const other = { amount: "6.000", currency: "OMR" };
      const reused = await api.post("/wallets/salim/deposits", other, "d1");
      demandEqual("another body", codeOf(reused), "422 idempotency-key-reused");
      const out = await api.post("/wallets/salim/withdrawals", five, "d1");
      demandEqual("another kind", codeOf(out), "422 idempotency-key-reused");
      const tooMuch = { amount: "15.001", currency: "OMR" };
      const refused = await api.post("/wallets/salim/withdrawals", tooMuch, "w1");
      demandEqual("too much", codeOf(refused), "422 insufficient-balance");
      await api.post("/wallets/salim/deposits", five, "d2");
      const later = await api.post("/wallets/salim/withdrawals", tooMuch, "w1");
      demandEqual("the same key when there would be enough", later, refused);
      const done = await api.post("/wallets/salim/withdrawals", tooMuch, "w2");
      demandEqual("another key", done.status, 201);
      demandEqual("left", await balanceOf(api, "salim"), "4.999");
    },
  },
  {
    claim: "a deposit that nobody could mean is refused, and takes no key",
    async check(api) {
      const one = { amount: "1.000", currency: "OMR" };
      const path = "/wallets/salim/deposits";
      demandEqual("no wallet", codeOf(await api.post(path, one, "d1")), "404 unknown-wallet");
      await open(api, "salim", "0.000");
      demandEqual("no key", codeOf(await api.post(path, one)), "400 idempotency-key-missing");
      const zero = await api.post(path, { ...one, amount: "0.000" }, "d2");
      demandEqual("zero", codeOf(zero), "400 malformed-amount");
      const fine = await api.post(path, { ...one, amount: "0.0001" }, "d3");
      demandEqual("four decimals", codeOf(fine), "400 malformed-amount");
      const note = await api.post(path, { ...one, note: "rent" }, "d4");
      demandEqual("a field too many", codeOf(note), "400 malformed-request");
      const dollars = await api.post(path, { amount: "1.00", currency: "USD" }, "d5");
      demandEqual("dollars", codeOf(dollars), "422 currency-mismatch");
      demandEqual("the first key", (await api.post(path, one, "d1")).status, 201);
      demandEqual("all that came in", await balanceOf(api, "salim"), "1.000");
    },
  },
  {
    claim: "what is no amount is refused wherever money is asked for, and nothing is rounded",
    async check(api) {
      await open(api, "salim", "10.000");
      await open(api, "fatma", "0.000");
      const asked = { senderWalletId: "salim", receiverWalletId: "fatma", currency: "OMR" };
      const { id } = await api.pay("p1", { ...asked, amount: "1.000" });
      const doors = {
        "/payments": asked,
        "/wallets/salim/deposits": { currency: "OMR" },
        "/wallets/salim/withdrawals": { currency: "OMR" },
        [`/payments/${id}/reversal`]: {},
      };
      for (const [path, body] of Object.entries(doors)) {
        for (const [index, amount] of NO_AMOUNTS.entries()) {
          const client = path === "/payments" ? api.as("owner", "salim") : api;
          const answer = await client.post(path, { ...body, amount }, `k${index}`);
          demandEqual(`${amount} at ${path}`, codeOf(answer), "400 malformed-amount");
        }
      }
      for (const funding of NO_AMOUNTS.filter((each) => !ZEROS.has(each))) {
        const answer = await api.post("/wallets", { id: "hind", funding, currency: "OMR" });
        demandEqual(`${funding} for funding`, codeOf(answer), "400 malformed-amount");
      }
      // Exact where a float would not be, and compared as numbers, not as words.
      const large = { ...asked, amount: "9007199254740.993" };
      demandEqual("large", outcomeOf(await api.pay("p2", large)), "FAILED insufficient_balance");
      const all = { ...asked, amount: "9.000" };
      demandEqual("all that is left", outcomeOf(await api.pay("p3", all)), "COMPLETED null");
      demandEqual("fatma's", await balanceOf(api, "fatma"), "10.000");
      const ten = { senderWalletId: "fatma", receiverWalletId: "salim", currency: "OMR" };
      const less = await api.pay("p4", { ...ten, amount: "9.999" });
      demandEqual("9.999 of 10.000", outcomeOf(less), "COMPLETED null");
      demandEqual("a baisa is left", await balanceOf(api, "fatma"), "0.001");
      const yen = { id: "yen", funding: "100", currency: "JPY" };
      demandEqual("without decimals", (await api.post("/wallets", yen)).status, 201);
      const part = await api.post("/wallets/yen/deposits", { amount: "1.0", currency: "JPY" }, "y");
      demandEqual("with one", codeOf(part), "400 malformed-amount");
    },
  },
  {
    claim: "a frozen wallet neither gives nor takes, and goes on when it is let go",
    async check(api) {
      await open(api, "salim", "10.000");
      await open(api, "fatma", "0.000");
      const one = { amount: "1.000", currency: "OMR" };
      const there = { senderWalletId: "salim", receiverWalletId: "fatma", ...one };
      const back = { senderWalletId: "fatma", receiverWalletId: "salim", ...one };
      const frozen = await api.post("/wallets/salim/freeze");
      demandEqual("frozen", frozen.status, 200);
      demandEqual("again", await api.post("/wallets/salim/freeze"), frozen);
      demandEqual("from it", outcomeOf(await api.pay("p1", there)), "FAILED frozen_wallet");
      demandEqual("to it", outcomeOf(await api.pay("p2", back)), "FAILED insufficient_balance");
      const deposit = await api.post("/wallets/salim/deposits", one, "d1");
      demandEqual("a deposit", codeOf(deposit), "422 frozen-wallet");
      demandEqual("let go", (await api.post("/wallets/salim/unfreeze")).status, 200);
      demandEqual("now", outcomeOf(await api.pay("p3", there)), "COMPLETED null");
      demandEqual("nobody", codeOf(await api.post("/wallets/no/freeze")), "404 unknown-wallet");
    },
  },
  {
    claim: "a wallet's entries come oldest first, page by page, and their chain recomputes",
    async check(api) {
      await open(api, "salim", "10.000");
      await open(api, "fatma", "0.000");
      const payment = { senderWalletId: "salim", receiverWalletId: "fatma", currency: "OMR" };
      for (const amount of ["1.000", "2.000", "3.000"]) {
        await api.pay(`p${amount}`, { ...payment, amount });
      }
      const first = await api.get("/wallets/salim/entries?limit=2");
      demandEqual("the first page", linesOf(first), ["credit 10.000", "debit 1.000"]);
      const next = field(first.body, "next");
      const second = await api.get(`/wallets/salim/entries?limit=2&after=${String(next)}`);
      demandEqual("the second", linesOf(second), ["debit 2.000", "debit 3.000"]);
      const rest = field(second.body, "next");
      const last = await api.get(`/wallets/salim/entries?limit=2&after=${String(rest)}`);
      demandEqual("the end", last.body, { entries: [], next: null });
      for (const query of ["limit=0", "limit=501", "limit=1&limit=2", "after=x", "after=-1"]) {
        const refused = await api.get(`/wallets/salim/entries?${query}`);
        demandEqual(query, codeOf(refused), "400 malformed-request");
      }
      demandEqual("the chain", plainly(await api.get("/ledger/verify")), {
        status: 200,
        // Salim's opening and three payments, an entry on each side.
        body: { holds: true, accounts: 3, entries: 8, faults: [] },
      });
    },
  },
  {
    claim:
      "a payment is given back in parts, never more than all of it, each part once for its key",
    async check(api) {
      await open(api, "salim", "10.000");
      await open(api, "fatma", "0.000");
      const parties = { senderWalletId: "salim", receiverWalletId: "fatma", currency: "OMR" };
      const paid = await api.pay("p1", { ...parties, amount: "5.000" });
      const failed = await api.pay("p2", { ...parties, amount: "50.000" });
      const path = `/payments/${paid.id}/reversal`;
      const part = await api.reverse(path, "r1", { amount: "2.000" });
      demandEqual("a part", outcomeOf(part), "COMPLETED null");
      const again = await api.reverse(path, "r1", { amount: "2.000" });
      demandEqual("the same part again", again.id, part.id);
      const other = await api.post(path, { amount: "1.000" }, "r1");
      demandEqual("another part by its key", codeOf(other), "422 idempotency-key-reused");
      const tooMuch = await api.post(path, { amount: "3.001" }, "r2");
      demandEqual("a baisa too much", codeOf(tooMuch), "422 reversal-exceeds-original");
      demandEqual("the rest", outcomeOf(await api.reverse(path, "r3", {})), "COMPLETED null");
      const more = await api.post(path, {}, "r4");
      demandEqual("more than the rest", codeOf(more), "422 reversal-exceeds-original");
      demandEqual("the sender has", await balanceOf(api, "salim"), "10.000");
      const view = await api.get(`/payments/${part.id}`);
      demandEqual("the link", field(view.body, "reverses"), paid.id);
      const ofFailed = await api.post(`/payments/${failed.id}/reversal`, {}, "r5");
      demandEqual("of a FAILED one", codeOf(ofFailed), "422 not-reversible");
      const ofReversal = await api.post(`/payments/${part.id}/reversal`, {}, "r6");
      demandEqual("of a reversal", codeOf(ofReversal), "422 not-reversible");
      const ofNone = await api.post("/payments/nothing/reversal", {}, "r7");
      demandEqual("of none", codeOf(ofNone), "404 unknown-payment");
      demandEqual("without a key", codeOf(await api.post(path, {})), "400 idempotency-key-missing");
    },
  },
  {
    claim: "two reversals of all of a payment at once give it back once",
    async check(api) {
      await open(api, "salim", "10.000");
      await open(api, "fatma", "10.000");
      const parties = { senderWalletId: "salim", receiverWalletId: "fatma", currency: "OMR" };
      const paid = await api.pay("p1", { ...parties, amount: "5.000" });
      const path = `/payments/${paid.id}/reversal`;
      const answers = await Promise.all([api.post(path, {}, "r1"), api.post(path, {}, "r2")]);
      const statuses = answers.map(({ status }) => status).toSorted((one, other) => one - other);
      demandEqual("the answers", statuses, [202, 422]);
    },
  },
  {
    claim: "payments are listed in the order of their acceptance, by status, party and time",
    async check(api) {
      await open(api, "salim", "10.000");
      await open(api, "fatma", "0.000");
      await open(api, "khalid", "0.000");
      const ids: string[] = [];
      for (const [receiverWalletId, amount] of [
        ["fatma", "1.000"],
        ["khalid", "2.000"],
        ["fatma", "50.000"],
        ["khalid", "3.000"],
      ] as const) {
        const payment = { senderWalletId: "salim", receiverWalletId, amount, currency: "OMR" };
        ids.push((await api.pay(`p${amount}`, payment)).id);
      }
      const [one, two, three, four] = ids;
      demandEqual("all", await idsOf(api, ""), ids);
      demandEqual("FAILED", await idsOf(api, "?status=FAILED"), [three]);
      demandEqual("khalid's", await idsOf(api, "?wallet=khalid"), [two, four]);
      demandEqual("salim's", await idsOf(api, "?wallet=salim&status=COMPLETED"), [one, two, four]);
      const first = await api.get("/payments?limit=3");
      const next = String(field(first.body, "next"));
      demandEqual("the second page", await idsOf(api, `?limit=3&after=${next}`), [four]);
      const second = await api.get(`/payments/${String(two)}`);
      const acceptedAtMs = String(field(second.body, "acceptedAtMs"));
      const later = await idsOf(api, `?createdAfter=${acceptedAtMs}`);
      demandEqual("later ones", later, [three, four]);
      for (const query of ["status=DONE", "wallet=a/b", "createdAfter=x", "after=x", "size=3"]) {
        const refused = await api.get(`/payments?${query}`);
        demandEqual(query, codeOf(refused), "400 malformed-request");
      }
    },
  },
  {
    claim: "a payment's timeline tells what happened to it, in order, and waiting ends with it",
    async check(api) {
      await open(api, "salim", "10.000");
      await open(api, "fatma", "0.000");
      const payment = { senderWalletId: "salim", receiverWalletId: "fatma", amount: "50.000" };
      const owner = api.as("owner", "salim");
      const asked = await owner.post("/payments", { ...payment, currency: "OMR" }, "p1");
      const id = String(field(asked.body, "id"));
      const ended = await api.get(`/payments/${id}?wait=9`);
      demandEqual("waited for", field(ended.body, "reason"), "insufficient_balance");
      const { body } = await api.get(`/payments/${id}/events`);
      const events = field(body, "events");
      const told = Array.isArray(events) ? events.map((event) => field(event, "what")) : [];
      demandEqual("what happened", told, ["accepted", "published", "failed"]);
      const times = Array.isArray(events)
        ? events.map((event) => Number(field(event, "atMs")))
        : [];
      const sorted = times.toSorted((one, other) => one - other);
      demandEqual("when", times, sorted);
      for (const wait of ["31", "-1", "x", "1.5"]) {
        const refused = await api.get(`/payments/${id}?wait=${wait}`);
        demandEqual(`wait=${wait}`, codeOf(refused), "400 malformed-request");
      }
      demandEqual("none", codeOf(await api.get("/payments/no/events")), "404 unknown-payment");
    },
  },
  {
    claim: "what agrees is reported as clean, with what was looked at",
    async check(api) {
      await open(api, "salim", "10.000");
      await open(api, "fatma", "0.000");
      const payment = { senderWalletId: "salim", receiverWalletId: "fatma", amount: "1.000" };
      await api.pay("p1", { ...payment, currency: "OMR" });
      const run = await api.post("/reconciliation/runs", {});
      demandEqual("the run", [run.status, field(run.body, "outcome")], [201, "clean"]);
      const looked = ["payments", "entries", "accounts", "breaks"];
      const counts = looked.map((name) => field(run.body, name));
      demandEqual("looked at", counts, [1, 4, 3, 0]);
      const runs = await api.get("/reconciliation/runs");
      demandEqual("the runs", field(runs.body, "runs"), [run.body]);
      demandEqual("breaks", (await api.get("/reconciliation/breaks")).body, NO_BREAKS);
      const scope = await api.post("/reconciliation/runs", { scope: "some" });
      demandEqual("a scope that is none", codeOf(scope), "400 malformed-request");
      const state = await api.get("/reconciliation/breaks?state=odd");
      demandEqual("a state that is none", codeOf(state), "400 malformed-request");
      const none = await api.post("/reconciliation/breaks/0/repair");
      demandEqual("no break", codeOf(none), "404 unknown-break");
    },
  },
  {
    claim: "a verdict that was lost is found, and mended by publishing it again",
    async check(api) {
      await open(api, "salim", "10.000");
      await open(api, "fatma", "0.000");
      const payment = { senderWalletId: "salim", receiverWalletId: "fatma", amount: "1.000" };
      const { id } = await api.pay("p1", { ...payment, currency: "OMR" });
      const back = "SET status = 'PENDING', settled_at_ms = NULL";
      await api.change(
        "payment",
        `UPDATE payments ${back}, accepted_at_ms = accepted_at_ms - 10000000`,
      );
      await api.change("payment", "DELETE FROM inbox");
      const run = await api.post("/reconciliation/runs", {});
      demandEqual("found", field(run.body, "breaks"), 1);
      const listed = await api.get("/reconciliation/breaks?state=open");
      const [found] = listIn(listed.body, "breaks");
      demandEqual("the break", classAndSubject(found), `STATUS_BEHIND payment ${id}`);
      const breakId = String(field(found, "id"));
      const repair = await api.post(`/reconciliation/breaks/${breakId}/repair`);
      demandEqual("published", [repair.status, listIn(repair.body, "events").length], [202, 2]);
      const settled = await api.get(`/payments/${id}?wait=9`);
      demandEqual("the payment", field(settled.body, "status"), "COMPLETED");
      demandEqual("moved once", await balanceOf(api, "fatma"), "1.000");
      const again = await api.post("/reconciliation/runs", {});
      demandEqual("the next run", field(again.body, "outcome"), "clean");
      const resolved = await api.get("/reconciliation/breaks?state=resolved");
      demandEqual("resolved", listIn(resolved.body, "breaks").length, 1);
    },
  },
  {
    claim: "a balance that somebody raised is found, not mended, and resolved by hand only",
    async check(api) {
      await open(api, "salim", "10.000");
      await api.change("wallet", "UPDATE wallets SET balance_minor = 10001 WHERE id = 'salim'");
      const run = await api.post("/reconciliation/runs", {});
      demandEqual("the run", field(run.body, "outcome"), "breaks");
      const drift = await api.get("/reconciliation/breaks?class=BALANCE_DRIFT");
      const [found] = listIn(drift.body, "breaks");
      const path = `/reconciliation/breaks/${String(field(found, "id"))}`;
      demandEqual("repair", codeOf(await api.post(`${path}/repair`)), "422 not-repairable");
      demandEqual("the balance", await balanceOf(api, "salim"), "10.001");
      const noNote = await api.post(`${path}/resolution`, {});
      demandEqual("without a note", codeOf(noNote), "400 malformed-request");
      const resolved = await api.post(`${path}/resolution`, { note: "a gift, says the bank" });
      demandEqual("with one", resolved.status, 200);
      const twice = await api.post(`${path}/resolution`, { note: "again" });
      demandEqual("twice", codeOf(twice), "404 unknown-break");
    },
  },
];

const NO_BREAKS = { breaks: [], next: null };

function classAndSubject(found: unknown): string {
  return `${String(field(found, "class"))} ${String(field(found, "subject"))}`;
}

function listIn(body: unknown, name: string): readonly unknown[] {
  const list = field(body, name);
  return Array.isArray(list) ? list : [];
}

async function idsOf(api: ApiStage, query: string): Promise<readonly unknown[]> {
  const payments = field((await api.get(`/payments${query}`)).body, "payments");
  return Array.isArray(payments) ? payments.map((payment) => field(payment, "id")) : [];
}

function linesOf({ body }: ClientAnswer): readonly string[] {
  const entries = field(body, "entries");
  return Array.isArray(entries)
    ? entries.map(
        (entry) => `${String(field(entry, "direction"))} ${String(field(entry, "amount"))}`,
      )
    : [];
}
