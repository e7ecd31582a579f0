import { runStatement } from "../../system/database/transaction.ts";
import { BREAK_CLASSES } from "../../system/reconciliation/break-classes.ts";
import { listBreaks, resolveBreak } from "../../system/reconciliation/break-records.ts";
import { countBreaks } from "../../system/reconciliation/count-breaks.ts";
import { reconcile } from "../../system/reconciliation/reconcile.ts";
import { demandEqual, type Claim } from "./claim.ts";
import { carry, ordinaryDay, pay, type DayStage } from "./ordinary-day.ts";
import { PLANTED_BREAKS, type PlantedBreak } from "./planted-breaks.ts";

const LIMITS = { pendingMs: 60_000, lostMs: 10_000_000 };

/** What the reconciliation engine is relied on for, each on databases of its own. */
export const reconciliationContract: readonly Claim<DayStage>[] = [
  {
    claim: "an ordinary day agrees, and was looked at",
    async check(stage) {
      await ordinaryDay(stage);
      const run = await runOver(stage, "news");
      demandEqual("the outcome", [run.outcome, run.failure], ["clean", null]);
      // Four payments and a reversal; three openings of which one brought nothing.
      demandEqual("payments", run.payments, 5);
      demandEqual("accounts, with what is outside", run.accounts, 4);
      demandEqual("entries", run.entries, 14);
      demandEqual("settled", run.inFlight?.count, 4);
    },
  },
  {
    claim: "a second run looks at what is new only, and at what was not over",
    async check(stage) {
      await ordinaryDay(stage);
      await runOver(stage, "news");
      const second = await runOver(stage, "news");
      demandEqual("entries", [second.outcome, second.entries], ["clean", 0]);
      await carry(stage);
      await pay(stage, "p5", "salim", "fatma", "0.002");
      await carry(stage);
      const third = await runOver(stage, "news");
      demandEqual("the new ones", [third.outcome, third.entries], ["clean", 4]);
      const all = await runOver(stage, "everything");
      demandEqual("all of them", [all.outcome, all.payments, all.entries], ["clean", 6, 18]);
    },
  },
  ...PLANTED_BREAKS.map((planted): Claim<DayStage> => ({
    claim: `finds ${planted.name}, and nothing else`,
    check: (stage) => findsExactly(stage, planted),
  })),
  {
    claim: "a break stays open while it is seen, and is resolved when it agrees again, or by hand",
    async check(stage) {
      await ordinaryDay(stage);
      const raise = "UPDATE wallets SET balance_minor = balance_minor + 1 WHERE id = 'salim'";
      await change(stage, "wallet", raise);
      await runOver(stage, "news");
      await runOver(stage, "news");
      const open = await breaksIn(stage, "open");
      demandEqual("open", open, ["BALANCE_DRIFT account salim", "CONSERVATION currency OMR"]);
      const lower = "UPDATE wallets SET balance_minor = balance_minor - 1 WHERE id = 'salim'";
      await change(stage, "wallet", lower);
      const clean = await runOver(stage, "news");
      demandEqual("after it was mended", clean.outcome, "clean");
      demandEqual("open", await breaksIn(stage, "open"), []);
      await change(stage, "wallet", raise);
      await runOver(stage, "news");
      const [again] = await listBreaks(stage.reconciliation, queryFor("open"));
      const isResolved = await resolveBreak(stage.reconciliation, again?.id ?? "", "asked", 1);
      demandEqual("resolved by hand", isResolved, true);
      demandEqual("left open", (await breaksIn(stage, "open")).length, 1);
    },
  },
  {
    claim: "breaks are counted by class and state, with the oldest that is open",
    async check(stage) {
      await ordinaryDay(stage);
      const raise = "UPDATE wallets SET balance_minor = balance_minor + 1 WHERE id = 'salim'";
      await change(stage, "wallet", raise);
      await runOver(stage, "news");
      const breaks = await listBreaks(stage.reconciliation, queryFor("open"));
      const drift = breaks.find((each) => each.class === "BALANCE_DRIFT");
      const other = breaks.find((each) => each.class === "CONSERVATION");
      await resolveBreak(stage.reconciliation, other?.id ?? "", "asked", 1);
      const counted = await countBreaks(stage.reconciliation);
      demandEqual(
        "those of which there are some",
        counted.filter(({ open, resolved }) => open + resolved > 0),
        [
          { class: "BALANCE_DRIFT", open: 1, resolved: 0, oldestOpenMs: String(drift?.foundAtMs) },
          { class: "CONSERVATION", open: 0, resolved: 1, oldestOpenMs: null },
        ],
      );
      demandEqual("classes", counted.length, Object.keys(BREAK_CLASSES).length);
    },
  },
  {
    claim: "a source that cannot be read fails the run, and the next one looks again",
    async check(stage) {
      await ordinaryDay(stage);
      await change(stage, "wallet", "ALTER TABLE wallets RENAME TO hidden");
      const failed = await runOver(stage, "news");
      demandEqual("the outcome", failed.outcome, "failed");
      await change(stage, "wallet", "ALTER TABLE hidden RENAME TO wallets");
      const next = await runOver(stage, "news");
      demandEqual("the next", [next.outcome, next.payments], ["clean", 5]);
    },
  },
];

async function findsExactly(stage: DayStage, planted: PlantedBreak): Promise<void> {
  const ids = await ordinaryDay(stage);
  for (const [service, sql] of planted.statements(ids)) {
    await change(stage, service, sql);
  }
  const run = await runOver(stage, "news");
  demandEqual("the outcome", [run.outcome, run.failure], ["breaks", null]);
  demandEqual("the breaks", await breaksIn(stage, "open"), [...planted.reports(ids)].toSorted());
}

function runOver(stage: DayStage, scope: "news" | "everything") {
  const { payment, wallet, reconciliation: database, clock, entropy } = stage;
  return reconcile(
    { database, sources: { payment, wallet }, clock, entropy },
    { startedBy: "demand", limits: LIMITS, scope },
  );
}

async function change(stage: DayStage, service: "payment" | "wallet", sql: string): Promise<void> {
  await runStatement(stage[service], "plant", { label: "plant", sql });
}

async function breaksIn(stage: DayStage, state: string): Promise<readonly string[]> {
  const breaks = await listBreaks(stage.reconciliation, queryFor(state));
  return breaks
    .map((each) => `${each.class} ${each.subject.replace(/^(external transfer) .{30,}$/, "$1 *")}`)
    .toSorted();
}

function queryFor(state: string) {
  return { state, class: undefined, after: { foundAtMs: 0, id: "" }, limit: 100 };
}
