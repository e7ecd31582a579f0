import { runStatement } from "../database/transaction.ts";
import { openRoute } from "../http/open-route.ts";
import { openApiDocument } from "../http/openapi.ts";
import { RELAY_LAG_MS_MAX, relayLagMs } from "../outbox/lag.ts";
import type { Clock } from "../ports/clock.ts";
import type { Database } from "../ports/database.ts";
import { messageOf } from "../ports/message-of.ts";
import type { Route } from "../ports/server.ts";
import type { Verifier } from "../ports/verifier.ts";
import { within } from "../ports/within.ts";
import type { Health } from "./health.ts";
import type { MeasuredDatabase, Metrics } from "./metrics.ts";

/** How long a database may take to answer before a process counts as not ready. */
const PROBE_MS_MAX = 2_000;

/**
 * What every process answers, whatever its roles:
 * - `GET /healthz`: 200 while the process runs
 * - `GET /readyz`: 200 when its databases answer, its relay and consumers are well, nothing waits
 *   for the relay for long, and somebody can be let in; otherwise 503 with what is not
 * - `GET /metrics`: what it counts, in Prometheus's text format
 * - `GET /openapi.json`: what its routes take and answer
 */
export function processRoutes(process: {
  readonly clock: Clock;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly databases: readonly MeasuredDatabase[];
  /** Its roles that publish an outbox. */
  readonly relays: readonly { readonly role: string; readonly database: Database }[];
  /** The routes of its roles. */
  readonly routes: readonly Route[];
  readonly verifier: Verifier;
}): readonly Route[] {
  const { metrics, routes } = process;
  return [
    openRoute("GET", "/healthz", async () => ({ status: 200, body: { ok: true } })),
    openRoute("GET", "/readyz", async () => {
      const troubles = await troublesOf(process);
      return { status: troubles.length === 0 ? 200 : 503, body: { troubles } };
    }),
    openRoute("GET", "/metrics", async () => ({
      status: 200,
      headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
      body: await metrics.read(),
    })),
    // Made when it is asked for: a start that nobody asks it of does without.
    openRoute("GET", "/openapi.json", async () => ({
      status: 200,
      body: openApiDocument(routes, { title: "FalconPay", version: "1" }),
    })),
  ];
}

/** A part that is not well, and why. */
interface Trouble {
  readonly part: string;
  readonly reason: string;
}

async function troublesOf({
  clock,
  health,
  databases,
  relays,
  routes,
  verifier,
}: Omit<Parameters<typeof processRoutes>[0], "metrics">): Promise<readonly Trouble[]> {
  const probes = databases.map(async ({ service, database }) => {
    let reason: string | undefined = `no answer within ${PROBE_MS_MAX} ms`;
    const probe = runStatement(database, "probe", { label: "alive", sql: "SELECT 1 AS alive" });
    const heard = probe.then(
      () => {
        reason = undefined;
      },
      (error: unknown) => {
        reason = messageOf(error);
      },
    );
    await within(clock, PROBE_MS_MAX, heard);
    return reason === undefined ? [] : [{ part: `${service} database`, reason }];
  });
  const reason = routes.length === 0 ? undefined : verifier.trouble();
  const locked = reason === undefined ? [] : [{ part: "authentication", reason }];
  const lags = relays.map((relay) => lagOf(clock, relay));
  const found = await Promise.all([...probes, ...lags]);
  return [...found.flat(), ...health.troubles(), ...locked];
}

/** Whether an event waits for a relay for too long, whatever the relay knows of itself. */
async function lagOf(
  clock: Clock,
  { role, database }: { readonly role: string; readonly database: Database },
): Promise<readonly Trouble[]> {
  let lagMs = 0;
  const measured = relayLagMs(database, clock).then(
    (foundMs) => {
      lagMs = foundMs;
    },
    // That the database is away is said by itself.
    () => {},
  );
  await within(clock, PROBE_MS_MAX, measured);
  const seconds = Math.round(lagMs / 1_000);
  return lagMs > RELAY_LAG_MS_MAX
    ? [{ part: `${role} lag`, reason: `the oldest unsent event has waited for ${seconds} s` }]
    : [];
}
