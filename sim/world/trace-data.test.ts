import { expect, it } from "vitest";
import type { Mutant } from "../../scenarios/mutants/mutant.ts";
import { runPlan } from "../../scenarios/runs/run-plan.ts";
import { samplePlan, sampleTransfer } from "../../scenarios/testing/sample-plan.ts";
import { relayOutbox } from "../../system/outbox/relay.ts";
import { acceptPayments } from "../../system/payment/accept.ts";
import { settlePayments } from "../../system/payment/settle.ts";
import { transferMoney } from "../../system/wallet/transfer.ts";
import { compareTraces } from "../kernel/compare-traces.ts";
import type { TraceRecord } from "../kernel/trace.ts";
import { createSimulatedWorld } from "./world.ts";

/** Each does the very same steps as the services, with another value in one of them. */
const VARIANTS: readonly (readonly [string, Mutant["parts"], RegExp])[] = [
  [
    "stores another amount",
    () => ({
      transfer: (ports, events) =>
        transferMoney(
          ports,
          events.map((event) => {
            const { payment } = event;
            const money = { ...payment.money, amountMinor: payment.money.amountMinor + 1n };
            return { ...event, payment: { ...payment, money } };
          }),
        ),
    }),
    /one .*4000.*other .*4001/s,
  ],
  [
    "stores another reason",
    () => ({
      settle: (ports, verdicts) =>
        settlePayments(
          ports,
          verdicts.map((verdict) =>
            verdict.type === "payment.failed" ? { ...verdict, reason: "same_wallet" } : verdict,
          ),
        ),
    }),
    /one .*insufficient_balance.*other .*same_wallet/s,
  ],
  [
    "sends another payload",
    () => ({
      relay({ producer, ...ports }, settings) {
        const spaced: typeof producer = {
          ...producer,
          send: (records) =>
            producer.send(records.map((record) => ({ ...record, value: `${record.value} ` }))),
        };
        return relayOutbox({ ...ports, producer: spaced }, settings);
      },
    }),
    /both .*request {2}payment-1.*one .*\}"\S*\n.*other .*\} "/s,
  ],
  [
    "answers another body",
    () => ({
      async accept(ports, requests) {
        const acceptances = await acceptPayments(ports, requests);
        return acceptances.map((each) =>
          each.kind === "accepted" ? { ...each, paymentId: "other" } : each,
        );
      },
    }),
    /other .*reply {2}main[^\n]*"id":"other"/s,
  ],
];

it.each(VARIANTS)(
  "a service that %s leaves another hash, and the trace shows it",
  async (...row) => {
    const [, parts, shows] = row;
    const [shipped, variant] = [await traceWith(undefined), await traceWith(parts)];
    expect(variant.hash).not.toBe(shipped.hash);
    expect(compareTraces(shipped, variant)?.text).toMatch(shows);
    expect(labels(variant)).toEqual(labels(shipped));
  },
);

it("leaves the same hash whether its events are kept or not", async () => {
  const outcome = await runPlan(await createSimulatedWorld(), plan);
  expect(outcome.traceHash).toBe((await traceWith(undefined)).hash);
});

/** Salim holds 10 OMR: the first transfer is possible, the second is not. */
const plan = samplePlan({
  commands: [
    sampleTransfer({ idempotencyKey: "p1", amount: "4.000" }),
    sampleTransfer({ idempotencyKey: "p2", amount: "50.000", atMs: 300 }),
  ],
});

async function traceWith(parts: Mutant["parts"] | undefined): Promise<TraceRecord> {
  const traces: TraceRecord[] = [];
  const onTrace = (trace: TraceRecord) => void traces.push(trace);
  const world = await createSimulatedWorld(parts === undefined ? { onTrace } : { onTrace, parts });
  await runPlan(world, plan);
  const [trace] = traces;
  if (trace === undefined) {
    throw new Error("a run leaves a trace");
  }
  return trace;
}

/**
 * All but the data: what the hash saw of a run when it saw no data. What a service says of itself
 * is left out, since it says the data in its words.
 */
function labels({ events }: TraceRecord): readonly string[] {
  return events
    .filter(({ kind }) => kind !== "telemetry")
    .map(({ atUs, step, kind, actor, text, detail }) =>
      [atUs, step, kind, actor, text, detail].join(" "),
    );
}
