import { fieldIn } from "../books/client-book.ts";
import type { Refusal } from "../model/refusals.ts";
import type { ClientOutcome } from "../plans/commands/client-event.ts";

/** An answer, of whatever kind. */
export interface Told extends ClientOutcome {
  readonly status: number;
}

export function againstStatus({ status }: Told, right: number): string | undefined {
  return status === right ? undefined : `is answered ${status}, and ${right} is right`;
}

/** A refusal says with its status and its code why. */
export function againstRefusal(told: Told, { status, code }: Refusal): string | undefined {
  const said = codeIn(told);
  return (
    againstStatus(told, status) ??
    (said === code ? undefined : `is refused as ${said}, and ${code} is right`)
  );
}

/** The code of a problem. */
export function codeIn({ body }: ClientOutcome): string | undefined {
  return fieldIn(body, "title");
}

/** What is refused, or goes wrong, is answered with problem details (RFC 9457). */
export function againstForm(told: Told): string | undefined {
  const { status, headers, body } = told;
  if (status < 400) {
    return undefined;
  }
  const isProblem =
    (headers["content-type"] ?? "").startsWith("application/problem+json") &&
    fieldIn(body, "type") === `urn:falconpay:problem:${codeIn(told)}` &&
    fieldIn(body, "status") === String(status) &&
    (fieldIn(body, "detail") ?? "") !== "";
  return isProblem ? undefined : `is answered ${status}, and not with problem details`;
}
