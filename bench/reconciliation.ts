import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import { SERVICES, type ServiceName } from "../system/process/services.ts";
import { startScratchPostgres } from "../tools/differential/servers/scratch-postgres.ts";
import { openPlace } from "./reconciliation/place.ts";
import { makePayments, openWallets } from "./reconciliation/traffic.ts";
import type { BenchRow } from "./row.ts";

/** Payments of a day that follows a history; the same whatever the history. */
const DAY = 10_000;

const SIZES = [10_000, 100_000] as const;

/**
 * What a run of the reconciliation costs on a real PostgreSQL: the first one over a history of so
 * many payments, and the one after a day of ten thousand more. A day must cost the same after any
 * history, the first run the same for each payment, and neither more memory.
 *
 * @param sizes of the histories, the smallest first; it grows from one to the next
 */
export async function benchReconciliation(
  sizes: readonly number[] = SIZES,
): Promise<readonly BenchRow[]> {
  const postgres = await startScratchPostgres({ isDurable: true });
  try {
    const measured: Measured[] = [];
    for (const size of sizes) {
      const databases = await createDatabases(postgres, size);
      measured.push(await measure(databases, size));
    }
    return rowsOf(measured, `PostgreSQL ${postgres.version}`);
  } finally {
    await postgres.stop();
  }
}

type Addresses = Readonly<Record<ServiceName, string>>;

async function createDatabases(
  postgres: Awaited<ReturnType<typeof startScratchPostgres>>,
  size: number,
): Promise<Addresses> {
  const client = await postgres.connect();
  for (const { name } of SERVICES) {
    await client.query(`CREATE DATABASE ${name}_${size}`);
  }
  await client.end();
  const address = (service: ServiceName) =>
    `postgres://postgres@127.0.0.1:${postgres.port}/${service}_${size}`;
  return {
    payment: address("payment"),
    wallet: address("wallet"),
    reconciliation: address("reconciliation"),
  };
}

interface Measured {
  readonly size: number;
  readonly first: Run;
  readonly day: Run;
}

async function measure(addresses: Addresses, size: number): Promise<Measured> {
  const place = await openPlace((service) => addresses[service]);
  try {
    await openWallets(place);
    await makePayments(place, 0, size);
    const first = await runOnce(addresses, size);
    await makePayments(place, size, size + DAY);
    return { size, first, day: await runOnce(addresses, DAY) };
  } finally {
    await place.close();
  }
}

type Run = Static<typeof runSchema>;

const runSchema = Type.Object({
  ms: Type.Number(),
  megabytes: Type.Number(),
  outcome: Type.String(),
  failure: Type.Union([Type.String(), Type.Null()]),
  payments: Type.Integer(),
  entries: Type.Integer(),
});

const compiledRun = Compile(runSchema);

/** @throws Error unless it examined so many payments and found them well */
async function runOnce(addresses: Addresses, payments: number): Promise<Run> {
  const program = fileURLToPath(new URL("reconciliation/run-once.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program], {
    env: {
      PAYMENT_URL: addresses.payment,
      WALLET_URL: addresses.wallet,
      RECONCILIATION_URL: addresses.reconciliation,
    },
  });
  const run: unknown = JSON.parse(stdout);
  if (!compiledRun.Check(run) || run.outcome !== "clean" || run.payments !== payments) {
    throw new Error(`a run did not go as it should: ${stdout}`);
  }
  return run;
}

function rowsOf(measured: readonly Measured[], beside: string): readonly BenchRow[] {
  const [smallest] = measured;
  const largest = measured.at(-1);
  if (smallest === undefined || largest === undefined) {
    return [];
  }
  const count = (payments: number) => payments.toLocaleString("en").replaceAll(",", " ");
  const none = { floor: null, aim: null } as const;
  const perPayment = ({ first, size }: Measured) => first.ms / size;
  const against = `${count(largest.size)} payments beside ${count(smallest.size)}`;
  const ratio = (what: string, value: number, floor: number): BenchRow => ({
    what,
    value,
    unit: "times",
    beside: against,
    floor: { kind: "at most", value: floor },
    aim: { kind: "at most", value: 1.1 },
  });
  return [
    ...measured.flatMap(({ size, first, day }) => [
      {
        what: `first run, ${count(size)} payments`,
        value: first.ms / 1_000,
        unit: "s",
        beside,
        ...none,
      },
      {
        what: `the run after a day of ${count(DAY)} more`,
        value: day.ms / 1_000,
        unit: "s",
        beside: `after a history of ${count(size)}`,
        ...none,
      },
      {
        what: `most memory of the first run, ${count(size)} payments`,
        value: first.megabytes,
        unit: "MB",
        beside: "the whole process",
        ...none,
      },
    ]),
    ratio("a payment in the first run", perPayment(largest) / perPayment(smallest), 2),
    ratio("a day's run", largest.day.ms / smallest.day.ms, 2),
    ratio("most memory of the first run", largest.first.megabytes / smallest.first.megabytes, 1.5),
  ];
}
