import type { Event, EventHead } from "../domain/events.ts";
import type { TraceContext } from "../domain/trace-context.ts";
import type { Entropy } from "../ports/entropy.ts";
import { SCOPES, type Verifier } from "../ports/verifier.ts";

/** Randomness that is always the same. */
export const fixedEntropy: Entropy = {
  uuid: () => "u1",
  traceBytes: (byteCount) => "ab".repeat(byteCount),
};

export const SAMPLE_TRACE: TraceContext = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  flags: 1,
  state: "rojo=00f067aa0ba902b7",
};

/** A verifier for whom everybody is the operator. */
export const openDoor: Verifier = {
  trouble: () => undefined,
  verify: async () => ({
    kind: "principal",
    principal: { id: "operator", scopes: new Set(SCOPES) },
  }),
};

/** What an event of that id has besides what it says. */
export function sampleHead(id: string): EventHead {
  return { id, atMs: 1_795_627_200_000, trace: SAMPLE_TRACE };
}

/** A payment that was accepted: a thousandth of a rial from salim to fatma, asked for by anwar. */
export function sampleCreated(
  id = "e1",
  paymentId = "p1",
): Extract<Event, { readonly type: "payment.created" }> {
  return {
    ...sampleHead(id),
    type: "payment.created",
    payment: {
      id: paymentId,
      senderWalletId: "salim",
      receiverWalletId: "fatma",
      money: { amountMinor: 1n, currency: "OMR" },
      orderedBy: "anwar",
      orderedAs: "owner",
    },
  };
}
