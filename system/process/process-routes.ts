import { runStatement } from "../database/transaction.ts";
import { openRoute } from "../http/open-route.ts";
import { openApiDocument } from "../http/openapi.ts";
import type { Clock } from "../ports/clock.ts";
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
 * - `GET /readyz`: 200 when its databases answer, its relay and consumers are well, and somebody
 *   can be let in; otherwise 503 with what is not
 * - `GET /metrics`: what it counts, in Prometheus's text format
 * - `GET /openapi.json`: what its routes take and answer
 */
export function processRoutes(process: {
  readonly clock: Clock;
  readonly health: Health;
  readonly metrics: Metrics;
  readonly databases: readonly MeasuredDatabase[];
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

async function troublesOf({
  clock,
  health,
  databases,
  routes,
  verifier,
}: {
  readonly clock: Clock;
  readonly health: Health;
  readonly databases: readonly MeasuredDatabase[];
  readonly routes: readonly Route[];
  readonly verifier: Verifier;
}): Promise<readonly { readonly part: string; readonly reason: string }[]> {
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
  return [...(await Promise.all(probes)).flat(), ...health.troubles(), ...locked];
}
