import { expect, it } from "vitest";
import { credentialsOf } from "../../scenarios/plans/callers.ts";
import { samplePlan } from "../../scenarios/testing/sample-plan.ts";
import type { ClientAnswer, Universe } from "../../scenarios/world.ts";
import { createSimulatedWorld } from "./world.ts";

/** Runs one payment, and answers what the payment service's process says afterwards. */
async function askedAfterOnePayment(path: string): Promise<ClientAnswer> {
  const { value } = await (
    await createSimulatedWorld()
  ).run(samplePlan({ wallets: [] }), async (universe) => {
    await universe.heal(60_000);
    for (const id of ["salim", "fatma"]) {
      await post(universe, "wallet-1", "/wallets", { id, funding: "10.000", currency: "OMR" });
    }
    const parties = { senderWalletId: "salim", receiverWalletId: "fatma", currency: "OMR" };
    await post(universe, "payment-1", "/payments", { ...parties, amount: "1.000" });
    await universe.sleep(5_000);
    return universe.request("payment-1", { method: "GET", path, headers: {} });
  });
  return value;
}

function post(
  universe: Universe,
  process: string,
  path: string,
  body: Readonly<Record<string, string>>,
): Promise<ClientAnswer> {
  const headers = { ...credentialsOf("operator", ""), "idempotency-key": "k1" };
  return universe.request(process, { method: "POST", path, headers, body });
}

it("GET /healthz and /readyz say that all is well", async () => {
  expect(await askedAfterOnePayment("/healthz")).toMatchObject({ status: 200, body: { ok: true } });
  expect(await askedAfterOnePayment("/readyz")).toMatchObject({
    status: 200,
    body: { troubles: [] },
  });
});

it("GET /metrics counts in Prometheus's format what happened", async () => {
  const { status, body } = await askedAfterOnePayment("/metrics");
  expect(status).toBe(200);
  const lines = String(body).split("\n");
  expect(lines).toContain('falconpay_payments_settled_total{status="COMPLETED",reason=""} 1');
  expect(lines).toContain('falconpay_payments_pending{service="payment"} 0');
  expect(lines).toContain('falconpay_outbox_pending{service="payment"} 0');
  expect(lines).toContain('falconpay_dead_letters{service="payment"} 0');
  expect(lines).toContain('falconpay_in_flight_oldest_age_seconds{service="payment"} 0');
  expect(lines).toContain('falconpay_events_total{event="inbox.done"} 1');
});

it("GET /openapi.json tells every route that clients may ask", async () => {
  const { status, body } = await askedAfterOnePayment("/openapi.json");
  expect(status).toBe(200);
  expect(body).toMatchObject({
    openapi: "3.1.0",
    paths: {
      "/payments": { get: expect.anything(), post: expect.anything() },
      "/payments/{id}": { get: expect.anything() },
      "/payments/{id}/events": { get: expect.anything() },
      "/payments/{id}/reversal": { post: expect.anything() },
    },
  });
});
