import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startKeeper } from "../chaos/keeper/keeper.ts";
import { serviceKeys } from "../chaos/services/service-keys.ts";
import { withServices } from "../chaos/services/with-services.ts";
import type { BenchRow } from "./row.ts";
import { startDefaultServers, type DefaultServers } from "./system/default-servers.ts";
import {
  openPaymentsLoad,
  type InFlightFigures,
  type PaymentsLoad,
} from "./system/payments-load.ts";
import { openRawTransfers, RAW_CONNECTIONS, type RawTransfers } from "./system/raw-transfers.ts";
import { contestRelays, medianOf } from "./system/relay-contest.ts";

/** An odd number, so that the median is a measured one. */
const ROUNDS = 3;
const RAW_MS = 4_000;
const LOAD_MS = 8_000;
const STEADY_MS = 15_000;
const WARM_UP_MS = 10_000;

/** What each number of clients must reach beside the raw transfers. */
const LOADS = [
  { connections: 16, floor: 0.7, aim: 1 },
  { connections: 64, floor: 1.5, aim: 2.5 },
] as const;

/**
 * The whole system on a real PostgreSQL and a real Kafka as they come: payments from the client's
 * request to the verdict, beside what the same PostgreSQL does of bare transfers one by one; and
 * the relay beside another's. Load, services and servers share the machine. What is measured is
 * warm, as a service is in production: each load is on for a while before its rounds, in which it
 * and the bare transfers take turns.
 *
 * @param profileFolder where each service leaves a profile of its processor time, if anywhere
 */
export async function benchSystem(profileFolder?: string): Promise<readonly BenchRow[]> {
  const keeper = await startKeeper();
  try {
    const servers = await startDefaultServers(keeper);
    try {
      const payments = await measurePayments(servers, profileFolder);
      const relays = await contestRelays(keeper, servers, ROUNDS);
      const relayRow = {
        what: "relay, from the commit to the mark",
        value: relays.ownPerSecond,
        unit: "rows / s",
        beside: `pg-transactional-outbox: ${relays.otherPerSecond.toFixed(0)} rows / s`,
        aim: { kind: "at least", value: 25_000 },
      } as const;
      return [
        ...payments,
        { ...relayRow, floor: { kind: "at least", value: 5_000 } },
        {
          ...relayRow,
          value: relays.ownPerSecond / relays.otherPerSecond,
          unit: "times pg-transactional-outbox",
          floor: { kind: "at least", value: 1 },
          aim: null,
        },
      ];
    } finally {
      await servers.stop();
    }
  } finally {
    await keeper.end();
  }
}

async function measurePayments(
  servers: DefaultServers,
  profileFolder: string | undefined,
): Promise<readonly BenchRow[]> {
  const logsFolder = await mkdtemp(join(tmpdir(), "falconpay-bench-"));
  const raw = await openRawTransfers(await servers.database("raw"));
  const variables = {
    ...(await servers.variables()),
    ...(profileFolder !== undefined && {
      NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${profileFolder}`,
    }),
  };
  try {
    return await withServices(
      {
        environment: { kind: "given", variables },
        keys: serviceKeys({}),
        logsFolder,
        onProgress() {},
      },
      async (services) => {
        const load = await openPaymentsLoad(services, await servers.database("payment"));
        try {
          await raw.measure(WARM_UP_MS);
          const rows: BenchRow[] = [];
          for (const measured of LOADS) {
            rows.push(...(await measureLoad(load, raw, measured, servers.versions)));
          }
          return rows;
        } finally {
          await load.close();
        }
      },
    );
  } finally {
    await raw.close();
    await rm(logsFolder, { recursive: true, force: true });
  }
}

async function measureLoad(
  load: PaymentsLoad,
  raw: RawTransfers,
  { connections, floor, aim }: (typeof LOADS)[number],
  versions: string,
): Promise<readonly BenchRow[]> {
  const ratios: number[] = [];
  const rates: number[] = [];
  const rawRates: number[] = [];
  await load.atOnce(connections, WARM_UP_MS);
  for (let round = 0; round < ROUNDS; round += 1) {
    const rawPerSecond = await raw.measure(RAW_MS);
    const perSecond = await load.atOnce(connections, LOAD_MS);
    rawRates.push(rawPerSecond);
    rates.push(perSecond);
    ratios.push(perSecond / rawPerSecond);
  }
  const perSecond = medianOf(rates);
  const half = await load.steadily(connections, perSecond / 2, STEADY_MS);
  const what = `payments, ${connections} clients`;
  const rawWords = `raw transfers over ${RAW_CONNECTIONS} connections: ${medianOf(rawRates).toFixed(0)} / s`;
  return [
    {
      what,
      value: perSecond,
      unit: "COMPLETED / s",
      beside: `${rawWords}; ${versions}`,
      floor: null,
      aim: null,
    },
    {
      what,
      value: medianOf(ratios),
      unit: "times the raw transfers",
      beside: rawWords,
      floor: { kind: "at least", value: floor },
      aim: { kind: "at least", value: aim },
    },
    ...inFlightRows(what, half, perSecond / 2),
  ];
}

function inFlightRows(
  what: string,
  { p50Ms, p99Ms, payments }: InFlightFigures,
  perSecond: number,
): readonly BenchRow[] {
  const beside = `${payments} payments at ${perSecond.toFixed(0)} / s, half that load`;
  const inFlight = `${what}: accepted to COMPLETED`;
  return [
    { what: inFlight, value: p50Ms, unit: "ms, p50", beside, floor: null, aim: null },
    {
      what: inFlight,
      value: p99Ms,
      unit: "ms, p99",
      beside,
      floor: { kind: "at most", value: 250 },
      aim: { kind: "at most", value: 100 },
    },
  ];
}
