/** What a service says about itself while it runs. */
export interface Telemetry {
  /** Something worth a line: `name` is one of `LINES`, `detail` has plain values. */
  event(name: LineName, detail: Readonly<Record<string, string | number>>): void;
}

export type LineName = keyof typeof LINES;

/**
 * Every line that a service can say, with its level: `error` is what somebody should look at, and
 * what is `warn` passes by itself, as far as one can know. No service says another: the compiler
 * holds that.
 */
export const LINES = {
  "accept.apart": "warn",
  "accept.done": "info",
  "consumer.ended": "error",
  "consumer.restart": "warn",
  "http.failed": "error",
  "http.not-admitted": "warn",
  "http.not-available": "warn",
  "inbox.apart": "warn",
  "inbox.done": "info",
  "inbox.doubt": "warn",
  "inbox.duplicate": "info",
  "inbox.left": "warn",
  "inbox.offset-not-committed": "warn",
  "inbox.refused-again": "warn",
  "inbox.retry": "warn",
  "inbox.set-aside": "error",
  "inbox.taken-again": "info",
  "process.cannot-go-on": "error",
  "process.cannot-start": "error",
  "process.foreign-schema": "error",
  "process.part-failed": "warn",
  "process.started": "info",
  "process.stopped": "info",
  "process.waiting": "warn",
  "reconciliation.not-recorded": "warn",
  "reconciliation.republished": "info",
  "reconciliation.run": "info",
  "relay.dead-letter": "error",
  "relay.lease-lost": "warn",
  "relay.lease-taken": "info",
  "relay.outage": "warn",
  "relay.outage-over": "info",
  "relay.refused": "warn",
  "settle.absorbed": "info",
  "settle.done": "info",
  "transaction.given-up": "warn",
  "transaction.retry": "info",
} as const satisfies Readonly<Record<string, "info" | "warn" | "error">>;
