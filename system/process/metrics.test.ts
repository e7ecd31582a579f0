import { expect, it } from "vitest";
import { createMetrics } from "./metrics.ts";

it("counts what is tried again by its code, at once or later, and deadlocks by themselves", async () => {
  const metrics = createMetrics({ nowMs: () => 0, async sleep() {} }, []);
  const telemetry = metrics.counting({ event() {} });
  telemetry.event("transaction.retry", { transaction: "transfer", code: "40P01", runs: 1 });
  telemetry.event("transaction.given-up", { transaction: "transfer", code: "40P01", runs: 3 });
  telemetry.event("transaction.retry", { transaction: "settle", code: "40001", runs: 1 });
  telemetry.event("inbox.retry", { code: "connection", attempts: 1 });
  const text = await metrics.read();
  expect(text).toContain('falconpay_retries_total{code="40P01"} 1');
  expect(text).toContain('falconpay_retries_total{code="40001"} 1');
  expect(text).toContain('falconpay_retries_total{code="connection"} 1');
  expect(text).toContain('falconpay_deadlocks_total{transaction="transfer"} 2');
  expect(text).not.toContain('falconpay_deadlocks_total{transaction="settle"}');
});
