import { expect, it } from "vitest";
import { databaseError, scriptedDatabase } from "../testing/scripted-database.ts";
import { createMetrics } from "./metrics.ts";

it("counts what is tried again by its code, at once or later, and deadlocks by themselves", async () => {
  const metrics = createMetrics({ nowMs: () => 0, async sleep() {} }, []);
  const telemetry = metrics.counting({ event() {} });
  telemetry.event("transaction.retry", { transaction: "transfer", code: "40P01", runs: 1 });
  telemetry.event("transaction.given-up", { transaction: "transfer", code: "40P01", runs: 3 });
  telemetry.event("transaction.retry", { transaction: "settle", code: "40001", runs: 1 });
  telemetry.event("inbox.retry", { code: "connection", attempts: 1 });
  expect(await metrics.read()).toContain("falconpay_inbox_duplicates_total 0");
  telemetry.event("inbox.duplicate", { eventId: "e1" });
  const text = await metrics.read();
  expect(text).toContain('falconpay_retries_total{code="40P01"} 1');
  expect(text).toContain('falconpay_retries_total{code="40001"} 1');
  expect(text).toContain('falconpay_retries_total{code="connection"} 1');
  expect(text).toContain('falconpay_deadlocks_total{transaction="transfer"} 2');
  expect(text).not.toContain('falconpay_deadlocks_total{transaction="settle"}');
  expect(text).toContain("falconpay_inbox_duplicates_total 1");
});

const clock = { nowMs: () => 90_000, async sleep() {} };

it("says how many breaks there are, by class and state, and how old the oldest is", async () => {
  const rows = [
    { class: "BALANCE_DRIFT", state: "open", breaks: "2", oldest_ms: "30000" },
    { class: "BALANCE_DRIFT", state: "resolved", breaks: "1", oldest_ms: "10000" },
  ];
  const database = scriptedDatabase(() => ({ rows }));
  const lines = (
    await createMetrics(clock, [{ service: "reconciliation", database }]).read()
  ).split("\n");
  expect(lines).toContain('falconpay_breaks{class="BALANCE_DRIFT",state="open"} 2');
  expect(lines).toContain('falconpay_breaks{class="BALANCE_DRIFT",state="resolved"} 1');
  expect(lines).toContain('falconpay_breaks_oldest_age_seconds{class="BALANCE_DRIFT"} 60');
  expect(lines).toContain('falconpay_breaks{class="TAMPER",state="open"} 0');
});

it("says how many payments have no verdict, and since when the oldest has waited", async () => {
  const rows = [{ pending: "0", dead: "0", letters: "0", payments: "2", oldest_ms: "30000" }];
  const database = scriptedDatabase(() => ({ rows }));
  const lines = (await createMetrics(clock, [{ service: "payment", database }]).read()).split("\n");
  expect(lines).toContain('falconpay_payments_pending{service="payment"} 2');
  expect(lines).toContain('falconpay_in_flight_oldest_age_seconds{service="payment"} 60');
});

it("answers while a database is away, with what it knows and that it is away", async () => {
  let isAway = false;
  const rows = [{ pending: "3", dead: "1", oldest_ms: null, letters: "0" }];
  const database = scriptedDatabase(() => (isAway ? databaseError("unknown") : { rows }));
  const metrics = createMetrics(clock, [{ service: "wallet", database }]);
  metrics.counting({ event() {} }).event("inbox.done", {});
  const before = await metrics.read();
  expect(before).toContain('falconpay_outbox_pending{service="wallet"} 3');
  expect(before).toContain('falconpay_outbox_dead_letters{service="wallet"} 1');
  isAway = true;
  const lines = (await metrics.read()).split("\n");
  expect(lines).toContain('falconpay_database_up{service="wallet"} 0');
  expect(lines).toContain('falconpay_events_total{event="inbox.done"} 1');
  expect(lines.filter((line) => line.startsWith("falconpay_outbox_pending{"))).toEqual([]);
});
