import { problem } from "../http/problem.ts";
import type { Clock } from "../ports/clock.ts";
import type { Database } from "../ports/database.ts";
import type { HttpRequest, HttpResponse } from "../ports/server.ts";
import type { Principal } from "../ports/verifier.ts";
import { findPayment, isShownTo, type RecordedPayment } from "./records.ts";

/** The longest that a client may ask one to wait, in seconds. */
export const WAIT_S_MAX = 30;
const POLL_MS = 100;

export type Wait =
  | { readonly kind: "wait"; readonly waitMs: number }
  | { readonly kind: "refused"; readonly response: HttpResponse };

/** Reads `?wait=`, in whole seconds; none is no wait. */
export function readWaitMs({ queryParameters }: HttpRequest): Wait {
  const { wait: waits = ["0"] } = queryParameters;
  const [wait = ""] = waits;
  if (waits.length > 1 || !/^[0-9]{1,2}$/.test(wait) || Number(wait) > WAIT_S_MAX) {
    const detail = `wait: expected whole seconds from 0 to ${WAIT_S_MAX}`;
    return { kind: "refused", response: problem(400, "malformed-request", detail) };
  }
  return { kind: "wait", waitMs: Number(wait) * 1_000 };
}

/**
 * The payment as it is when it is terminal, or when the time is over. It asks again and again: the
 * verdict may be applied by another process. Undefined where it is not there, or is not shown.
 *
 * @throws DatabaseError
 */
export async function terminalWithin(
  ports: { readonly database: Database; readonly clock: Clock },
  paymentId: string,
  principal: Principal,
  waitMs: number,
): Promise<RecordedPayment | undefined> {
  // Counted in sleeps: the clock may be set meanwhile, forward or back.
  for (let leftMs = waitMs; ; leftMs -= POLL_MS) {
    const payment = await findPayment(ports.database, paymentId);
    // Nobody waits for what they are not shown.
    if (payment === undefined || !isShownTo(payment, principal)) {
      return undefined;
    }
    if (payment.status !== "PENDING" || leftMs <= 0) {
      return payment;
    }
    await ports.clock.sleep(Math.min(POLL_MS, leftMs));
  }
}
