import { Counter, Gauge, Registry } from "prom-client";
import { nullableTextColumn, textColumn } from "../database/row.ts";
import { runStatement } from "../database/transaction.ts";
import type { Clock } from "../ports/clock.ts";
import type { Database } from "../ports/database.ts";
import { passes } from "../ports/passes.ts";
import type { Telemetry } from "../ports/telemetry.ts";
import { countBreaks } from "../reconciliation/count-breaks.ts";
import type { ServiceName } from "./services.ts";

/** What a process counts, and what it reads from its databases when it is asked. */
export interface Metrics {
  /** The same telemetry, with what happens counted. */
  readonly counting: (telemetry: Telemetry) => Telemetry;
  /**
   * All of it in Prometheus's text format. What a database says is missing while it is away, and
   * `falconpay_database_up` is 0.
   */
  read(): Promise<string>;
}

/** PostgreSQL's `deadlock_detected`. */
const DEADLOCK = "40P01";

/** A database of this process, by the service that has it. */
export interface MeasuredDatabase {
  readonly service: ServiceName;
  readonly database: Database;
}

/** The metrics of one process; `databases` are those of its services. */
export function createMetrics(clock: Clock, databases: readonly MeasuredDatabase[]): Metrics {
  const registers = [new Registry()];
  const [registry] = registers;
  const counter = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
  ) => new Counter({ name, help, labelNames: [...labelNames], registers });
  const gauge = (name: string, help: string) =>
    new Gauge({ name, help, labelNames: ["service"], registers });

  const settled = counter(
    "falconpay_payments_settled_total",
    "Payments that became terminal here, by status and reason.",
    ["status", "reason"],
  );
  const events = counter(
    "falconpay_events_total",
    "What this process said: messages taken in, duplicates, retries, outages.",
    ["event"],
  );
  const retries = counter(
    "falconpay_retries_total",
    "What failed and is tried again, a transaction at once or a message later, by SQLSTATE.",
    ["code"],
  );
  const duplicates = counter(
    "falconpay_inbox_duplicates_total",
    "Events that came again after they were taken in: they changed nothing.",
    [],
  );
  const deadlocks = counter(
    "falconpay_deadlocks_total",
    "Transactions that the database ended to resolve a deadlock.",
    ["transaction"],
  );
  const pending = gauge("falconpay_outbox_pending", "Events that are in the outbox, unsent.");
  const oldest = gauge(
    "falconpay_outbox_oldest_age_seconds",
    "Since the oldest unsent event was appended; zero when there is none.",
  );
  const letters = gauge("falconpay_dead_letters", "Messages that were not taken in: set aside.");
  const dead = gauge(
    "falconpay_outbox_dead_letters",
    "Events that the broker refuses for good: what has their keys waits.",
  );
  const unsettled = gauge("falconpay_payments_pending", "Payments that have no verdict yet.");
  const inFlight = gauge(
    "falconpay_in_flight_oldest_age_seconds",
    "Since the oldest PENDING payment was accepted; zero when there is none.",
  );

  const up = gauge("falconpay_database_up", "1 when the database answered just now, otherwise 0.");
  const breaks = new Gauge({
    name: "falconpay_breaks",
    help: "What reconciliation has found not to agree, by class and state.",
    labelNames: ["class", "state"],
    registers,
  });
  const oldestBreak = new Gauge({
    name: "falconpay_breaks_oldest_age_seconds",
    help: "Since the oldest open break of the class was found; zero when there is none.",
    labelNames: ["class"],
    registers,
  });

  const ageSeconds = (sinceMs: string | null): number =>
    sinceMs === null ? 0 : Math.max(0, clock.nowMs() - Number(sinceMs)) / 1_000;

  const measure = async (service: ServiceName, database: Database): Promise<void> => {
    if (service === "reconciliation") {
      for (const found of await countBreaks(database)) {
        breaks.set({ class: found.class, state: "open" }, found.open);
        breaks.set({ class: found.class, state: "resolved" }, found.resolved);
        oldestBreak.set({ class: found.class }, ageSeconds(found.oldestOpenMs));
      }
      return;
    }
    const unsent = await readOutbox(database);
    pending.set({ service }, unsent.count);
    oldest.set({ service }, ageSeconds(unsent.oldestMs));
    dead.set({ service }, unsent.dead);
    letters.set({ service }, await countLetters(database));
    if (service === "payment") {
      const unsettledNow = await readPending(database);
      unsettled.set({ service }, unsettledNow.count);
      inFlight.set({ service }, ageSeconds(unsettledNow.oldestMs));
    }
  };

  return {
    counting: (telemetry) => ({
      event(name, detail) {
        telemetry.event(name, detail);
        events.inc({ event: name });
        if (name === "transaction.retry" || name === "inbox.retry") {
          retries.inc({ code: String(detail["code"]) });
        }
        if (name.startsWith("transaction.") && detail["code"] === DEADLOCK) {
          deadlocks.inc({ transaction: String(detail["transaction"]) });
        }
        if (name === "inbox.duplicate") {
          duplicates.inc();
        }
        if (name === "settle.done") {
          settled.inc({ status: String(detail["status"]), reason: String(detail["reason"]) });
        }
      },
    }),
    async read() {
      [pending, oldest, dead, letters, unsettled, inFlight, breaks, oldestBreak].forEach((each) =>
        each.reset(),
      );
      for (const { service, database } of databases) {
        try {
          await measure(service, database);
          up.set({ service }, 1);
        } catch (error) {
          if (!passes(error)) {
            throw error;
          }
          up.set({ service }, 0);
        }
      }
      return registry === undefined ? "" : registry.metrics();
    },
  };
}

async function readOutbox(
  database: Database,
): Promise<{ readonly count: number; readonly dead: number; readonly oldestMs: string | null }> {
  const { rows } = await runStatement(database, "measure", {
    label: "outbox",
    sql: `SELECT count(*) AS pending, count(dead_at_ms) AS dead,
            min(appended_at_ms) AS oldest_ms FROM outbox
          WHERE sent_at_ms IS NULL`,
  });
  const [row] = rows;
  return row === undefined
    ? { count: 0, dead: 0, oldestMs: null }
    : {
        count: Number(textColumn(row, "pending")),
        dead: Number(textColumn(row, "dead")),
        oldestMs: nullableTextColumn(row, "oldest_ms"),
      };
}

async function countLetters(database: Database): Promise<number> {
  const { rows } = await runStatement(database, "measure", {
    label: "dead-letters",
    sql: "SELECT count(*) AS letters FROM dead_letters",
  });
  return rows[0] === undefined ? 0 : Number(textColumn(rows[0], "letters"));
}

async function readPending(
  database: Database,
): Promise<{ readonly count: number; readonly oldestMs: string | null }> {
  const { rows } = await runStatement(database, "measure", {
    label: "pending",
    sql: `SELECT count(*) AS payments, min(accepted_at_ms) AS oldest_ms
          FROM payments WHERE status = 'PENDING'`,
  });
  const [row] = rows;
  return row === undefined
    ? { count: 0, oldestMs: null }
    : {
        count: Number(textColumn(row, "payments")),
        oldestMs: nullableTextColumn(row, "oldest_ms"),
      };
}
