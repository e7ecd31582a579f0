import { runStatement } from "../../system/database/transaction.ts";
import type { Database } from "../../system/ports/database.ts";
import { BREAK_CLASSES } from "../../system/reconciliation/break-classes.ts";
import { listBreaks, resolveBreak } from "../../system/reconciliation/break-records.ts";
import { countBreaks } from "../../system/reconciliation/count-breaks.ts";
import { reconcile } from "../../system/reconciliation/reconcile.ts";
import { beginRun, listRuns } from "../../system/reconciliation/run-records.ts";
import type { PlantedBreak } from "../faults/planted-breaks.ts";
import { BREAKS_AT_REST } from "./breaks-at-rest.ts";
import { demandEqual, type Claim } from "./claim.ts";
import { carry, ordinaryDay, pay, type DayIds, type DayStage } from "./ordinary-day.ts";

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
  ...BREAKS_AT_REST.map((planted): Claim<DayStage> => ({
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
  {
    claim: "while a run is under way another is not begun, and changes nothing",
    async check(stage) {
      await ordinaryDay(stage);
      const raise = "UPDATE wallets SET balance_minor = balance_minor + 1 WHERE id = 'salim'";
      await change(stage, "wallet", raise);
      const goOn = Promise.withResolvers<void>();
      const isReading = Promise.withResolvers<void>();
      const held = onConnect(stage.wallet, async () => {
        isReading.resolve();
        await goOn.promise;
      });
      const first = runOver({ ...stage, wallet: held }, "news");
      await isReading.promise;
      demandEqual("another", await reconcileOn(stage, "everything"), undefined);
      demandEqual("so far", await breaksIn(stage, "open"), []);
      goOn.resolve();
      demandEqual("the first", (await first).outcome, "breaks");
      const after = await runOver(stage, "news");
      demandEqual("after it", [after.outcome, after.failure], ["breaks", null]);
      demandEqual("runs", (await listRuns(stage.reconciliation, 10)).length, 2);
    },
  },
  {
    claim: "a run whose process ended is said to have failed by the next one",
    async check(stage) {
      const run = { id: "r", startedBy: "demand", atMs: 1 } as const;
      await beginRun(stage.reconciliation, run);
      await runOver(stage, "news");
      const runs = await listRuns(stage.reconciliation, 10);
      const outcomes = runs.map(({ outcome, failure }) => [outcome, failure]);
      const expected = [
        ["clean", null],
        ["failed", "its process ended before it did"],
      ];
      demandEqual("the runs, newest first", outcomes, expected);
    },
  },
  ...(["payment", "wallet"] as const).map((side): Claim<DayStage> => ({
    claim: `R13: another database in the place of ${side}'s fails the run, though nothing is written there`,
    async check(stage) {
      await ordinaryDay(stage);
      await runOver(stage, "news");
      await change(stage, side, "UPDATE schema_migrations SET applied_at_ms = applied_at_ms + 1");
      const run = await runOver(stage, "news");
      demandEqual(
        "the outcome",
        [run.outcome, run.failure],
        [
          "failed",
          `VACUOUS_RUN: the ${side} database is another one than that of the run before, or was set back`,
        ],
      );
    },
  })),
  {
    claim: "R13: a payment that was not looked at fails the run, though one from before was",
    async check(stage) {
      const { p4 } = await ordinaryDay(stage);
      await runOver(stage, "news");
      const older = "UPDATE payments SET accepted_at_ms = accepted_at_ms - 1000000 WHERE id = ";
      await change(stage, "payment", `${older}'${p4}'`);
      await pay(stage, "p5", "salim", "fatma", "0.002");
      const run = await runOver({ ...stage, payment: losing(stage.payment, "payments-written") });
      demandVacuous(run, "there are 1 payments that were written, and 0 were examined");
    },
  },
  {
    claim: "R13: so do a decision, an account and money from outside that were not looked at",
    async check(stage) {
      await ordinaryDay(stage);
      for (const [label, failure] of [
        ["decisions-written", "there are 4 decisions that were written, and 3 were examined"],
        ["accounts", "there are 4 accounts, and 3 were examined"],
        [
          "externals-written",
          "there are 4 external transfers that were written, and 3 were examined",
        ],
      ] as const) {
        demandVacuous(await runOver({ ...stage, wallet: losing(stage.wallet, label) }), failure);
      }
      demandEqual("with nothing lost", (await runOver(stage)).outcome, "clean");
    },
  },
];

function demandVacuous(run: Awaited<ReturnType<typeof runOver>>, failure: string): void {
  demandEqual("the run", [run.outcome, run.failure], ["failed", `VACUOUS_RUN: ${failure}`]);
}

/** A database of which each connection is waited for. */
function onConnect(database: Database, wait: () => Promise<void>): Database {
  return {
    ...database,
    async connect(purpose) {
      await wait();
      return database.connect(purpose);
    },
  };
}

/** A database of which the last row of a statement never arrives. */
function losing(database: Database, label: string): Database {
  return {
    ...database,
    async connect(purpose) {
      const connection = await database.connect(purpose);
      return {
        ...connection,
        async query(statement) {
          const result = await connection.query(statement);
          return statement.label === label ? { ...result, rows: result.rows.slice(0, -1) } : result;
        },
      };
    },
  };
}

async function findsExactly(stage: DayStage, planted: PlantedBreak<DayIds>): Promise<void> {
  const ids = await ordinaryDay(stage);
  for (const [service, sql] of planted.statements(ids)) {
    await change(stage, service, sql);
  }
  const run = await runOver(stage, "news");
  demandEqual("the outcome", [run.outcome, run.failure], ["breaks", null]);
  demandEqual("the breaks", await breaksIn(stage, "open"), [...planted.reports(ids)].toSorted());
}

/** @throws Error when another run is under way */
async function runOver(stage: DayStage, scope: "news" | "everything" = "news") {
  const run = await reconcileOn(stage, scope);
  if (run === undefined) {
    throw new Error("expected a run, found that another is under way");
  }
  return run;
}

function reconcileOn(stage: DayStage, scope: "news" | "everything") {
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
  return breaks.map((each) => `${each.class} ${each.subject}`).toSorted();
}

function queryFor(state: string) {
  return { state, class: undefined, after: { foundAtMs: 0, id: "" }, limit: 100 };
}
