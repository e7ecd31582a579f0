import type { ClientOutcome } from "../plans/commands/client-event.ts";

/** An answer that promises something: neither none, nor one that something went wrong. */
export interface Told extends ClientOutcome {
  readonly status: number;
}

export function againstStatus({ status }: Told, right: number): string | undefined {
  return status === right ? undefined : `is answered ${status}, and ${right} is right`;
}
