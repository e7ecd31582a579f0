import { DEFAULT_LIMITS } from "../../system/reconciliation/limits.ts";
/**
 * One reconciliation, as a program, so that the memory that it takes is its own: prints what it
 * took as a line of JSON. The databases are in PAYMENT_URL, WALLET_URL and RECONCILIATION_URL.
 */
import { reconcile } from "../../system/reconciliation/reconcile.ts";
import { host, openPlace } from "./place.ts";

const place = await openPlace((service) => process.env[`${service.toUpperCase()}_URL`] ?? "");
const beganAtMs = performance.now();
const run = await reconcile(
  {
    ...host,
    database: place.databases.reconciliation,
    sources: { payment: place.databases.payment, wallet: place.databases.wallet },
  },
  { startedBy: "demand", limits: DEFAULT_LIMITS, scope: "news" },
);
if (run === undefined) {
  throw new Error("another run is under way");
}
const { outcome, failure, payments, entries } = run;
const told = {
  ms: performance.now() - beganAtMs,
  // Linux and macOS both count in kilobytes here.
  megabytes: process.resourceUsage().maxRSS / 1_024,
  ...{ outcome, failure, payments, entries },
};
process.stdout.write(`${JSON.stringify(told)}\n`);
await place.close();
